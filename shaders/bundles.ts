/** Kernels ship in bundles, so that a page loads those of the models it uses. "language" has no kernels: functions of expressions. */
export const BUNDLES = ["linear_gaussian", "hidden_markov", "language"] as const;

export type BundleName = (typeof BUNDLES)[number];

/** The bundle that a kernel is in; snippets of kernels are in that of hidden Markov models. */
export const bundleOf = (kernel: string): BundleName =>
  /^(hmm|index_map|emission)_/.test(kernel) ? "hidden_markov" : "linear_gaussian";

/** What the bundle "language" has. */
export const LANGUAGE_TEXT = "language/functions.wgsl";
