/** Help texts, made from the table of options. */

import { valueName } from "./arguments.ts";
import { COMMANDS } from "./command_table.ts";

const SUMMARIES: Readonly<Record<string, string>> = {
  filter: "p(z_t | y_0:t) for every t, and the log-likelihood",
  smooth: "p(z_t | y_0:T-1) for every t, what the filter gives and the log-likelihood",
  decode: "the most probable path of the states of a hidden Markov model",
  loglik: "the log-likelihood alone",
  forecast: "p(y_T+k | y_0:T-1) for the steps after the data: means, covariances, intervals, scenarios",
  decompose: "what each component of a structural model adds: means, variances, bands",
  sample: "draws of z_0:T-1 given y_0:T-1",
  simulate: "draws of states and observations from the model; no data",
  evaluate: "all states of a recurrence s_t = f(s_t-1, u_t), one after the other or all at once",
  lyapunov: "the rates at which small differences along a recurrence grow",
  info: "versions, browser, adapter, limits",
  help: "help on a command",
};

const EXIT_CODES = `Exit codes
  0 done   2 bad usage or input   3 no usable adapter   4 numerical failure
  5 some series failed (listed)   130 interrupted   1 internal error
`;

const FILES = `Data (--data, --inputs)
  csv, tsv  One row a step. The first row is a header when none of its cells is a number. An empty cell,
            NA, NaN or null is missing. All numeric columns are used except those named t, time, date,
            datetime, timestamp, index or year; choose others with --columns. Text columns are left out.
  json      [[y, ...], ...], null = missing; a list of such arrays is a batch; or
            {"observations": ..., "inputs": ...}.
  npy       [T], [T, m] or [N, T, m]; NaN = missing.
  npz       The array "observations", with "inputs" beside it, or the only array.
  -         CSV on standard input.
  Several series: a column named by --series, several --data, or a batch in json, npy or npz.

Results (--out)
  json      status, marginalLogLikelihood, run {backend, adapter, software, method, plan, dtype, seconds} and
            the fields as nested arrays; batches add series, lengths, statuses, marginalLogLikelihoods.
  csv, tsv  One row a step: [series,] t, then smoothed_mean_0 ..., smoothed_cov_0_0 ..., smoothed_cross_cov_0_0
            ... (empty in the last row), filtered_..., predicted_..., log_likelihood; _var_0 ... with
            --covariances diag. forecast: [series,] [scenario,] t from the first step after the data, mean_0 ...,
            cov_0_0 ..., lower_0 ..., upper_0 ..., state_mean_0 ... sample: [series,] sample, t, state_0 ...
            decompose: NAME_mean, NAME_var, NAME_lower, NAME_upper of every component, fitted and irregular.
            Hidden Markov models: smoothed_prob_0 ..., filtered_prob_0 ..., predicted_prob_0 ...,
            most_likely_state, state_prob_0 ...; expectedTransitions only with --transitions steps.
  npy       One field, chosen by --fields, as float64 [T, ...] or [N, T, ...].
  npz       All fields by name (scenarios/NAME/means ...), and for batches the lengths of the series.
  A file appears only when it is complete. Without --out: JSON on standard output.
`;

const RECURRENCE_FILES = `Data (--data)
  Inputs u_t, a row for every step and a column for every input of the model, all numbers: csv, tsv, json, npy,
  npz or - as for smooth; json also {"inputs": ...}, npz the array "inputs". Several series as for smooth.

Results (--out)
  json      evaluate: status, run, iterations, converged, merit, merits, lyapunov, overshoot, stateError,
            predictedIterations, resets and states [T, D]. lyapunov: run, overshoot, exponents per step and, where a
            step has a length, exponentsPerTime. Batches add series, lengths, statuses, and have lists of these.
  csv, tsv  evaluate: [series,] t, state_0 ...  lyapunov: [series,] index, exponent, exponent_per_time.
  npy       One field, as float64 [T, D] or [N, T, D].      npz  All fields by name.
  Not to converge is no failure: status is maxIterations, converged false, and a note says so.
`;

const EXAMPLES: Readonly<Record<string, string>> = {
  smooth: `Example
  statescan smooth --model examples/nile/model.json --data examples/nile/nile.csv --out nile.csv
`,
  filter: `Example
  statescan filter --model model.json --data data.csv --covariances diag --out filtered.json
`,
  decode: `Example
  statescan decode --model examples/earthquakes/model.json --data examples/earthquakes/earthquakes.csv --out path.csv
`,
  loglik: `Example
  statescan loglik --model examples/nile/model.json --data examples/nile/nile_missing.csv
`,
  forecast: `Example
  statescan forecast --model examples/nile/model.json --data examples/nile/nile.csv --steps 10 --out ahead.csv
`,
  decompose: `Example
  statescan decompose --model structural.json --data examples/nile/nile.csv --out parts.csv
`,
  sample: `Example
  statescan sample --model examples/nile/model.json --data examples/nile/nile.csv --samples 100 --out draws.npz
`,
  simulate: `Example
  statescan simulate --model examples/nile/model.json --initial-state 1120 --steps 200 --out drawn.csv
`,
  evaluate: `Example
  statescan evaluate --model model.json --data inputs.csv --method newton --out states.csv
`,
  lyapunov: `Example
  statescan lyapunov --system lorenz --steps 20000 --discard 1000 --spectrum
`,
  info: `Example
  statescan info --gpu hardware
`,
};

/** Help on everything. */
export function generalHelp(): string {
  const width = Math.max(...Object.keys(SUMMARIES).map(name => name.length)) + 2;
  const commands = Object.entries(SUMMARIES).map(([name, text]) => `  ${name.padEnd(width)}${text}\n`);
  return `statescan: state space model inference as WebGPU compute shaders

Usage: statescan <command> [options]

Commands
${commands.join("")}
  statescan help <command>, statescan <command> --help    options of a command
  statescan --version

${EXIT_CODES}`;
}

/** Help on one command. */
export function commandHelp(command: string): string {
  const options = Object.entries(COMMANDS[command]).map(([name, option]) => {
    const flags = `${option.short ? `-${option.short}, ` : "    "}--${name}`;
    return [`${flags} ${valueName(option)}`.trimEnd(), option.help];
  });
  const width = Math.min(44, Math.max(...options.map(([left]) => left.length)) + 2);
  // What is longer than the column has its help on a line of its own.
  const lines = options
    .map(
      ([left, text]) =>
        `  ${left.length < width ? left.padEnd(width) : `${left}\n  ${" ".repeat(width)}`}${text}\n`,
    )
    .join("");
  const files = COMMANDS[command].data ? `\n${COMMANDS[command].system ? RECURRENCE_FILES : FILES}` : "";
  return `statescan ${command}: ${SUMMARIES[command]}

Usage: statescan ${command} [options]

Options (the first choice is the default)
${lines}${files}
${EXAMPLES[command] ?? ""}
${EXIT_CODES}`;
}
