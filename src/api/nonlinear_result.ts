import type { Iterated } from "../inference/index.ts";
import type { NonlinearSmootherResult } from "./nonlinear_types.ts";
import { type ResultSource, StateResult } from "./state_result.ts";

export interface NonlinearSource extends ResultSource {
  readonly iterated: Pick<Iterated, "iterations" | "converged" | "objectives">;
}

/** Result of filter() and smooth() of a nonlinear model. */
export class NonlinearStateResult extends StateResult<NonlinearSource> implements NonlinearSmootherResult {
  readonly likelihood = "linearised";

  protected override view(series: number): this {
    return new NonlinearStateResult({ ...this.source, batch: false }, series) as this;
  }

  get iterations(): Uint32Array {
    return this.once("iterations", () => this.source.iterated.iterations.slice(...this.own));
  }
  get converged(): readonly boolean[] {
    return this.source.iterated.converged.slice(...this.own);
  }
  get objectives(): readonly (readonly number[])[] {
    return this.source.iterated.objectives.slice(...this.own);
  }

  private get own(): [number, number] {
    return [this.first, this.first + this.numSeries];
  }
}
