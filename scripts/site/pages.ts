/** Every page of the site: where it stands in the site and which file it is made from. */

export interface SitePage {
  /** Path in the site, with its folder's index.html. */
  readonly path: string;
  /** HTML or Markdown file, from the project's root. */
  readonly source: string;
  /** Name in the navigation. */
  readonly title: string;
}

const doc = (name: string, title: string, source = `docs/${name}.md`): SitePage => ({
  path: `docs/${name}.html`,
  source,
  title,
});

export const HOME: SitePage = { path: "index.html", source: "examples/index.html", title: "statescan" };

export const GALLERY: readonly SitePage[] = [
  { path: "track/index.html", source: "examples/track/index.html", title: "Track" },
  { path: "nile/index.html", source: "examples/nile/index.html", title: "Nile and weather" },
  { path: "regimes/index.html", source: "examples/regimes/index.html", title: "Hidden regimes" },
  {
    path: "nonlinear/index.html",
    source: "examples/nonlinear/index.html",
    title: "Pendulum and bearings",
  },
  { path: "lorenz/index.html", source: "examples/lorenz/index.html", title: "Lorenz" },
  {
    path: "predictable/index.html",
    source: "examples/predictable/index.html",
    title: "Predictable",
  },
  { path: "own/index.html", source: "examples/own/index.html", title: "Your model" },
  { path: "csv/index.html", source: "examples/csv/index.html", title: "Your CSV" },
];

export const BENCHMARK: SitePage = {
  path: "benchmark/index.html",
  source: "bench/site/index.html",
  title: "Benchmark",
};

/** In reading order; the first is where "Docs" leads. */
export const DOCS: readonly SitePage[] = [
  doc("getting-started", "Get started"),
  doc("conventions", "Conventions"),
  doc("linear-gaussian", "Linear-Gaussian models"),
  doc("models", "Models of components"),
  doc("hmm", "Hidden Markov models"),
  doc("nonlinear", "Nonlinear models"),
  doc("recurrences", "Recurrences"),
  doc("parallel-newton", "Parallel Newton tables"),
  doc("expressions", "Functions as expressions"),
  doc("wgsl-functions", "Functions in WGSL"),
  doc("numerics", "Right in float32"),
  doc("accuracy", "Accuracy table"),
  doc("scan", "How the scan works"),
  doc("benchmark", "Benchmark method", "bench/README.md"),
  doc("command", "Command line"),
  doc("errors", "Errors"),
  doc("equations", "Every equation", "src/inference/README.md"),
];

export const PAGES: readonly SitePage[] = [HOME, ...GALLERY, BENCHMARK, ...DOCS];
