import { chromium } from "playwright";

const b = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--enable-unsafe-webgpu"],
});
const p = await (
  await b.newContext({ colorScheme: "dark", viewport: { width: 1280, height: 1500 } })
).newPage();
p.on("console", m => console.log(m.type(), m.text()));
p.on("pageerror", e => console.log("ERR", e.message));
await p.goto("http://localhost:4198/regimes/");
await p.waitForTimeout(1000);
await p.selectOption("select[name=data]", "quakes");
await p.waitForTimeout(2500);
await p.screenshot({ path: "/tmp/r2.png" });
await b.close();
