import { evaluate, meanFieldRnn } from "statescan";

for (const gain of [0.5, 0.9, 1.6]) {
  const network = await meanFieldRnn({ gain, size: 32 });
  const inputs = network.drawInputs(300, 0);
  const inTurn = await evaluate(network, undefined, inputs, { method: "sequential" });
  const options = { method: "newton", maxIterations: 50, throwOnFailure: false };
  const { converged, iterations } = await evaluate(network, undefined, inputs, options);
  console.log(gain, inTurn.lyapunov[0].toFixed(3), iterations[0], converged[0]);
  const chosen = await evaluate(network, undefined, inputs, { method: "auto" });
  console.log(chosen.run.plan);
}
