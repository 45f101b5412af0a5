// erf and erfc to 1e-6 of their values. Source Cody 1969, Math. Comp. 23, 631–637. Twin src/models/language/special_functions.ts
#import "lib/special.wgsl"

// erf(x), |x| ≤ 0.46875
fn erf_near(x: f32) -> f32 {
  let z = x * x;
  let above = (((0.18577771 * z + 3.1611237) * z + 113.86415) * z + 377.48524) * z + 3209.3776;
  let below = (((z + 23.601291) * z + 244.02464) * z + 1282.6165) * z + 2844.2368;
  return x * (above / below);
}

// erfc(x), x > 0.46875; 0 from 9.3 on
fn erfc_far(x: f32) -> f32 {
  if (x > 9.3) { return 0.0; }
  let near = trunc(x * 16.0) / 16.0;
  let bell = exp_f32(-near * near) * exp_f32(-(x - near) * (x + near));
  if (x <= 4.0) {
    let above = (((((((2.1531154e-8 * x + 0.56418850) * x + 8.8831498) * x + 66.119191) * x + 298.63514) * x + 881.95222) * x + 1712.0476) * x + 2051.0784) * x + 1230.3394;
    let below = (((((((x + 15.744926) * x + 117.69395) * x + 537.11018) * x + 1621.3896) * x + 3290.7992) * x + 4362.6191) * x + 3439.3677) * x + 1230.3394;
    return bell * (above / below);
  }
  let z = 1.0 / (x * x);
  let above = ((((0.016315387 * z + 0.30532663) * z + 0.36034490) * z + 0.12578173) * z + 0.016083785) * z + 6.5874916e-4;
  let below = ((((z + 2.5685202) * z + 1.8729528) * z + 0.52790510) * z + 0.060518341) * z + 2.3352050e-3;
  return bell * (0.56418958 - z * (above / below)) / x;
}

fn erf_f32(x: f32) -> f32 {
  let size = abs(x);
  if (size <= 0.46875) { return erf_near(x); }
  return sign(x) * (1.0 - erfc_far(size));
}

fn erfc_f32(x: f32) -> f32 {
  let size = abs(x);
  if (size <= 0.46875) { return 1.0 - erf_near(x); }
  let tail = erfc_far(size);
  return select(tail, 2.0 - tail, x < 0.0);
}
