export { evaluateRecurrence } from "./evaluate_run.ts";
export { gradientOf, tangentOf } from "./gradient_run.ts";
export { leapfrogTrajectory } from "./leapfrog_run.ts";
export { lyapunovExponents } from "./lyapunov_run.ts";
export { drawFromDensity } from "./sample_density_run.ts";
export { solveInitialValueProblem } from "./solve_ivp_run.ts";
