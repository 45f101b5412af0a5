import type { RunInfo } from "./types.ts";

/** Who ran what never left the host. */
export const ON_HOST: Omit<RunInfo, "seconds" | "plan"> = {
  backend: "cpu",
  adapter: "cpu (float64 JavaScript)",
  software: false,
  method: "sequential",
  dtype: "float64",
  passes: 1,
};
