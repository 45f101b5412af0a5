/** The worker of the page: simulates and estimates, so that sliders stay free. */

import { recovering } from "../site/recover.ts";
import { serve } from "../site/serve.ts";
import { estimate } from "./estimate.ts";
import type { Calls } from "./protocol.ts";
import { type Parameters, type Scenario, scenarioOf, truthOf } from "./systems.ts";

let last: { readonly key: string; readonly scenario: Promise<Scenario> } | undefined;

/** The four estimators of one setting see one simulation. */
function scenario(parameters: Parameters): Promise<Scenario> {
  const key = JSON.stringify(parameters);
  if (last?.key !== key) last = { key, scenario: scenarioOf(parameters) };
  return last.scenario;
}

serve<Calls>({
  async simulate(parameters) {
    const made = await scenario(parameters);
    return {
      truth: truthOf(parameters, made),
      observations: Float64Array.from(made.observations.data),
    };
  },
  async estimate({ parameters, settings, name }, { signal, say }) {
    const made = await scenario(parameters);
    return recovering(() => estimate(name, parameters.system, made, settings, signal), say);
  },
});
