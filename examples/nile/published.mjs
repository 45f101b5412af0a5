/**
 * Nile flows, local level model with variances 15099 and 1469.1 and an exact diffuse start: the values to reproduce.
 * Durbin and Koopman, Time Series Analysis by State Space Methods (2012), chapter 2; recomputed in float64.
 */

/** Years count from 1 as in the book. */
export const PUBLISHED = {
  nile: {
    logLikelihood: -633.464563649,
    states: [
      { t: 1, filtered: [1120, 15099], smoothed: [1111.66831913, 4032.15794181] },
      { t: 2, filtered: [1140.92783993, 7899.7363794], smoothed: [1110.85766462, 3242.93007322] },
      { t: 3, filtered: [1072.79852953, 5781.4699387], smoothed: [1105.26556731, 2818.94217005] },
      { t: 10, filtered: [1162.90261546, 4051.28417722], smoothed: [1097.72161655, 2333.11290092] },
      { t: 28, filtered: [1133.12629124, 4032.15820695], smoothed: [999.58521871, 2326.7569581] },
      { t: 29, filtered: [1037.22232552, 4032.15808425], smoothed: [950.93008674, 2326.75691724] },
      { t: 50, filtered: [849.0705662, 4032.15794181], smoothed: [834.7632591, 2326.75686981] },
      { t: 100, filtered: [798.37029261, 4032.15794181], smoothed: [798.37029261, 4032.15794181] },
    ],
  },
  /** Years 21-40 and 61-80 missing. */
  nile_missing: {
    logLikelihood: -381.506001309,
    states: [
      { t: 20, filtered: [1026.14155507], smoothed: [999.71268408, 3614.40342986] },
      { t: 21, smoothed: [990.08352597, 4723.60416861] },
      { t: 30, filtered: [1026.14155507, 18723.19616011], smoothed: [903.42110296, 9715.00590246] },
      { t: 40, filtered: [1026.14155507, 33414.19616011], smoothed: [807.12952183] },
      { t: 41, filtered: [889.94971953, 10537.788961] },
      { t: 70, smoothed: [837.17732371] },
    ],
  },
};

/** Ten digits on the CPU; on a GPU, what float32 promises. */
export const TOLERANCE = 1e-4;

/**
 * Compare a result of `statescan smooth` with the published values: means and standard deviations relatively.
 * @param {keyof typeof PUBLISHED} name
 * @returns {{ what: string, published: number, got: number, error: number, ok: boolean }[]}
 */
export function checkNile(name, result) {
  const { logLikelihood, states } = PUBLISHED[name];
  const lines = [compare("diffuse log-likelihood", logLikelihood, result.marginalLogLikelihood)];
  for (const { t, ...moments } of states) {
    for (const [kind, [mean, variance]] of Object.entries(moments)) {
      lines.push(compare(`${kind} mean, t = ${t}`, mean, result[`${kind}Means`][t - 1][0]));
      if (variance === undefined) continue;
      const got = Math.sqrt(result[`${kind}Covariances`][t - 1][0][0]);
      lines.push(compare(`${kind} sd, t = ${t}`, Math.sqrt(variance), got));
    }
  }
  return lines;
}

function compare(what, published, got) {
  const error = Math.abs(got - published) / Math.abs(published);
  return { what, published, got, error, ok: error <= TOLERANCE };
}
