import { expect, suite, test } from "vitest";
import { explain } from "../src/engine/kernel.ts";
import { specialise } from "../src/engine/specialise.ts";
import { kernelSource, loadKernels } from "./manifest.ts";

const USER = `// mine
fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  return wrong * EMISSION_DIM;
}`;

await loadKernels();

suite("kernelSource() with a text to put in", () => {
  test("puts a snippet behind the kernel, once, with its own file and lines", () => {
    const { code, files, lines } = kernelSource("emission_each", { stem: "precomputed" });
    expect(code.match(/fn emission_log_likelihood\(/g)).toHaveLength(1);
    const [file] = lines.at(-1)!;
    expect(files[file]).toBe("emissions/precomputed.wgsl");
    expect(code.match(/fn log_f32\(/g)).toHaveLength(1);
  });
  test("keeps a user's text as it is, and errors name the user's own line", () => {
    const source = kernelSource("emission_each", { source: USER });
    expect(source.code.endsWith(USER)).toBe(true);
    const text = specialise(source.code, { WORKGROUP: 64, EMISSION_DIM: 2 }, true);
    expect(text.code).toMatch(/const EMISSION_DIM: u32 = 2u;/);
    const lineNum = text.code.split("\n").findIndex(line => line.includes("wrong")) + 1;
    const message = explain(source, text, [{ message: "unresolved value 'wrong'", lineNum, linePos: 10 }]);
    expect(message).toMatch(/^emission_each: the given WGSL, line 3: unresolved value 'wrong'/);
  });
  test("refuses a stem that is not there, a text where none belongs, and none where one does", () => {
    expect(() => kernelSource("emission_each", { stem: "nothing" })).toThrow(
      /precomputed.*got emissions\/nothing/,
    );
    expect(() => kernelSource("emission_each")).toThrow(/a text of shaders\/emissions expected, got none/);
    expect(() => kernelSource("affine_up_lane", { source: USER })).toThrow(/no text to put in expected/);
  });
});
