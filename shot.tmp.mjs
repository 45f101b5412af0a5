// node shot.mjs out.png url [theme] [width] [height] [full]
import { chromium } from "playwright";

const [, , out, url, theme = "light", w = "1280", h = "900", full] = process.argv;
const b = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--enable-unsafe-webgpu"],
});
const c = await b.newContext({
  colorScheme: theme,
  viewport: { width: +w, height: +h },
  reducedMotion: "reduce",
});
const p = await c.newPage();
p.on("console", m => console.log(m.type(), m.text()));
p.on("pageerror", e => console.log("ERR", e.message));
await p.goto(url);
await p.waitForTimeout(Number(process.env.WAIT ?? 2500));
await p.screenshot({ path: out, fullPage: !!full });
await b.close();
