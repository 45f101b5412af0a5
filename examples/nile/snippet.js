import { add, decompose, forecast, irregular, level } from "statescan";

// Nile at Aswan 1871–1890, 10⁸ m³ a year; 1880–1883 left out.
const flows = [1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370];
flows.push(...[null, null, null, null], 994, 1020, 960, 1180, 799, 958, 1140);
const model = add(level({ variance: 1469.1 }), irregular({ variance: 15099 }));
const { mean, lower, upper } = (await decompose(model, flows)).component("level");
console.log(1881, mean.data[10].toFixed(1), lower.data[10].toFixed(1), upper.data[10].toFixed(1));
const ahead = await forecast(model, flows, 3, { level: 0.8 });
console.log(
  1891,
  ahead.means.data[0].toFixed(1),
  ahead.lower.data[0].toFixed(1),
  ahead.upper.data[0].toFixed(1),
);
