/** A vector field dx/dt = F(x, u, time, p) as a recurrence's function: one step of an integrator. */
import { ParameterError } from "../../../engine/index.ts";
import { jacobianStructure } from "../../language/jacobian_structure.ts";
import { say, valueText } from "../../say.ts";
import type { RecurrenceFunction } from "../recurrence.ts";
import { euler } from "./integrators/euler.ts";
import { implicitMidpoint } from "./integrators/implicit_midpoint.ts";
import { rk4 } from "./integrators/rk4.ts";
import type { Scheme } from "./integrators/scheme.ts";
import { entriesOf, kindsOf } from "./kinds.ts";
import { checkWord } from "./options.ts";

const SCHEMES = { euler, rk4, implicitMidpoint } as const satisfies Readonly<Record<string, Scheme>>;

/** euler: explicit, of order 1. rk4: Runge–Kutta of order 4. implicitMidpoint: of order 2, symplectic. */
export type Integrator = keyof typeof SCHEMES;

export interface DiscretizeOptions {
  readonly integrator: Integrator;
  /** Length of a step. */
  readonly dt: number;
}

/**
 * @param flow F: as many values as states. Its t is the time, t dt at the beginning of step t; inputs are held over a step.
 * @throws ParameterError
 */
export function discretizeFlow(
  call: string,
  flow: RecurrenceFunction,
  { integrator, dt }: DiscretizeOptions,
): RecurrenceFunction {
  checkWord(call, "integrator", integrator, Object.keys(SCHEMES));
  if (!(typeof dt === "number" && dt > 0 && Number.isFinite(dt)))
    throw new ParameterError(say(call, "dt", "a number above 0", valueText(dt), "Correct it."));
  const scheme: Scheme = SCHEMES[integrator];
  const { stateDim: n, inputDim, numParameters, outputDim, structure, parameters, sensitivities: S } = flow;
  if (outputDim !== n)
    throw new ParameterError(
      say(call, "flow", `${n} values, one per state`, `${outputDim}`, "Give a derivative for every state."),
    );
  const flowText = S?.wgsl?.bind(S);
  return {
    stateDim: n,
    inputDim,
    numParameters,
    outputDim,
    structure: jacobianStructure(entriesOf(scheme.kinds(kindsOf(structure.entries), n)), n, n),
    float64: scheme.float64(flow, dt),
    wgsl: name => ({ name, code: `${flow.wgsl(`${name}_flow`).code}${scheme.wgsl(flow, dt, name)}` }),
    ...(S && {
      sensitivities: {
        ...scheme.sensitivities(flow, S, dt),
        ...(flowText && {
          wgsl: (name, which) => ({
            name,
            code: `${flowText(`${name}_flow`, which).code}${scheme.wgsl(flow, dt, name)}${scheme.sensitivityText(flow, dt, name, which)}`,
          }),
        }),
      },
    }),
    ...(parameters ? { parameters } : {}),
  };
}
