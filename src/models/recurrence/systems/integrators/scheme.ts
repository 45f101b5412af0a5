/** One step of an integrator: a map made of a vector field F(x, u, time, p), in float64 and as WGSL. */
import type { Sensitivities } from "../../../language/vector_function.ts";
import type { RecurrenceFunction } from "../../recurrence.ts";
import type { Kinds } from "../kinds.ts";

export interface Scheme {
  float64(flow: RecurrenceFunction, dt: number): RecurrenceFunction["float64"];
  /** Declares NAME, NAME_jvp and NAME_jacobian, of NAME_flow and so on. */
  wgsl(flow: RecurrenceFunction, dt: number, name: string): string;
  /** @param S those of the flow */
  sensitivities(flow: RecurrenceFunction, S: Sensitivities, dt: number): Omit<Sensitivities, "wgsl">;
  /** Declares NAME_push or NAME_pull, behind what wgsl() declares. */
  sensitivityText(flow: RecurrenceFunction, dt: number, name: string, which: "push" | "pull"): string;
  /** Of the map's Jacobian, from those of the field's. */
  kinds(flow: Kinds, n: number): Kinds;
}
