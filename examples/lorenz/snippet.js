import { chaoticObserver, evaluate } from "statescan";

const { system, observer, drivers } = await chaoticObserver("lorenz");
const T = 300;
const options = { method: "newton", trace: true };
const chaotic = await evaluate(system, undefined, T, options);
const observed = await evaluate(observer, undefined, drivers(T), options);
for (const { iterations, iterates, lyapunov, stateError } of [chaotic, observed])
  console.log(iterations[0], iterates.length, lyapunov[0].toFixed(3), stateError[0] < 1e-9);
const inTurn = await evaluate(observer, undefined, drivers(T), { method: "sequential" });
console.log(
  Math.max(...inTurn.states.data.map((value, i) => Math.abs(value - observed.states.data[i]))) < 1e-3,
);
