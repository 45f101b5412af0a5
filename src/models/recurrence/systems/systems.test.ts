import { test } from "vitest";
import { evaluate, lyapunov } from "../../../api/index.ts";
import { OBSERVERS } from "./observer_tables.ts";
import { makeChaoticObserver } from "./observers.ts";

test("nine", async () => {
  for (const name of Object.keys(OBSERVERS)) {
    const { system, observer, drivers } = await makeChaoticObserver(name as never);
    const T = 30000;
    const start = performance.now();
    const got = await evaluate(observer, undefined, drivers(T), {
      backend: "cpu",
      method: "newton",
      polish: 0,
    });
    const l = await lyapunov(system, undefined, T, { backend: "cpu" });
    console.log(
      name,
      got.status,
      got.iterations[0],
      got.lyapunov[0] * 100,
      l.exponentsPerTime!.data[0],
      observer.function.structure.kind,
      observer.function.structure.entries.join(),
      performance.now() - start,
    );
  }
});
