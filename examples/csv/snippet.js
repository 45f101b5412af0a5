import { add, decompose, forecast, irregular, level } from "statescan";

const file = "year,flow\n1871,1120\n1872,1160\n1873,\n1874,1210\n1875,1160\n1876,1160\n1877,813\n";
const rows = file
  .trim()
  .split("\n")
  .slice(1)
  .map(row => row.split(","));
const flow = rows.map(([, cell]) => (cell === "" ? null : Number(cell))); // null = missing

const model = add(level({ variance: 1469 }), irregular({ variance: 15099 }));
const { fitted, states, run } = await decompose(model, flow, { level: 0.9 });
const ahead = await forecast(model, states, 2, { level: 0.9 });

rows.forEach(([year], t) => {
  console.log(year, ...[fitted.mean, fitted.lower, fitted.upper].map(part => part.data[t].toFixed(1)));
});
console.log(run.backend, states.marginalLogLikelihood.toFixed(3), ahead.means.data);
