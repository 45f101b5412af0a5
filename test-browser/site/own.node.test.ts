/** Write your own model: numbers against a Kalman filter written here, Jacobians, faults underlined where they are, links, hostile ones too. */
import type { Page } from "playwright";
import { expect, suite, test } from "vitest";
import { compute } from "../../examples/own/compute.ts";
import { EXAMPLES, type ExampleName } from "../../examples/own/examples.ts";
import { askedOf } from "../../examples/own/form.ts";
import {
  axeViolations,
  expectFirstResultSoon,
  expectNoSidewaysScroll,
  runsOf,
  untilRuns,
  useSite,
} from "./harness.ts";
import { expectLooks } from "./looks.ts";
import { after, fact, formValues, status } from "./page_parts.ts";
import { LOST_AT_SUBMIT } from "./worker_prelude.ts";

const site = useSite();

const alertText = (page: Page) =>
  page
    .locator("#error:not([hidden])")
    .allTextContents()
    .then(texts => texts.join().replace(/Go there$/, ""));
const example = (page: Page, name: ExampleName) =>
  page.getByRole("combobox", { name: "Begin with" }).selectOption(name);
const jacobian = (page: Page, letter: "f" | "h") =>
  page.locator(`#jacobian-${letter} td code`).allTextContents();

/** What is underlined: field, text, and where on the screen it stands beside the same characters of the textarea. */
async function underlined(
  page: Page,
): Promise<{ field: string; text: string; line: number; column: number }[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".editor .fault")].map(mark => {
      const area = mark.closest(".editor")!.querySelector("textarea")!;
      const before = area.value.slice(0, mark.previousSibling?.textContent?.length ?? 0).split("\n");
      // Of several lines the first.
      const [box, frame] = [mark.getClientRects()[0]!, area.getBoundingClientRect()];
      const style = getComputedStyle(area);
      // Characters of a monospaced font are of one width: a column from where the mark is drawn.
      const probe = document.createElement("canvas").getContext("2d")!;
      probe.font = `${style.fontSize} ${style.fontFamily}`;
      const wide = probe.measureText("0".repeat(100)).width / 100;
      const left = box.left - frame.left - Number.parseFloat(style.paddingLeft) + area.scrollLeft;
      const top = box.top + box.height / 2 - frame.top - Number.parseFloat(style.paddingTop);
      const drawn = {
        line: Math.floor(top / Number.parseFloat(style.lineHeight)) + 1,
        column: Math.round(left / wide) + 1,
      };
      if (drawn.line !== before.length || drawn.column !== before.at(-1)!.length + 1)
        throw new Error(`The mark is drawn at ${JSON.stringify(drawn)}, its text is elsewhere.`);
      return { field: area.name, text: mark.textContent!, ...drawn };
    }),
  );
}

/** Log-likelihood of a level that wanders, by the scalar Kalman filter. */
function kalman(y: ArrayLike<number>, start: number, q: number, r: number): number {
  let [m, P, sum] = [0, start ** 2, 0];
  for (let t = 0; t < y.length; t++) {
    if (t > 0) P += q ** 2;
    const S = P + r ** 2;
    sum -= 0.5 * (Math.log(2 * Math.PI * S) + (y[t]! - m) ** 2 / S);
    m += (P / S) * (y[t]! - m);
    P *= r ** 2 / S;
  }
  return sum;
}

suite("Write your own model", () => {
  test("first result within 3 s, and every model to begin with gives the numbers of the same call in Node", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit("own/");
    await untilRuns(page);
    await expectFirstResultSoon(page);
    for (const name of Object.keys(EXAMPLES) as ExampleName[]) {
      if (name !== "pendulum") await after(page, () => example(page, name));
      const wanted = await compute({ ...askedOf(await formValues(page)), backend: "cpu" });
      expect([name, await fact(page, "Log-likelihood")]).toEqual([
        name,
        `${wanted.logLikelihood.toFixed(3)}, linearised`,
      ]);
      expect(await page.locator("#charts figure:visible").count()).toBe(
        wanted.stateNames.length + wanted.emissionDim,
      );
      expect(await alertText(page)).toBe("");
      // What is simulated is inside the bands mostly: the model is its own.
      expect(Number.parseFloat(await fact(page, "Inside 95 %"))).toBeGreaterThan(75);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a linear model typed in gives the Kalman filter's log-likelihood", async () => {
    const { page, complaints } = await site.visit("own/");
    await untilRuns(page);
    await after(page, () => example(page, "level"));
    const type = async (label: string, text: string) => {
      await page.getByRole("textbox", { name: label }).click();
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(text);
    };
    await type("States, by name", "mood");
    await type("Parameters", "q = 0.8");
    await type("Dynamics f", "mood");
    await type("Emission h", "mood");
    await type("Start: standard", "3");
    await type("Process noise", "q");
    await after(page, () => type("Measurement noise", "1.5"));
    await expect.poll(() => alertText(page)).toBe("");
    const { observations } = await compute({ ...askedOf(await formValues(page)), backend: "cpu" });
    const wanted = `${kalman(observations, 3, 0.8, 1.5).toFixed(3)}, linearised`;
    await expect.poll(() => fact(page, "Log-likelihood")).toBe(wanted);
    expect(await jacobian(page, "f")).toEqual(["1"]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("shows the Jacobian as one would write it, follows what is typed, and in WGSL", async () => {
    const { page } = await site.visit("own/");
    await untilRuns(page);
    expect(await jacobian(page, "f")).toEqual(["1", "dt", "-g*dt*cos(angle)", "1"]);
    expect(await jacobian(page, "h")).toEqual(["cos(angle)", "0"]);
    expect(await page.locator("#jacobian-f th").allTextContents()).toEqual([
      "∂/∂angle",
      "∂/∂speed",
      "angle",
      "speed",
    ]);
    await page.locator("#jacobian-f summary").click();
    expect(await page.locator("#jacobian-f pre").textContent()).toMatch(
      /^fn dynamics_jacobian\(x: array<f32, 2>.*dynamics_cos_f32\(x\[0\]\)/s,
    );
    await page.getByLabel("Emission h").fill("angle^2\nexp(2*speed)\n");
    await page.getByLabel("Measurement noise").fill("0.3, 0.3");
    await expect.poll(() => jacobian(page, "h")).toEqual(["2*angle", "0", "0", "2*exp(2*speed)"]);
    await after(page, () => example(page, "neuron"));
    const code = await page.locator("#jacobian-f pre").textContent();
    expect(code).toMatch(
      /^fn dynamics_dynamics_jvp\([\s\S]*for \([\s\S]*fn dynamics_jvp\([\s\S]*fn dynamics_jacobian\(/,
    );
    expect(await page.locator("#jacobian-f td code").count()).toBe(0);
    await page.context().close();
  });

  test("faults are underlined at their own line and column, in every field", {
    timeout: 90_000,
  }, async () => {
    const { page, complaints } = await site.visit("own/");
    await untilRuns(page);
    const cases: readonly (readonly [
      example: ExampleName,
      field: string,
      text: string,
      place: { text: string; line: number; column: number },
      words: RegExp,
    ])[] = [
      [
        "pendulum",
        "dynamics",
        "angle + dt*speed\n  speed - dt*gg*sin(angle)",
        { text: "gg", line: 2, column: 14 },
        /^Dynamics f, line 2, column 14: expected one of the names .* got "gg"\. Did you mean "g"\?$/,
      ],
      [
        "pendulum",
        "dynamics",
        "# a comment\n\nw = sin(angl)\nangle + dt*speed\nspeed - w",
        { text: "angl", line: 3, column: 9 },
        /line 3, column 9: .*"angl"/,
      ],
      [
        "pendulum",
        "dynamics",
        "angle + dt*speed",
        { text: "angle + dt*speed", line: 1, column: 1 },
        /^Dynamics f: /,
      ],
      [
        "pendulum",
        "dynamics",
        "angle\nspeed\nangle",
        { text: "angle\nspeed\nangle", line: 1, column: 1 },
        /^Dynamics f: One expression for each of the 2 states expected, got 3/,
      ],
      ["pendulum", "emission", "sin(angle", { text: "e", line: 1, column: 9 }, /^Emission h, line 1, column/],
      [
        "pendulum",
        "parameters",
        "g = 9.8\ndt = \nq = 1",
        { text: "dt =", line: 2, column: 1 },
        /A value of dt expected/,
      ],
      [
        "pendulum",
        "parameters",
        "g = 9.8\ndt = 0.01*z\nq = 1",
        { text: "z", line: 2, column: 11 },
        /Parameters, line 2, column 11: .*"z"/,
      ],
      [
        "pendulum",
        "parameters",
        "g = 9.8\ng = 3\ndt = 0.1\nq = 1",
        { text: "3", line: 2, column: 5 },
        /"g" twice/,
      ],
      ["pendulum", "parameters", "g 9.8", { text: "g 9.8", line: 1, column: 1 }, /"name = value" expected/],
      ["pendulum", "states", "angle, sp eed", { text: "sp eed", line: 1, column: 8 }, /got "sp eed"/],
      [
        "pendulum",
        "states",
        "sin, speed",
        { text: "sin", line: 1, column: 1 },
        /^States, by name, line 1, column 1: .*the function "sin"/,
      ],
      ["pendulum", "states", "angle, angle", { text: "angle", line: 1, column: 8 }, /names that differ/],
      [
        "pendulum",
        "parameters",
        "sin = 1\ng = 9.8\ndt = 0.1\nq = 1",
        { text: "sin = 1", line: 1, column: 1 },
        /^Parameters, line 1: .*the function "sin"/,
      ],
      ["neuron", "wgsl", " ", { text: " ", line: 1, column: 1 }, /^WGSL: Functions dynamics and emission/],
      [
        "pendulum",
        "mean",
        "1.5",
        { text: "1.5", line: 1, column: 1 },
        /^Start: means: 2 numbers on one line/,
      ],
      [
        "pendulum",
        "mean",
        "1.5, t",
        { text: "t", line: 1, column: 6 },
        /finite number without states and time/,
      ],
      [
        "pendulum",
        "start",
        "0.3, -0.3",
        { text: "-0.3", line: 1, column: 6 },
        /standard deviation ≥ 0 expected, got -0.3/,
      ],
      [
        "pendulum",
        "process",
        "1, 2\n2, 1",
        { text: "1, 2\n2, 1", line: 1, column: 1 },
        /^Process noise: expected a positive semi-definite matrix/,
      ],
      [
        "pendulum",
        "process",
        "1,, 2",
        { text: ",", line: 1, column: 3 },
        /number expected between the commas/,
      ],
      ["pendulum", "noise", "1, 2", { text: "1, 2", line: 1, column: 1 }, /^Measurement noise: /],
      [
        "neuron",
        "wgsl",
        "fn dynamics(x: vec2f) -> vec2f {\n  return sine(x);\n}\nfn emission(x: vec2f) -> f32 { return x.x; }",
        { text: "sine(x)", line: 2, column: 10 },
        /^WGSL, line 2, column 10: expected a function, got the unknown name sine\. Did you mean "sin"\?$/,
      ],
      [
        "neuron",
        "wgsl",
        "fn dynamics(x: vec2f) -> vec2f { return x; }",
        { text: "fn dynamics(x: vec2f) -> vec2f { return x; }", line: 1, column: 1 },
        /^WGSL: .*"emission"/,
      ],
      ["counts", "emission", "rate +", { text: "+", line: 1, column: 6 }, /^Emission h, line 1/],
    ];
    let now: ExampleName = "pendulum";
    for (const [name, field, text, place, words] of cases) {
      if (name !== now) await after(page, () => example(page, name));
      now = name;
      const area = page.locator(`textarea[name="${field}"]`);
      const before = await area.inputValue();
      await area.fill(text);
      await expect.poll(() => alertText(page), { message: `${field}: ${text}` }).toMatch(words);
      expect(await underlined(page), `${field}: ${text}`).toEqual([{ field, ...place }]);
      expect(await area.getAttribute("aria-invalid")).toBe("true");
      expect(await status(page)).toMatch(/last model that ran/);
      await page.getByRole("button", { name: "Go there" }).click();
      const selected = await area.evaluate((a: HTMLTextAreaElement) =>
        a.value.slice(a.selectionStart, a.selectionEnd),
      );
      expect(selected).toBe(place.text);
      await after(page, () => area.fill(before));
      expect(await underlined(page)).toEqual([]);
      expect(await alertText(page)).toBe("");
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("every other control changes the numbers into those of the same call in Node", {
    timeout: 60_000,
  }, async () => {
    const { page, complaints } = await site.visit("own/");
    await untilRuns(page);
    const seen = new Set<string>();
    const step = async (act: () => Promise<unknown>) => {
      await after(page, act);
      const wanted = await compute({ ...askedOf(await formValues(page)), backend: "cpu" });
      expect(await fact(page, "Log-likelihood")).toBe(`${wanted.logLikelihood.toFixed(3)}, linearised`);
      const turns =
        wanted.iterations === 0
          ? "one pass"
          : `${wanted.iterations}, ${wanted.converged ? "" : "not "}converged`;
      expect(await fact(page, "Iterations")).toBe(turns);
      seen.add(`${await fact(page, "Log-likelihood")} ${turns}`);
    };
    await step(() => page.locator("#steps").fill("200"));
    await step(() => page.locator("#iterations").fill("0"));
    await step(() => page.getByRole("combobox", { name: "Made affine by" }).selectOption("unscented"));
    await step(() => page.getByRole("combobox", { name: "Made affine by" }).selectOption("cubature"));
    await step(() => page.getByRole("button", { name: "Next" }).click());
    await step(() => page.locator("#parameters").fill("g = 1.6\ndt = 0.0125\nq = 1"));
    await step(() => page.getByLabel("Start: means").fill("0.5, 0"));
    await step(() => page.getByLabel("Start: standard").fill("0.1, 0.1"));
    await step(() => page.getByLabel("Process noise").fill("0.01, 0.05"));
    await step(() => page.getByLabel("Measurement noise").fill("0.1"));
    expect(seen.size).toBe(10);
    // Families: constants and variances have fields of their own.
    const family = page.getByRole("combobox", { name: "Data are" });
    await page.getByLabel("Emission h").fill("exp(sin(angle))");
    await step(() => family.selectOption("poisson"));
    expect(await page.getByLabel("Measurement noise").isVisible()).toBe(false);
    await family.selectOption("gamma");
    await expect.poll(() => alertText(page)).toMatch(/concentration/);
    await step(() => page.getByLabel("Constants of the family").fill("concentration = 4*g"));
    await family.selectOption("variance");
    await expect
      .poll(() => alertText(page))
      .toMatch(/^Variance of each column, given the state: At least one/);
    await step(() => page.getByLabel("Variance of each").fill("0.1 + angle^2"));
    expect(await jacobian(page, "h")).toEqual(["exp(sin(angle))*cos(angle)", "0"]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a change of the language begins where there is nothing, and leaves what there is", async () => {
    const { page, complaints } = await site.visit("own/", { link: "#v=1&example=vanderpol" });
    await untilRuns(page);
    const language = page.getByRole("combobox", { name: "Written as" });
    const dynamics = page.getByLabel("Dynamics f");
    const before = await dynamics.inputValue();
    await after(page, () => language.selectOption("wgsl"));
    expect(await page.locator("#wgsl").inputValue()).toMatch(
      /^fn dynamics\(x: array<f32, 2>\) -> array<f32, 2> \{/,
    );
    expect(await alertText(page)).toBe("");
    await after(page, () => language.selectOption("expressions"));
    expect(await dynamics.inputValue()).toBe(before);
    await after(page, () => example(page, "neuron"));
    await after(page, () => language.selectOption("expressions"));
    expect(await dynamics.inputValue()).toBe("v\nw");
    expect(await jacobian(page, "f")).toEqual(["1", "0", "0", "1"]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a link has the whole model, in either language", async () => {
    const { page } = await site.visit("own/", {
      context: { permissions: ["clipboard-read", "clipboard-write"] },
    });
    await untilRuns(page);
    const copied = async () => {
      await page.getByRole("button", { name: "Copy a link" }).click();
      await expect.poll(() => status(page)).toMatch(/^The link is copied/);
      return new URL(await page.evaluate(() => navigator.clipboard.readText())).hash;
    };
    await after(page, () =>
      page.getByLabel("Dynamics f").fill("# säge & <b>\nangle + dt*speed\nspeed - dt*g*tanh(angle)"),
    );
    await after(page, () => page.locator("#steps").fill("150"));
    const first = {
      hash: await copied(),
      form: await formValues(page),
      likelihood: await fact(page, "Log-likelihood"),
    };
    await after(page, () => example(page, "neuron"));
    await after(page, () =>
      page.locator("#parameters").fill("dt = 0.2\na = 0.7\nb = 0.8\ntau = 10\ncurrent = 0.6"),
    );
    const second = {
      hash: await copied(),
      form: await formValues(page),
      likelihood: await fact(page, "Log-likelihood"),
    };
    // Of a model that is as it was begun with, the link says no more than that.
    expect(second.hash).not.toMatch(/wgsl|FitzHugh/);
    for (const { hash, form, likelihood } of [first, second]) {
      const { page: other, complaints } = await site.visit("own/", { link: hash });
      await untilRuns(other);
      expect(await formValues(other)).toEqual(form);
      expect(await fact(other, "Log-likelihood")).toBe(likelihood);
      expect(await other.locator("#link-notice").isVisible()).toBe(false);
      expect(complaints).toEqual([]);
      await other.context().close();
    }
    await page.getByRole("button", { name: "Copy the model document" }).click();
    await expect.poll(() => status(page)).toMatch(/document is copied/);
    const document = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(document).toMatchObject({ format: "statescan/model@1", parameters: { tau: 10 } });
    await page.context().close();
  });

  test("links that are malformed, hostile or too long say so and run nothing but the language", {
    timeout: 90_000,
  }, async () => {
    const bad = (fields: Record<string, string>) => `#${new URLSearchParams({ v: "1", ...fields })}`;
    const cases: readonly (readonly [hash: string, notice: RegExp | undefined, alert: RegExp | undefined])[] =
      [
        ["#%E0%A4%A", /not one of this page/, undefined],
        ["#v=2&dynamics=x0", /another version/, undefined],
        [bad({ example: "__proto__" }), /does not have/, undefined],
        [bad({ example: "<img src=x onerror=alert(1)>" }), /does not have/, undefined],
        [
          bad({
            steps: "1e9",
            iterations: "-1",
            seed: "NaN",
            rule: "eval",
            constructor: "x",
            __proto__: "y",
            backend: "gpu",
          }),
          /steps, iterations, seed, rule, constructor.*backend/,
          undefined,
        ],
        [bad({ dynamics: "x".repeat(7000) }), /with that value: dynamics/, undefined],
        [`#v=1&dynamics=${"x".repeat(20_000)}`, /longer than 16000 characters/, undefined],
        [
          bad({ dynamics: 'import("data:text/javascript,globalThis.hacked=1")\nspeed' }),
          undefined,
          /Dynamics f, line 1/,
        ],
        [bad({ emission: "cos.constructor('globalThis.hacked = 1')()" }), undefined, /Emission h, line 1/],
        [bad({ emission: "f(x) = globalThis.hacked = 1" }), undefined, /Emission h/],
        [bad({ emission: "<script>globalThis.hacked=1</script>" }), undefined, /Emission h/],
        [bad({ parameters: "__proto__ = 1" }), undefined, /Parameters, line 1, column 1: Another name/],
        [bad({ states: '<img src="x" onerror="globalThis.hacked=1">' }), undefined, /States, by name/],
        [
          bad({
            example: "neuron",
            wgsl: "fn dynamics(x: vec2f) -> vec2f { return x; }\nfn emission(x: vec2f) -> f32 { return eval(x.x); }",
          }),
          undefined,
          /WGSL, line 2/,
        ],
        [
          bad({
            example: "neuron",
            wgsl: `const N = 1000000000;\nfn dynamics(x: vec2f) -> vec2f { var a: array<f32, N>; return x + a[0]; }\nfn emission(x: vec2f) -> f32 { return x.x; }`,
          }),
          undefined,
          /./,
        ],
      ];
    const { page, complaints } = await site.visit("index.html");
    for (const [hash, notice, alert] of cases) {
      await page.goto("about:blank");
      await page.goto(`${site.address}/own/${hash}`);
      if (alert) await expect.poll(() => alertText(page), { message: hash, timeout: 20_000 }).toMatch(alert);
      else await untilRuns(page);
      if (notice) expect(await page.locator("#link-notice").textContent(), hash).toMatch(notice);
      else expect(await page.locator("#link-notice").isVisible()).toBe(false);
      expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
      expect(await page.locator("main img, #error script").count()).toBe(0);
      expect(complaints, hash).toEqual([]);
      // The page lives on.
      await after(page, () => example(page, "level"));
      expect(await alertText(page)).toBe("");
    }
    await page.context().close();
  });

  test("a loop without end is stopped, and the next model runs", { timeout: 60_000 }, async () => {
    const { page, complaints } = await site.visit("own/", { link: "#v=1&example=neuron" });
    await untilRuns(page);
    const wgsl = page.getByLabel("WGSL", { exact: false }).and(page.locator("textarea"));
    const code = await wgsl.inputValue();
    await wgsl.fill(code.replace("i++", ""));
    await expect.poll(() => alertText(page), { timeout: 20_000 }).toMatch(/No end was in sight after 8 s/);
    await after(page, () => wgsl.fill(code));
    expect(await alertText(page)).toBe("");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a worker that is slow to come is waited for", { timeout: 60_000 }, async () => {
    const { page, complaints } = await site.visit("index.html");
    await page.route(/assets\/worker-.*\.js/, async route => {
      await new Promise(later => setTimeout(later, 9000));
      await route.continue();
    });
    await page.goto(new URL("own/", page.url()).href);
    await untilRuns(page, 1, 20_000);
    expect(await page.evaluate(() => performance.now())).toBeGreaterThan(9000);
    expect(await alertText(page)).toBe("");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("typing is taken at once, and only the newest model is shown", async () => {
    const { page } = await site.visit("own/");
    await untilRuns(page);
    const runs = await runsOf(page);
    await page.getByLabel("Emission h").click();
    await page.keyboard.press("ControlOrMeta+a");
    const start = performance.now();
    await page.keyboard.type("sin(angle) + 0.1*speed + 0.01*angle*speed", { delay: 10 });
    expect(performance.now() - start).toBeLessThan(4000);
    await expect.poll(() => jacobian(page, "h")).toEqual(["cos(angle) + 0.01*speed", "0.1 + 0.01*angle"]);
    // One run at most for every pause of 250 ms, not one for every key.
    expect((await runsOf(page)) - runs).toBeLessThan(10);
    await page.context().close();
  });

  test("WebGPU agrees with the CPU, is named, and survives the loss of its device", {
    timeout: 90_000,
  }, async () => {
    const { page, complaints } = await site.visit("own/", { link: "#v=1&steps=100", before: LOST_AT_SUBMIT });
    await untilRuns(page);
    const cpu = Number.parseFloat(await fact(page, "Log-likelihood"));
    const backend = page.getByRole("combobox", { name: "Computed on" });
    await after(page, () => backend.selectOption("webgpu"), 60_000);
    expect(await fact(page, "Computed on")).toMatch(/WebGPU on .*software adapter/);
    expect(Number.parseFloat(await fact(page, "Log-likelihood"))).toBeCloseTo(cpu, 2);
    await page.evaluate(() =>
      (globalThis as unknown as { loseAtSubmit(): Promise<void> }).loseAtSubmit().then(() => {}),
    );
    await after(page, () => page.getByRole("button", { name: "Next" }).click(), 60_000);
    expect(await status(page)).toMatch(
      /^The GPU device was lost during the run; it was repeated on a new one\./,
    );
    expect(await alertText(page)).toBe("");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("without WebGPU says so and computes in float64; a hidden page does too", async () => {
    const { page, complaints } = await site.visit("own/", { withoutWebGpu: true });
    await untilRuns(page);
    expect(await page.locator("#notice").textContent()).toMatch(/no WebGPU/);
    expect(await page.locator('option[value="webgpu"]').isDisabled()).toBe(true);
    expect(await fact(page, "Computed on")).toMatch(/CPU, float64/);
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { get: () => true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await after(page, () => page.getByLabel("Emission h").fill("sin(2*angle)"));
    expect(await jacobian(page, "h")).toEqual(["2*cos(2*angle)", "0"]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("works by keyboard, is accessible with a fault and in WGSL, fits a phone", {
    timeout: 60_000,
  }, async () => {
    for (const theme of ["light", "dark"] as const) {
      const { page, complaints } = await site.visit("own/", { theme });
      await untilRuns(page);
      await page.getByLabel("Dynamics f").focus();
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement!.id)).toBe("emission");
      await page.keyboard.press("End");
      await page.keyboard.type(" + zz");
      await expect.poll(() => alertText(page)).toMatch(/line 1, column 14: .*"zz"/);
      expect(await axeViolations(page)).toEqual([]);
      for (const width of [390, 320]) {
        await page.setViewportSize({ width, height: 640 });
        await expectNoSidewaysScroll(page);
        // Beside the field, as the alert is out of sight there.
        expect(await page.locator(".fault-words:visible").allTextContents()).toHaveLength(1);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
      await after(page, () => example(page, "neuron"));
      expect(await axeViolations(page)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 640 });
      await expectNoSidewaysScroll(page);
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });

  test("looks as it should in both themes, with a fault too", { timeout: 60_000 }, async () => {
    for (const theme of ["light", "dark"] as const) {
      const { page } = await site.visit("own/", { theme });
      await untilRuns(page);
      await page.addStyleTag({ content: "#facts dd:last-child { visibility: hidden }" });
      await expectLooks(page, `own-${theme}`);
      await page.getByLabel("Dynamics f").fill("angle + dt*speed\nspeed - dt*gg*sin(angle)");
      await expect.poll(() => alertText(page)).toMatch(/gg/);
      await page.locator("h1").click();
      await expectLooks(page, `own-fault-${theme}`);
      await page.context().close();
    }
  });
});
