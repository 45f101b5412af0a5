/** Kernels ship in bundles, so that a page loads those of the models it uses. "language" has no kernels: functions of expressions. */
export const BUNDLES = ["linear_gaussian", "hidden_markov", "particles", "recurrences", "language"] as const;

export type BundleName = (typeof BUNDLES)[number];

/** The bundle that a kernel is in. */
export const bundleOf = (kernel: string): BundleName => {
  if (kernel.startsWith("particle_")) return "particles";
  if (/^(newton|recurrence|lyapunov)_/.test(kernel)) return "recurrences";
  return /^(hmm|index_map|emission)_/.test(kernel) ? "hidden_markov" : "linear_gaussian";
};

/** The bundle that a folder's snippets are in. */
export const snippetBundle = (folder: string): BundleName =>
  folder === "functions" ? "particles" : folder.startsWith("recurrence/") ? "recurrences" : "hidden_markov";

/** What the bundle "language" has. */
export const LANGUAGE_TEXT = "language/functions.wgsl";
