import { expect, suite, test } from "vitest";
import { assemble } from "./assemble.ts";

const files: Record<string, string> = {
  "main.wgsl":
    '// head\n#import "a.wgsl"\n#import ELEMENT\n#import "a.wgsl"\n#ifdef WIDE\nwide\n#else\nnarrow\n#endif\n#ifndef WIDE\nstill\n#endif',
  "a.wgsl": "A\n#for i in 0 .. 2\nloop i\n#end",
  "element.wgsl": '#instantiate "t.wgsl" NAME=first R=N\n#instantiate "t.wgsl" NAME=second R=M',
  "t.wgsl": "fn NAME() { R; RR; }",
};
const read = (path: string): string => {
  const text = files[path];
  if (text === undefined) throw new Error(`no ${path}`);
  return text;
};
const row = { name: "k", file: "main.wgsl", imports: { ELEMENT: "element.wgsl" } };

suite("assemble()", () => {
  test("imports a file once, in place, and leaves #for to the engine", () => {
    const { code } = assemble(row, read);
    expect(code.split("\n")).toEqual([
      "// head",
      "A",
      "#for i in 0 .. 2",
      "loop i",
      "#end",
      "fn first() { N; RR; }",
      "fn second() { M; RR; }",
      "narrow",
      "still",
    ]);
  });
  test("takes the other branch when the row defines the name", () => {
    expect(assemble({ ...row, defines: ["WIDE"] }, read).code).toMatch(/wide$/);
  });
  test("every line knows its file and line", () => {
    const { files: used, lines, code } = assemble(row, read);
    const at = code.split("\n").indexOf("fn second() { M; RR; }");
    expect([used[lines[at]![0]], lines[at]![1]]).toEqual(["t.wgsl", 1]);
    expect([used[lines[7]![0]], lines[7]![1]]).toEqual(["main.wgsl", 8]);
  });
  test("names file and line of an unknown directive, a missing import and an open #ifdef", () => {
    const bad = (text: string) => () => assemble({ name: "k", file: "x" }, () => text);
    expect(bad("ok\n#include y")).toThrow("x:2: expected a known directive, got #include.");
    expect(bad("#import NOTHING")).toThrow("x:1: #import NOTHING expected a path from row k");
    expect(bad("#ifdef A\nx")).toThrow("#ifdef without #endif");
  });
});
