/**
 * Observers of nine chaotic flows: which coordinates the observer takes over, and how far from the system it starts. All feed back
 * C (x − z) by the gain C'.
 * @see arXiv:2508.16817, table 1
 */
import type { FlowName } from "./flows.ts";

/** C, one row of normals. */
export const MEASUREMENT = [-0.7203007280025545, -0.26062232600173396, 1.6815685055837928];

export interface ObserverRow {
  /** Coordinates that are taken over. */
  readonly substitute: readonly number[];
  /** z_{−1} − x_{−1} */
  readonly offset: readonly number[];
}

export const OBSERVERS = {
  rossler: { substitute: [], offset: [1.88002989, -0.48121497, 0.41545723] },
  lorenz: { substitute: [1], offset: [-1.4008841, 1.432145, 0.6248107] },
  thomas: { substitute: [1], offset: [0.39051537, 1.17271624, -0.79536086] },
  abc: { substitute: [0, 2], offset: [0.67628103, -0.05104023, 2.01250252] },
  sprottB: { substitute: [1], offset: [0.50239057, 0.05196333, -0.41041443] },
  kawczynskiStrizhak: { substitute: [0, 1], offset: [0.30578335, 0.80828068, -0.76888299] },
  vallisElNino: { substitute: [1], offset: [0.75588054, -0.45853772, 0.51356383] },
  chua: { substitute: [1], offset: [-0.83619417, -0.37735633, 0.36190419] },
  noseHoover: { substitute: [0, 2], offset: [1.3604255, 0.66620439, -2.00818398] },
} as const satisfies Partial<Readonly<Record<FlowName, ObserverRow>>>;

export type ObserverName = keyof typeof OBSERVERS;
