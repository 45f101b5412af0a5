import { snippet } from "../../shaders/manifest.ts";

/** The text of a snippet of WGSL, by its path under shaders/, for whoever puts several together. */
export const snippetText = (path: string): string => snippet(path).code;
