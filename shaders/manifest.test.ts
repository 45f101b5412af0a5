/** The manifest and the shaders cannot drift apart: rows, files, bindings and uniforms are checked against each other. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, suite, test } from "vitest";
import { build, buildLanguage, buildSnippets } from "../scripts/shaders/plugin.ts";
import { kernelNames, kernelSource, loadKernels, snippetStems } from "./manifest.ts";
import { rows, SAMPLE_SNIPPETS } from "./rows.ts";
import { splice } from "./splice.ts";

await loadKernels();

const root = import.meta.dirname;
const snippets = buildSnippets(root);
const sample = (folder: string) => ({ stem: SAMPLE_SNIPPETS[folder]! });
/** Kernels that take a text in stand here with the sample. */
const built = rows.map(row => {
  const kernel = build(row, root);
  return kernel.splice
    ? splice(kernel, sample(kernel.splice), path => snippets.find(s => s.path === path)!)
    : kernel;
});
const wgsl = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(file => file.endsWith(".wgsl"));

suite("shader manifest", () => {
  test("has one kernel per row, and the bundle holds exactly what the files give now", () => {
    expect(new Set(kernelNames())).toEqual(new Set(rows.map(row => row.name)));
    for (const { files, lines, ...kernel } of built) {
      const {
        files: allFiles,
        lines: origins,
        ...shipped
      } = kernelSource(kernel.name, kernel.splice ? sample(kernel.splice) : undefined);
      expect(shipped).toEqual(kernel);
      expect(origins.map(([file, line]) => `${allFiles[file]}:${line}`)).toEqual(
        lines.map(([file, line]) => `${files[file]}:${line}`),
      );
    }
  });

  test("has every snippet of its folder, and each defines what the folder's kernels call", () => {
    for (const [folder, stem] of Object.entries(SAMPLE_SNIPPETS))
      expect(snippetStems(folder)).toContain(stem);
    for (const { path, code } of snippets) {
      if (path.startsWith("recurrence/systems/"))
        for (const name of ["system", "system_jvp", "system_jacobian"])
          expect(code, path).toMatch(new RegExp(`^fn ${name}\\(x: array<f32, STATE_DIM>, u: `, "m"));
      else if (path.startsWith("recurrence/cells/"))
        for (const name of ["cell_value\\(i: u32\\)", "cell_slope\\(i: u32, j: u32\\)"])
          expect(code, path).toMatch(new RegExp(`^fn ${name} -> f32`, "m"));
      else if (/^recurrence\/pu(lls|shes)\//.test(path))
        expect(code, path).toMatch(/^fn system_pu(ll|sh)\(x: array<f32, STATE_DIM>, u: /m);
      else if (path.startsWith("functions/"))
        for (const name of ["dynamics", "emissions", "covariance"])
          expect(code, path).toMatch(new RegExp(`^fn user_${name}\\(x: array<f32, STATE_DIM>, u: `, "m"));
      else expect(code, path).toMatch(/^fn emission_nats\(record: u32, e: u32\) -> vec2f \{/m);
      expect(code, path).not.toMatch(/@binding/);
    }
  });

  test("uses every .wgsl file", () => {
    const used = new Set([...built, ...snippets, buildLanguage(root)].flatMap(text => text.files));
    expect(wgsl.filter(file => !used.has(file))).toEqual([]);
  });

  test("every binding in the WGSL text is in the reflected layout, and the other way round", () => {
    for (const kernel of built) {
      const declared = [
        ...kernel.code.matchAll(
          /@group\(0\) @binding\((\d+)\) var<(uniform|storage, read|storage, read_write)> (\w+):/g,
        ),
      ];
      const layout = declared.map(([, binding, space, name]) => ({
        binding: Number(binding),
        name,
        type: space === "uniform" ? "uniform" : space === "storage, read" ? "read-only-storage" : "storage",
      }));
      expect(kernel.bindings, kernel.name).toEqual(layout.sort((a, b) => a.binding - b.binding));
      expect(new Set(kernel.bindings.map(b => b.binding)).size).toBe(kernel.bindings.length);
      expect(
        kernel.bindings.filter(b => b.type !== "uniform").length,
        `${kernel.name}: storage buffers`,
      ).toBeLessThanOrEqual(8);
    }
  });

  test("uniform members are 4 bytes one after another, in the order of the struct", () => {
    for (const kernel of built) {
      const body = /struct Params \{([\s\S]*?)\n\}/.exec(kernel.code)![1]!;
      const names = [...body.matchAll(/(\w+): u32/g)].map(match => match[1]);
      expect(
        kernel.uniforms.map(u => u.name),
        kernel.name,
      ).toEqual(names);
      expect(kernel.uniforms.map(u => u.offset)).toEqual(names.map((_, i) => 4 * i));
    }
  });

  test("every file opens with a comment that says what it is", () => {
    for (const file of wgsl) {
      const first = readFileSync(join(root, file), "utf8").trimStart();
      expect(first.startsWith("//"), file).toBe(true);
    }
  });

  test("no kernel tests for NaN or uses a value that WGSL may fold away", () => {
    for (const kernel of built) expect(kernel.code).not.toMatch(/\b(isNan|isInf)\b|(\b\w+\b) != \2\b/);
  });
});
