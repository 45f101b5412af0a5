import { test } from "vitest";
import { evaluate, lyapunov } from "../../../api/index.ts";
import { makeChaoticObserver } from "./observers.ts";
test("nine", async () => {
  for (const name of ["chua", "noseHoover"]) {
    const { system, observer, drivers } = await makeChaoticObserver(name as never);
    const T = 30000;
    for (const seed of [0, 1, 2]) {
    const start = performance.now();
    const got = await evaluate(observer, undefined, drivers(T), { backend: "cpu", method: "newton", polish: 0, maxIterations: 30, seed });
    const l = await lyapunov(system, undefined, T, { backend: "cpu" });
    console.log(name, got.status, got.iterations[0], got.merits[0].join(" "), got.lyapunov[0] * 100, l.exponentsPerTime!.data[0], observer.function.structure.kind, observer.function.structure.entries.join(), performance.now() - start);
    }
  }
}, 100000);
