/** Kernels ship in two bundles, so that a page loads those of the models it uses. */
export const BUNDLES = ["linear_gaussian", "hidden_markov"] as const;

export type BundleName = (typeof BUNDLES)[number];

/** The bundle that a kernel is in; all snippets are in that of hidden Markov models. */
export const bundleOf = (kernel: string): BundleName =>
  /^(hmm|index_map|emission)_/.test(kernel) ? "hidden_markov" : "linear_gaussian";
