export { evaluateRecurrence } from "./evaluate_run.ts";
export { lyapunovExponents } from "./lyapunov_run.ts";
