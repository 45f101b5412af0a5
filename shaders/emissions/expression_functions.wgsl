// What formulas of emissions call, cut out one by one: no density by itself.
#import "language/functions.wgsl"
