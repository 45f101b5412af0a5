/** The quickstart's page: what was smoothed, drawn with 90 % bands. */

const Z90 = 1.6448536269514722;

/** The n-vector h read off the state: mean and 90 % band of h'z_t. */
function reading(result, h) {
  const mean = result.smoothedMeans.map(z => h.reduce((sum, weight, i) => sum + weight * z[i], 0));
  const half = result.smoothedCovariances.map(P => {
    let variance = 0;
    for (let i = 0; i < h.length; i++) for (let j = 0; j < h.length; j++) variance += h[i] * P[i][j] * h[j];
    return Z90 * Math.sqrt(Math.max(0, variance));
  });
  return { mean, lower: mean.map((m, t) => m - half[t]), upper: mean.map((m, t) => m + half[t]) };
}

/** "2012-07-01" to 2012.497… */
function decimalYear(date) {
  const day = Date.parse(`${date}T00:00:00Z`);
  const year = Number(date.slice(0, 4));
  const start = Date.UTC(year, 0, 1);
  return year + (day - start) / (Date.UTC(year + 1, 0, 1) - start);
}

/** Stretches of years without data, from half a year before to half a year after. */
function gapsOf(x, values) {
  const gaps = [];
  values.forEach((value, i) => {
    if (Number.isFinite(value)) return;
    const last = gaps[gaps.length - 1];
    if (last && last[1] === x[i] - 0.5) last[1] = x[i] + 0.5;
    else gaps.push([x[i] - 0.5, x[i] + 0.5]);
  });
  return gaps;
}

/**
 * @param {{ plotPage: Function, bandChart: Function }} plot
 * @param {{ results: Record<string, any>, flows: number[], missing: number[], weather: any, tables: any[], lead: string }} content
 * @returns {string} HTML
 */
export function quickstartPage({ plotPage, bandChart }, { results, flows, missing, weather, tables, lead }) {
  // The state is level, slope, then pairs of the cycle; the emission weights read them all.
  const [signal] = weather.model.emissions.weights;
  const level = signal.map((_, i) => (i === 0 ? 1 : 0));
  const cycle = signal.map((weight, i) => (i < 2 ? 0 : weight));
  const years = flows.map((_, i) => 1871 + i);
  const days = weather.dates.map(decimalYear);
  const held = flows.map((value, i) => (Number.isFinite(missing[i]) ? Number.NaN : value));
  const river = { x: years, yLabel: "flow, 10⁸ m³ a year" };
  const celsius = { x: days, yLabel: "°C", pointRadius: 1.4 };
  const sections = [
    {
      title: "Nile at Aswan, 1871 to 1970",
      text: "Yearly flow and its smoothed level: a random walk seen through noise. The level falls around 1899.",
      charts: [
        {
          caption: "Points: observed flow. Line and band: smoothed level with its 90 % interval.",
          svg: bandChart({
            ...river,
            ...reading(results.nile, [1]),
            points: flows,
            description: "Nile flows with smoothed level and 90 % band",
          }),
        },
      ],
    },
    {
      title: "The same with 40 years missing",
      text: "Years 21 to 40 and 61 to 80 are held back. The smoother bridges them and says how unsure it is.",
      charts: [
        {
          caption: "Shaded: years held back. Hollow points: what was held back, never seen by the smoother.",
          svg: bandChart({
            ...river,
            ...reading(results.nile_missing, [1]),
            points: missing,
            hiddenPoints: held,
            gaps: gapsOf(years, missing),
            description: "Nile flows with two gaps, smoothed level and 90 % band",
          }),
        },
      ],
    },
    {
      title: "Daily maximum temperature in Seattle, 2012 to 2015",
      text: `Local linear trend plus a yearly cycle: ${signal.length} states, fixed variances.`,
      charts: [
        {
          caption:
            "Points: observed maximum of the day. Line and band: smoothed signal with its 90 % interval.",
          svg: bandChart({
            ...celsius,
            ...reading(results.weather, signal),
            points: weather.temperatures,
            description: "Seattle temperatures with smoothed signal and 90 % band",
          }),
        },
        {
          caption: "The level alone, with its 90 % interval: warm and cool spells without the seasons.",
          svg: bandChart({
            ...celsius,
            ...reading(results.weather, level),
            description: "Smoothed level of Seattle temperatures and 90 % band",
          }),
        },
        {
          caption: "The yearly cycle alone, with its 90 % interval.",
          svg: bandChart({
            ...celsius,
            ...reading(results.weather, cycle),
            description: "Smoothed yearly cycle of Seattle temperatures and 90 % band",
          }),
        },
      ],
    },
  ];
  return plotPage("statescan quickstart", lead, sections, tables);
}
