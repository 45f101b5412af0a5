/** Models to begin with: what they put into the form. */

export type ExampleName =
  | "pendulum"
  | "bearings"
  | "vanderpol"
  | "neuron"
  | "counts"
  | "volatility"
  | "level";

type Values = Readonly<Record<string, string>>;

/** What every model has, unless it says otherwise. */
const BASE: Values = {
  language: "expressions",
  wgsl: "",
  variance: "",
  constants: "",
  family: "gaussian",
  noise: "",
  steps: "400",
  seed: "1",
  rule: "taylor",
  iterations: "10",
};

const lines = (...text: string[]): string => text.join("\n");

export const EXAMPLES: Readonly<Record<ExampleName, Values>> = {
  pendulum: {
    ...BASE,
    states: "angle, speed",
    parameters: lines("g = 9.8", "dt = 0.0125", "q = 1"),
    dynamics: lines("angle + dt*speed", "speed - dt*g*sin(angle)"),
    emission: "sin(angle)",
    mean: "1.5, 0",
    start: "0.3, 0.3",
    process: lines("q*dt^3/3, q*dt^2/2", "q*dt^2/2, q*dt"),
    noise: "0.3",
  },
  bearings: {
    ...BASE,
    states: "px, py, vx, vy, turn",
    parameters: lines("dt = 0.1", "sx = [0, 120]", "sy = [0, 0]"),
    dynamics: lines(
      "# the velocity turns by this angle in a step",
      "a = dt*turn",
      "px + dt*vx",
      "py + dt*vy",
      "cos(a)*vx - sin(a)*vy",
      "sin(a)*vx + cos(a)*vy",
      "turn",
    ),
    emission: lines("atan2(py - sy[1], px - sx[1])", "atan2(py - sy[2], px - sx[2])"),
    mean: "55, 40, 6, 4, 0.2",
    start: "10, 10, 2, 2, 0.1",
    process: "0.01, 0.01, 0.2, 0.2, 0.01",
    noise: lines("# one degree", "pi/180, pi/180"),
    steps: "200",
  },
  vanderpol: {
    ...BASE,
    states: "x, v",
    parameters: lines("mu = 2", "dt = 0.05"),
    dynamics: lines("x + dt*v", "v + dt*(mu*(1 - x^2)*v - x)"),
    emission: "x",
    mean: "1, 0",
    start: "0.5, 0.5",
    process: "0.01, 0.05",
    noise: "0.4",
  },
  neuron: {
    ...BASE,
    language: "wgsl",
    states: "v, w",
    parameters: lines("dt = 0.2", "a = 0.7", "b = 0.8", "tau = 12.5", "current = 0.5"),
    dynamics: "",
    emission: "",
    wgsl: lines(
      "// FitzHugh and Nagumo's neuron",
      "struct State { v: f32, w: f32 }",
      "struct Parameters { dt: f32, a: f32, b: f32, tau: f32, current: f32 }",
      "",
      "fn dynamics(x: State, p: Parameters) -> State {",
      "  var s = x;",
      "  for (var i = 0; i < 4; i++) {",
      "    let dv = s.v - s.v * s.v * s.v / 3.0 - s.w + p.current;",
      "    let dw = (s.v + p.a - p.b * s.w) / p.tau;",
      "    s.v += p.dt / 4.0 * dv;",
      "    s.w += p.dt / 4.0 * dw;",
      "  }",
      "  return s;",
      "}",
      "",
      "fn emission(x: State) -> f32 {",
      "  return x.v;",
      "}",
    ),
    mean: "0, 0",
    start: "0.5, 0.5",
    process: "0.03, 0.01",
    noise: "0.4",
    steps: "600",
  },
  counts: {
    ...BASE,
    states: "rate",
    parameters: lines("m = 1.5", "a = 0.98"),
    dynamics: "m + a*(rate - m)",
    emission: lines("# expected count", "exp(rate)"),
    family: "poisson",
    mean: "m",
    start: "0.5",
    process: "0.15",
    steps: "250",
  },
  volatility: {
    ...BASE,
    states: "h",
    parameters: lines("m = -1", "a = 0.97"),
    dynamics: "m + a*(h - m)",
    emission: lines("# log(y^2) of a return y = exp(h/2)*e is h + log(e^2)", "h - 1.2704"),
    mean: "m",
    start: "1",
    process: "0.25",
    noise: lines("# of log(e^2): pi^2/2 is its variance", "pi/sqrt(2)"),
    steps: "500",
  },
  level: {
    ...BASE,
    states: "level",
    parameters: "",
    dynamics: "level",
    emission: "level",
    mean: "0",
    start: "2",
    process: "0.5",
    noise: "1",
    steps: "100",
  },
};

export const isExample = (name: string): name is ExampleName => Object.hasOwn(EXAMPLES, name);
