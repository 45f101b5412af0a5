import { crc32 } from "node:zlib";
import { expect, suite, test } from "vitest";
import { DataError } from "../../api/index.ts";
import { npzPieces, readNpz } from "./npz.ts";
import { readZip, zipPieces } from "./zip.ts";

const source = { call: "smooth", option: "--data", path: "a.npz" };

/** numpy 2.4.6: savez_compressed(observations=[[1, nan], [3, 4], [5, 6]], inputs=int32 [[1], [2], [3]]). */
const BY_NUMPY = Buffer.from(
  "UEsDBC0AAAAIAAAAIQAR1lIE//////////8QABQAb2JzZXJ2YXRpb25zLm5weQEAEACwAAAAAAAAAFsAAAAAAAAAm+wX6hsQychQxlCtnpJanFyk" +
    "bqWgbpNmoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxjoKRpo6CrUKZAMuBjD4YA+hf9RDaA4HCC0ApUWgtIQDAFBLAwQtAAAACAAA" +
    "ACEAH+TGsP//////////CgAUAGlucHV0cy5ucHkBABAAjAAAAAAAAABPAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaKuo6Cell9UUpSY" +
    "F59flJIKEndLzClOBYoXZyQWpAL5GsY6CoaaOgq1CmQDLkYGBgYmIGYGYgBQSwECLQMtAAAACAAAACEAEdZSBFsAAACwAAAAEAAAAAAAAAAAAAAA" +
    "gAEAAAAAb2JzZXJ2YXRpb25zLm5weVBLAQItAy0AAAAIAAAAIQAf5MawTwAAAIwAAAAKAAAAAAAAAAAAAACAAZ0AAABpbnB1dHMubnB5UEsFBgAA" +
    "AAACAAIAdgAAACgBAAAAAA==",
  "base64",
);

const archive = (members: Record<string, string>) =>
  Buffer.concat([
    ...zipPieces(
      "smooth",
      Object.entries(members).map(([name, text]) => [name, Buffer.from(text)] as const),
    ),
  ]);
const zipText = (bytes: Buffer) =>
  Object.fromEntries([...readZip(bytes, source)].map(([name, data]) => [name, Buffer.from(data).toString()]));

suite("readNpz()", () => {
  test("reads what numpy wrote, compressed and with its 64-bit local headers", () => {
    const { main, inputs } = readNpz(BY_NUMPY, source);
    expect(main).toEqual({ data: Float64Array.of(1, Number.NaN, 3, 4, 5, 6), shape: [3, 2] });
    expect(inputs).toEqual({ data: Float64Array.of(1, 2, 3), shape: [3, 1] });
  });

  test("takes the only array whatever its name, and asks for names when there are more", () => {
    const one = { data: Float64Array.of(1, 2), shape: [2] };
    const write = (names: string[]) =>
      Buffer.concat([
        ...npzPieces(
          "smooth",
          names.map(name => [name, one] as const),
        ),
      ]);
    expect(readNpz(write(["arr_0"]), source)).toEqual({ main: one });
    expect(readNpz(write(["observations", "other"]), source)).toEqual({ main: one });
    expect(readNpz(write(["states", "lengths"]), source, "states")).toEqual({ main: one });
    expect(readNpz(write(["inputs", "observations"]), source, "inputs")).toEqual({ main: one });
    expect(() => readNpz(write(["a", "b"]), source, "states")).toThrow(
      "smooth: --data a.npz expected one array, or an array named states, got a, b. " +
        "Name the data with numpy.savez(file, states=values).",
    );
    expect(() => readNpz(write(["a", "b"]), source)).toThrow(
      "smooth: --data a.npz expected one array, or arrays named observations and inputs, got a, b. " +
        "Name the data with numpy.savez(file, observations=y).",
    );
    expect(() => readNpz(archive({ "a.npy": "no array" }), source)).toThrow(
      /--data a\.npz, array "a", expected a NumPy array file/,
    );
  });

  test("writes float64 and float32 arrays that it reads again", () => {
    const arrays = [
      ["scenarios/warm/means", { data: Float64Array.of(1, 2, 3, 4), shape: [2, 2] }],
      ["b", { data: Float32Array.of(0.5), shape: [1] }],
    ] as const;
    const members = readZip(Buffer.concat([...npzPieces("smooth", arrays)]), source);
    expect([...members.keys()]).toEqual(["scenarios/warm/means.npy", "b.npy"]);
  });
});

suite("zip", () => {
  test("writes what it reads, also names beyond ASCII and empty members", () => {
    const members = { "a.txt": "hello", "größe/π": "", c: "x".repeat(100_000) };
    expect(zipText(archive(members))).toEqual(members);
    expect(zipText(archive({}))).toEqual({});
  });

  test("the same content gives the same bytes; the check sum is CRC-32", () => {
    expect(archive({ a: "1" }).equals(archive({ a: "1" }))).toBe(true);
    // The check value of the standard.
    expect(crc32("123456789")).toBe(0xcbf43926);
    expect(archive({ a: "123456789" }).readUInt32LE(14)).toBe(0xcbf43926);
  });

  test("finds the end behind a comment", () => {
    const bytes = archive({ a: "1" });
    const comment = Buffer.from("a comment");
    const longer = Buffer.concat([bytes, comment]);
    longer.writeUInt16LE(comment.length, bytes.length - 2);
    expect(zipText(longer)).toEqual({ a: "1" });
  });

  test("refuses damage, passwords, other methods and other files", () => {
    const bytes = archive({ a: "hello" });
    const change = (at: number, value: number) => {
      const copy = Buffer.from(bytes);
      copy[at] = value;
      return () => readZip(copy, source);
    };
    const directory = bytes.readUInt32LE(bytes.length - 6);
    expect(change(31, 0)).toThrow(
      /expected the bytes of "a" as they were written, got others \(the check sum differs\)/,
    );
    expect(change(directory, 0)).toThrow(/expected a whole archive, got one that is cut off/);
    expect(change(directory + 8, 1)).toThrow(/expected no password, got "a" with one/);
    expect(change(directory + 10, 12)).toThrow(/expected members stored or deflated, got "a" with method 12/);
    expect(change(directory + 10, 8)).toThrow(/check sum differs/);
    for (const other of [Buffer.alloc(0), Buffer.from("a,b\n1,2\n"), bytes.subarray(0, bytes.length - 3)]) {
      expect(() => readZip(other, source)).toThrow(DataError);
      expect(() => readZip(other, source)).toThrow(
        /expected a zip archive, got (an empty file|another format)/,
      );
    }
  });
});
