import { expressionFunction, nonlinearGaussianSSM, particleFilter, simulate, smooth } from "statescan";

const square = (...data) => ({ data, shape: [2, 2] });
const parameters = { g: 9.8, dt: 0.0125 };
const f = { expressions: ["x0 + dt*x1", "x1 - dt*g*sin(x0)"], stateDim: 2, parameters };
const h = { expressions: "sin(x0)", stateDim: 2 };
const model = nonlinearGaussianSSM({
  initial: { mean: [1.5, 0], covariance: square(0.1, 0, 0, 0.1) },
  dynamics: { function: await expressionFunction(f), covariance: square(6.5e-7, 7.8e-5, 7.8e-5, 0.0125) },
  emissions: { function: await expressionFunction(h), covariance: [[0.09]] },
});
const { states, observations } = simulate(model, { numSteps: 400, seed: 1 });
const extended = await smooth(model, observations, { linearization: "taylor" }); // has the filter's moments too
const unscented = await smooth(model, observations);
const iterated = await smooth(model, observations, { linearization: "taylor", iterations: 10 });
const particles = await particleFilter(model, observations, { numParticles: 2000, seed: 1 });
const ofAngle = ({ data }) => states.data.reduce((sum, z, i) => sum + (1 - (i % 2)) * (z - data[i]) ** 2, 0);
const means = [extended.filteredMeans, unscented.filteredMeans, particles.filteredMeans];
console.log([...means, iterated.smoothedMeans].map(z => Math.sqrt(ofAngle(z) / 400).toFixed(3)).join(" "));
