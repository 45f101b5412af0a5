import { languageText as load } from "../../shaders/manifest.ts";
import { loadPart } from "./load_part.ts";

/** WGSL of the functions that models written as expressions may call. @throws StatescanError when it cannot be loaded */
export const languageText = (call: string): Promise<string> => loadPart(call, "functions in WGSL", load);
