  // parameters holds the settings (recurrence/trajectory.wgsl), p, initial states [N, D], the probe [D], inputs and the first
  // trajectory [N, T, D], at these floats.
  p_offset: u32, initial_offset: u32, probe_offset: u32, input_offset: u32, input_step: u32, input_series: u32, guess_offset: u32,
  trajectory_steps: u32,   // T, of the trajectory and of inputs; a kernel sees a window of it
