/**
 * Chaotic flows dx/dt = F(x) as expressions, with the parameters and initial states of the dysts collection.
 * @see Gilpin 2021, arXiv:2110.05266
 */

/** A system written as expressions. */
export interface SystemText {
  readonly stateNames: readonly string[];
  readonly expressions: readonly string[];
  readonly where?: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, number>>;
  readonly initialState: readonly number[];
}

const XYZ = ["x", "y", "z"];

export const FLOWS = {
  lorenz: {
    stateNames: XYZ,
    expressions: ["s*(y - x)", "r*x - x*z - y", "x*y - b*z"],
    parameters: { b: 8 / 3, r: 28, s: 10 },
    initialState: [-9.7869288, -15.03852, 20.533978],
  },
  rossler: {
    stateNames: XYZ,
    expressions: ["-y - z", "x + a*y", "b + z*(x - c)"],
    parameters: { a: 0.2, b: 0.2, c: 5.7 },
    initialState: [6.5134412, 0.4772013, 0.34164294],
  },
  thomas: {
    stateNames: XYZ,
    expressions: ["-a*x + b*sin(y)", "-a*y + b*sin(z)", "-a*z + b*sin(x)"],
    parameters: { a: 1.85, b: 10 },
    initialState: [2.199442, 2.3634225, 3.220197],
  },
  /** Arnold, Beltrami and Childress, from the initial state of Aizawa's flow, as in arXiv:2508.16817. */
  abc: {
    stateNames: XYZ,
    expressions: ["A*sin(z) + C*cos(y)", "B*sin(x) + A*cos(z)", "C*sin(y) + B*cos(x)"],
    // biome-ignore lint/suspicious/noApproximativeNumericConstant: digits of the collection
    parameters: { A: 1.73205, B: 1.41421, C: 1 },
    initialState: [-0.78450179, -0.62887672, -0.17620268],
  },
  sprottB: {
    stateNames: XYZ,
    expressions: ["y*z", "x - y", "1 - x*y"],
    parameters: {},
    initialState: [1.6878282, 1.4848132, -0.53706628],
  },
  kawczynskiStrizhak: {
    stateNames: XYZ,
    expressions: ["g*y - g*x^3 + 3*m*g*x", "-2*m*x - y - z + b", "k*(x - z)"],
    parameters: { b: -0.4, g: 0.49, k: 0.2, m: 2.1 },
    initialState: [-1.160501, 5.8636902, -1.2031947],
  },
  vallisElNino: {
    stateNames: XYZ,
    expressions: ["b*y - c*(x + p)", "-y + x*z", "-z - x*y + 1"],
    parameters: { b: 102, c: 3, p: 0 },
    initialState: [-6.99286331487343, 0.023254276622294345, -0.1658177563067799],
  },
  chua: {
    stateNames: XYZ,
    expressions: ["al*(y - x - ramp)", "x - y + z", "-be*y"],
    where: { ramp: "m1*x + 0.5*(m0 - m1)*(abs(x + 1) - abs(x - 1))" },
    parameters: { al: 15.6, be: 28, m0: -1.142857, m1: -0.71429 },
    initialState: [1.1262351, -0.11386474, -0.78324421],
  },
  noseHoover: {
    stateNames: XYZ,
    expressions: ["y", "-x + y*z", "a - y^2"],
    parameters: { a: 1.5 },
    initialState: [-1.9758582, 0.24647527, 0.79024299],
  },
  glycolytic: {
    stateNames: ["a", "b", "c"],
    expressions: ["nu - s1*phi", "q1*s1*phi - s2*eta", "q2*s2*eta - k*c"],
    where: {
      phi: "a*(1 + a)*(1 + b)^2/(l1 + (1 + a)^2*(1 + b)^2)",
      eta: "b*(1 + d*b)*(1 + c)^2/(l2 + (1 + d*b)^2*(1 + c)^2)",
    },
    parameters: { d: 0, k: 4.422, l1: 5e8, l2: 100, nu: 1, q1: 50, q2: 0.02, s1: 22.2222, s2: 22.2222 },
    initialState: [29.453349256846987, 130.19350141357407, 0.18407087674169492],
  },
  guckenheimerHolmes: {
    stateNames: XYZ,
    expressions: [
      "a*x - b*y + c*z*x + d*z*(x^2 + y^2)",
      "a*y + b*x + c*z*y",
      "e - z^2 - f*(x^2 + y^2) - a*z^3",
    ],
    parameters: { a: 0.4, b: 20.25, c: 3, d: 1.6, e: 1.7, f: 0.44 },
    initialState: [-0.55582369, 0.05181624, 0.37766104],
  },
  halvorsen: {
    stateNames: XYZ,
    expressions: ["-a*x - b*(y + z) - y^2", "-a*y - b*(z + x) - z^2", "-a*z - b*(x + y) - x^2"],
    parameters: { a: 1.4, b: 4 },
    initialState: [-8.6807408, -2.4741399, 0.070775762],
  },
  duffing: {
    stateNames: XYZ,
    expressions: ["y", "-de*y - be*x - al*x^3 + ga*cos(z)", "om"],
    parameters: { al: 1, be: -1, de: 0.1, ga: 0.35, om: 1.4 },
    initialState: [-1.1635382, -0.5092374, 0],
  },
  isothermalChemical: {
    stateNames: ["a", "b", "c"],
    expressions: ["mu*(ka + c) - a*b^2 - a", "(a*b^2 + a - b)/sg", "(b - c)/de"],
    parameters: { de: 1, ka: 2.5, mu: 0.29786, sg: 0.013 },
    initialState: [0.5141505602006595, 0.9984288208727641, 1.0061777118724],
  },
  rabinovichFabrikant: {
    stateNames: XYZ,
    expressions: ["y*z - y + y*x^2 + g*x", "3*x*z + x - x^3 + g*y", "-2*a*z - 2*x*y*z"],
    parameters: { a: 1.1, g: 0.87 },
    initialState: [-1.8207276, 0.83440917, 0.2078248],
  },
  dadras: {
    stateNames: XYZ,
    expressions: ["y - p*x + o*y*z", "r*y - x*z + z", "c*x*y - e*z"],
    parameters: { c: 2, e: 9, o: 2.7, p: 3, r: 1.7 },
    initialState: [1.0284085, -3.5348655, -0.72081646],
  },
  rikitake: {
    stateNames: XYZ,
    expressions: ["-mu*x + y*z", "-mu*y - a*x + x*z", "1 - x*y"],
    parameters: { a: 1, mu: 1 },
    initialState: [-0.7791562791136255, -0.6302244598741468, 2.671200187214492],
  },
  aizawa: {
    stateNames: XYZ,
    expressions: [
      "x*z - b*x - d*y",
      "d*x + y*z - b*y",
      "c + a*z - z^3/3 - x^2 - y^2 - e*z*(x^2 + y^2) + f*z*x^3",
    ],
    parameters: { a: 0.95, b: 0.7, c: 0.6, d: 3.5, e: 0.25, f: 0.1 },
    initialState: [-0.78450179, -0.62887672, -0.17620268],
  },
  chenLee: {
    stateNames: XYZ,
    expressions: ["a*x - y*z", "b*y + x*z", "c*z + x*y/3"],
    parameters: { a: 5, b: -10, c: -0.38 },
    initialState: [0.17177112, 0.10360479, 6.2553878],
  },
} as const satisfies Readonly<Record<string, SystemText>>;

export type FlowName = keyof typeof FLOWS;
