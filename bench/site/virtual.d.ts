/** Made by scripts/site/stored_runs.ts from bench/results. */
declare module "virtual:stored-runs" {
  const runs: readonly import("./stored.ts").StoredRun[];
  export default runs;
}
