import { expect, suite, test } from "vitest";
import { adapterName, probeAdapter } from "./probe.ts";

const gpu = (requestAdapter: () => Promise<unknown>) => ({ requestAdapter }) as unknown as GPU;
const adapter = (info: object) => ({ info, limits: { maxBufferSize: 8 }, features: new Set(["b", "a"]) });

suite("probeAdapter()", () => {
  test("does not wait for a request that never settles, and asks only once", async () => {
    let asked = 0;
    const hung = gpu(() => {
      asked++;
      return new Promise(() => {});
    });
    expect((await probeAdapter(hung, 20)).error).toBe("requestAdapter() did not settle within 0.02 s");
    expect(asked).toBe(1);
  });

  test("asks again after null, then says so", async () => {
    let asked = 0;
    const report = await probeAdapter(
      gpu(async () => (++asked < 3 ? null : adapter({ vendor: "v" }))),
      1000,
    );
    expect(report).toMatchObject({ vendor: "v", software: false, features: ["a", "b"] });
    expect(
      (
        await probeAdapter(
          gpu(async () => null),
          1000,
        )
      ).error,
    ).toBe("requestAdapter() gave null");
  });

  test("tells software by flag and by name", async () => {
    const software = async (info: object) =>
      (
        await probeAdapter(
          gpu(async () => adapter(info)),
          1000,
        )
      ).software;
    expect(await software({ vendor: "x", isFallbackAdapter: true })).toBe(true);
    expect(await software({ vendor: "google", architecture: "swiftshader" })).toBe(true);
    expect(await software({ vendor: "mesa", description: "llvmpipe (LLVM 15)" })).toBe(true);
    expect(await software({ vendor: "nvidia", architecture: "hopper" })).toBe(false);
  });

  test("reports a missing navigator.gpu and a rejected request", async () => {
    expect((await probeAdapter(undefined, 10)).error).toMatch(/missing/);
    expect(
      (
        await probeAdapter(
          gpu(() => Promise.reject(new Error("no"))),
          10,
        )
      ).error,
    ).toMatch(/failed: no/);
  });
});

suite("adapterName()", () => {
  test("joins what is known", () => {
    expect(adapterName({ vendor: "nvidia", architecture: "hopper", device: "", description: "" })).toBe(
      "nvidia hopper",
    );
    expect(adapterName({})).toBe("unnamed");
  });
});
