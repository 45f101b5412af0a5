import { loadModelDocument, simulate, smooth } from "statescan";

const model = await loadModelDocument(`{
  "format": "statescan/model@1", "type": "nonlinear-gaussian",
  "stateNames": ["x", "v"],
  "parameters": { "mu": 2, "dt": 0.05 },
  "initial": { "mean": [1, 0], "covariance": [[0.25, 0], [0, 0.25]] },
  "dynamics": {
    "expressions": ["x + dt*v", "v + dt*(mu*(1 - x^2)*v - x)"],
    "covariance": [[0.0001, 0], [0, 0.0025]] },
  "emissions": { "expressions": ["x"], "covariance": [[0.16]] }
}`);
const { observations } = simulate(model, { numSteps: 400, seed: 1 });
const result = await smooth(model, observations, { linearization: "taylor", iterations: 10 });
console.log(model.dynamics.function.jacobianExpressions().expressions.join(" | "));
console.log(result.converged[0], result.marginalLogLikelihood.toFixed(3));
