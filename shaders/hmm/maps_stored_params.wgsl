  // The maps of every step stand in maps: nothing else is needed.
