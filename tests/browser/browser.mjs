// Chromium, and what every page is held against.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.DIBS_SCREENSHOTS;

export const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
export const desktop = { viewport: { width: 1280, height: 900 } };

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A visitor of their own, with a page whose console is listened to. */
export async function visitor(browser, options = {}) {
  const context = await browser.newContext({ ...desktop, colorScheme: "light", ...options });
  const page = await context.newPage();
  const complaints = [];
  // The browser itself notes each refusal of the API. Violations of the pages' policy come as errors, too.
  const refusal = (message) => message.text().startsWith("Failed to load resource") && message.location().url.includes("/api/");
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && !refusal(message) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { page, complaints, close: () => context.close() };
}

/** All that axe-core finds, of whatever weight. */
export async function checkAccess(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.deepEqual(violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map((node) => node.html).join(" ")}`), []);
}

/** Nothing is wider than the window, and nothing has jumped that nobody touched. */
export async function checkLayout(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `the page scrolls sideways by ${wide}`);
  const shift = await page.evaluate(() => new Promise((done) => {
    new PerformanceObserver((list) => done(list.getEntries().filter((one) => !one.hadRecentInput).reduce((sum, one) => sum + one.value, 0))).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(0), 200);  // an observer without entries is not called
  }));
  assert.ok(shift < 0.02, `the layout shifted by ${shift}`);
}

export async function screenshot(page, name) {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}
