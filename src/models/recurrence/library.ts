/** The library of systems: what a page calls; the systems themselves are loaded at the first call. */
import { loadPart } from "../../engine/index.ts";
import type { Recurrence, RecurrenceFunction } from "./recurrence.ts";
import type { DiscretizeOptions } from "./systems/discretize.ts";
import type { EightSchoolsOptions } from "./systems/eight_schools.ts";
import type { FlowName } from "./systems/flows.ts";
import type { Lorenz96Options, WordProblemOptions } from "./systems/index.ts";
import type { MapName } from "./systems/maps.ts";
import type { HeadedNetworkOptions, MeanFieldOptions, NetworkOptions } from "./systems/networks.ts";
import type { ObserverName } from "./systems/observer_tables.ts";
import type { ChaoticObserver, ObserverOptions } from "./systems/observers.ts";
import type { FlowOptions, MapOptions } from "./systems/text_systems.ts";
import type { KWellsOptions, TwoWellOptions } from "./systems/wells.ts";

export type { DiscretizeOptions, Integrator } from "./systems/discretize.ts";
export type {
  ChaoticObserver,
  EightSchoolsOptions,
  FlowName,
  FlowOptions,
  HeadedNetworkOptions,
  KWellsOptions,
  Lorenz96Options,
  MapName,
  MapOptions,
  MeanFieldOptions,
  NetworkOptions,
  ObserverName,
  ObserverOptions,
  TwoWellOptions,
  WordProblemOptions,
};

/** Options of every system by its name. */
export interface SystemOptions extends Record<FlowName, FlowOptions>, Record<MapName, MapOptions> {
  /** W tanh(s) + u, or tanh(W s + u): W of random normals */
  readonly meanFieldRnn: MeanFieldOptions;
  /** tanh(W h + B u + b) */
  readonly vanillaRnn: NetworkOptions;
  /** Gated recurrent unit; weights Wir Wiz Win [H, d], Whr Whz Whn [H, H], bir biz bin bhr bhz bhn [H]. */
  readonly gru: NetworkOptions;
  /** Long short-term memory, state [c, h]; weights Wii Wif Wig Wio [H, d], Whi Whf Whg Who [H, H], bi bf bg bo [H]. */
  readonly lstm: NetworkOptions;
  /** Weights R Uz [H, H], Wx [H, d], bx bu [H]. */
  readonly minimalRnn: NetworkOptions;
  /** Diagonal Jacobian; weights az ar an [H], Bz Br Bn [H, d / heads], bz br bn [H]. */
  readonly paraGru: HeadedNetworkOptions;
  /** State [c, h], Jacobian of 2 × 2 blocks of diagonals; weights af ag ao Cf Co [H], Bf Bg Bo [H, d / heads], bf bg bo [H]. */
  readonly paraLstm: HeadedNetworkOptions;
  /** A GRU fed what it emits, state [h, y]; weights Wir Wiz Win [H], Whr Whz Whn [H, H], bir biz bin bhn m s [H], m0 s0. */
  readonly autoregressiveGru: Omit<NetworkOptions, "inputDim">;
  /** Gibbs sampling of a hierarchy of normals, state [θ, σ², μ, τ²], standard gammas and normals as inputs. */
  readonly eightSchools: EightSchoolsOptions;
  /** Langevin dynamics between two wells in the plane, noise as inputs. */
  readonly twoWell: TwoWellOptions;
  /** The same between K random anisotropic wells. */
  readonly kWells: KWellsOptions;
  readonly lorenz96: Lorenz96Options;
  /** Products of permutations of five, by their numbers as inputs. */
  readonly wordProblem: WordProblemOptions;
}

export type SystemName = keyof SystemOptions;

/** Names of flows, maps and other systems for system(). */
export const systemNames = (
  "lorenz rossler thomas abc sprottB kawczynskiStrizhak vallisElNino chua noseHoover glycolytic guckenheimerHolmes halvorsen duffing " +
  "isothermalChemical rabinovichFabrikant dadras rikitake aizawa chenLee logistic henon ikeda chirikov tinkerbell gru lstm meanFieldRnn " +
  "minimalRnn paraGru paraLstm vanillaRnn autoregressiveGru eightSchools kWells lorenz96 twoWell wordProblem"
).split(" ") as readonly SystemName[];

const library = (call: string) =>
  loadPart(call, "the library of systems", () => import("./systems/index.ts"));

/**
 * A system of the library as a recurrence, with the parameters and initial states of the literature: flows by an integrator (default
 * Euler's, dt = 0.01), maps, networks, Langevin dynamics. Those with inputs have drawInputs(T, seed).
 * @param name one of systemNames
 * @throws ParameterError for unknown names, with the nearest, and unknown options; ShapeError
 * @see docs/recurrences.md
 */
export async function system<Name extends SystemName>(
  name: Name,
  options?: SystemOptions[Name],
): Promise<Recurrence> {
  return (await library("system")).makeSystem("system", name, options);
}

/** The system that a document names. */
export async function loadSystem(call: string, name: unknown, options: object): Promise<Recurrence> {
  return (await library(call)).makeSystem(call, name as string, options, "system");
}

/**
 * An observer z of a flow: every step takes over some coordinates of the system, then goes along F(z) + K C (x − z). Its inputs are the
 * states of the system before every step.
 * @param flow the name of a flow, or a vector field without inputs from expressionFunction() or wgslFunction()
 * @throws ParameterError, ShapeError
 * @see doi:10.1103/PhysRevLett.64.821
 */
export async function observer(
  flow: FlowName | RecurrenceFunction,
  options?: ObserverOptions,
): Promise<Recurrence> {
  return (await library("observer")).makeObserver(flow, options);
}

/**
 * One of nine chaotic flows with its observer, and what drives that: evaluate(observer, undefined, drivers(T)).
 * @throws ParameterError
 * @see arXiv:2508.16817, table 1
 */
export async function chaoticObserver(name: ObserverName): Promise<ChaoticObserver> {
  return (await library("chaoticObserver")).makeChaoticObserver(name);
}

/**
 * One step of an integrator along a vector field, as the function of a recurrence.
 * @param flow F(x, u, time, p), as many values as states, from expressionFunction() or wgslFunction()
 * @throws ParameterError
 */
export async function discretize(
  flow: RecurrenceFunction,
  options: DiscretizeOptions,
): Promise<RecurrenceFunction> {
  return discretizeFor("discretize", flow, options);
}

/** discretize() of another call. */
export async function discretizeFor(
  call: string,
  flow: RecurrenceFunction,
  options: DiscretizeOptions,
): Promise<RecurrenceFunction> {
  return (await library(call)).discretizeFlow(call, flow, options);
}
