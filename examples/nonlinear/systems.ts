/** The two systems of the page: their models, and what is simulated of them. */

import {
  expressionFunction,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  type Simulation,
  simulate,
} from "../../src/api/index.ts";

export type SystemName = "pendulum" | "bearings";

/** What the form says of the world and of what is assumed of it. */
export interface Parameters {
  readonly system: SystemName;
  /** T */
  readonly numSteps: number;
  /** Standard deviation of a measurement: of the sine of the angle, or of a bearing in rad. */
  readonly noise: number;
  /** q, spectral density of the process noise: rad²/s³ or m²/s³. */
  readonly process: number;
  /** The q that estimators are told, as a multiple of the true one. */
  readonly assumed: number;
  /** Standard deviations of the first state, as a multiple of the usual ones. */
  readonly start: number;
  /** Of bearings. */
  readonly sensors: number;
  /** Of the simulation. */
  readonly seed: number;
}

/** Seconds of a step. */
export const STEP: Readonly<Record<SystemName, number>> = { pendulum: 0.0125, bearings: 0.1 };
/** How many of the first states are looked at: the angle; the position. */
export const SHOWN: Readonly<Record<SystemName, number>> = { pendulum: 1, bearings: 2 };
/** Where sensors stand, m. */
export const SENSORS: readonly (readonly [x: number, y: number])[] = [
  [0, 0],
  [120, 0],
  [60, 110],
  [-20, 80],
  [130, 90],
];

const diagonal = (entries: readonly number[]): number[][] =>
  entries.map((value, i) => entries.map((_, j) => (i === j ? value : 0)));

/** White acceleration of density q over a step, for a place and its speed. */
const acceleration = (q: number, dt: number) => ({
  place: (q * dt ** 3) / 3,
  both: (q * dt ** 2) / 2,
  speed: q * dt,
});

async function pendulum(p: Parameters, q: number): Promise<NonlinearSSM> {
  const dt = STEP.pendulum;
  const { place, both, speed } = acceleration(q, dt);
  return nonlinearGaussianSSM({
    initial: { mean: [1.5, 0], covariance: diagonal([0.3, 0.3].map(sd => (p.start * sd) ** 2)) },
    dynamics: {
      function: await expressionFunction({
        expressions: ["x0 + dt*x1", "x1 - dt*g*sin(x0)"],
        stateDim: 2,
        parameters: { g: 9.8, dt },
      }),
      covariance: [
        [place, both],
        [both, speed],
      ],
    },
    emissions: {
      function: await expressionFunction({ expressions: "sin(x0)", stateDim: 2 }),
      covariance: [[p.noise ** 2]],
    },
  });
}

/** The turn rate wanders with this share of q, 1/m². */
const TURNING = 1 / 500;

/**
 * A target that turns at a rate that wanders, seen as bearings.
 * @param near bearings are counted from what the inputs say, on the shorter side: a bearing has no beginning
 */
async function bearings(p: Parameters, q: number, near: boolean): Promise<NonlinearSSM> {
  const dt = STEP.bearings;
  const { place, both, speed } = acceleration(q, dt);
  const sensors = SENSORS.slice(0, p.sensors);
  const bearing = sensors.map((_, i) => `atan2(x1 - sy[${i + 1}], x0 - sx[${i + 1}])`);
  return nonlinearGaussianSSM({
    initial: {
      mean: [55, 30, 8, 3, 0.15],
      covariance: diagonal([15, 15, 3, 3, 0.1].map(sd => (p.start * sd) ** 2)),
    },
    dynamics: {
      function: await expressionFunction({
        where: { turn: "dt*x4" },
        expressions: [
          "x0 + dt*x2",
          "x1 + dt*x3",
          "cos(turn)*x2 - sin(turn)*x3",
          "sin(turn)*x2 + cos(turn)*x3",
          "x4",
        ],
        stateDim: 5,
        parameters: { dt },
      }),
      covariance: [
        [place, 0, both, 0, 0],
        [0, place, 0, both, 0],
        [both, 0, speed, 0, 0],
        [0, both, 0, speed, 0],
        [0, 0, 0, 0, TURNING * q * dt],
      ],
    },
    emissions: {
      function: await expressionFunction({
        expressions: near ? bearing.map((b, i) => `u${i} + mod(${b} - u${i} + pi, 2*pi) - pi`) : bearing,
        stateDim: 5,
        inputDim: near ? p.sensors : 0,
        parameters: { sx: sensors.map(([x]) => x), sy: sensors.map(([, y]) => y) },
      }),
      covariance: diagonal(sensors.map(() => p.noise ** 2)),
    },
  });
}

/** Simulated, with the model that estimators are given. */
export interface Scenario {
  readonly model: NonlinearSSM;
  readonly states: Float64Array;
  readonly observations: Simulation["observations"];
  /** Inputs of the model: bearings are told what was seen. */
  readonly inputs: Simulation["observations"] | undefined;
}

export async function scenarioOf(p: Parameters): Promise<Scenario> {
  const assumed = p.assumed * p.process;
  const onPlane = p.system === "bearings";
  const world = onPlane ? await bearings(p, p.process, false) : await pendulum(p, p.process);
  const { states, observations } = simulate(world, { numSteps: p.numSteps, seed: p.seed });
  return {
    model: onPlane ? await bearings(p, assumed, true) : await pendulum(p, assumed),
    states: Float64Array.from(states.data),
    observations,
    inputs: onPlane ? observations : undefined,
  };
}

/** The states that are looked at [T, k]. */
export function truthOf({ system, numSteps }: Parameters, { states, model }: Scenario): Float64Array {
  const [k, n] = [SHOWN[system], model.stateDim];
  return Float64Array.from({ length: numSteps * k }, (_, at) => states[Math.floor(at / k) * n + (at % k)]!);
}

const RADIANS = Math.PI / 180;

/** Values of the form, as readForm() gives them. */
export function parametersOf(values: Readonly<Record<string, string>>): Parameters {
  const system = values.system as SystemName;
  const power = (name: string) => 10 ** Number(values[name]);
  return {
    system,
    numSteps: Number(values.steps),
    noise: system === "pendulum" ? Number(values.noise) : RADIANS * Number(values.bearing),
    process: power("process"),
    assumed: power("assumed"),
    start: power("start"),
    sensors: Number(values.sensors),
    seed: Number(values.seed),
  };
}

/** What the form begins with for each system. */
export const STARTS: Readonly<Record<SystemName, Readonly<Record<string, string>>>> = {
  pendulum: { process: "0", steps: "400" },
  bearings: { process: "-0.3", steps: "200" },
};
