// The page of `dibs report`, opened as a file with the network off.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { checkAccess, checkLayout, launch, screenshot, visitor } from "./browser.mjs";

const run = promisify(execFile);
const dibs = process.env.DIBS_PROGRAM;
const sample = new URL("../data/results/bench", import.meta.url).pathname;
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const shots = process.env.DIBS_SCREENSHOTS;
let folder;
let browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "dibs-report-"));
  browser = await launch();
  await report(sample, "sample.html");
});

after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

const place = (name) => join(folder, name);
const report = (results, name) => run(dibs, ["report", results, "--html", place(name)]);

/** Everything that the page asks for must be the page itself. */
async function open(name, options = {}) {
  const who = await visitor(browser, { offline: true, ...options });
  const asked = [];
  who.page.on("request", (request) => asked.push(request.url()));
  await who.page.goto(pathToFileURL(place(name)).href);
  return { ...who, asked };
}

/** Scrolls to each chart, as a reader does, until it is drawn. */
async function see(page) {
  const figures = await page.locator("figure").all();
  for (const figure of figures) {
    await figure.scrollIntoViewIfNeeded();
    await figure.locator(".chart[data-drawn]").waitFor();
  }
  return figures;
}

const marks = ".panel .mark-symbol path, .panel .mark-line path, .panel .mark-rect path, .panel .mark-rule line";

test("every chart is drawn, offline, in less than 2 MiB and soon", async () => {
  const { page, complaints, asked, close } = await open("sample.html");
  const figures = await see(page);
  assert.ok(figures.length >= 11, `${figures.length} charts`);
  for (const figure of figures)
    for (const panel of await figure.locator(".panel").all())
      assert.ok(await panel.locator(marks.replaceAll(".panel ", "")).count() >= 1, `no marks in ${await panel.getAttribute("aria-label")}`);
  assert.deepEqual(asked, [page.url()]);
  assert.deepEqual(complaints, []);
  await checkAccess(page);
  await page.evaluate(() => window.scrollTo(0, 0));
  await screenshot(page, "report-light");
  const { size } = await stat(place("sample.html"));
  assert.ok(size < 2 * 1024 * 1024, `${size} bytes`);
  await page.reload();
  const opened = await page.evaluate(async () => {
    await drawAll();
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
    return performance.now();
  });
  console.log(`report: ${(size / 1024).toFixed(0)} KiB, all ${figures.length} charts drawn ${opened.toFixed(0)} ms after the navigation began`);
  await close();
});

test("pointing shows values, and the figures are in tables as well", async () => {
  const { page, complaints, close } = await open("sample.html");
  await see(page);
  const tip = page.locator("#tip");
  const curves = page.locator("#latency-1 svg").first();
  await curves.hover();
  await tip.getByText(/within .* ms/).waitFor();
  await tip.getByText("queue", { exact: true }).waitFor();
  await page.locator("#rounds-1 .mark-symbol.role-mark path").nth(2).hover();
  await tip.getByText(/, round \d/).waitFor();
  await page.locator("h1").hover();
  await tip.waitFor({ state: "hidden" });
  await page.locator("#rounds-1 summary").click();
  await page.locator("#rounds-1 tbody tr").nth(15).waitFor();
  assert.equal(await page.locator("#rounds-1 tbody tr").count(), 16);
  assert.equal(await page.locator("#rounds-1 tbody th", { hasText: "cas" }).count(), 4);
  await checkAccess(page);
  assert.deepEqual(complaints, []);
  await close();
});

test("the first screen has the answer, the table and its ties", async () => {
  const { page, close } = await open("sample.html");
  for (const text of ["cas and queue are in front", "spinlock is disqualified"]) {
    const box = await page.getByText(text).boundingBox();
    assert.ok(box.y + box.height < page.viewportSize().height, text);
  }
  const row = page.locator("#ranking-table-1 + .scroll tr", { has: page.getByRole("rowheader", { name: "queue" }) });
  assert.equal(await row.locator("td").first().textContent(), "a");
  const box = await row.boundingBox();
  assert.ok(box.y + box.height < page.viewportSize().height);
  await close();
});

test("on a phone, in the dark and when the window changes nothing is wider than the window", async () => {
  const { page, complaints, close } = await open("sample.html", { ...phone, colorScheme: "dark" });
  await see(page);
  await checkLayout(page);
  await checkAccess(page);
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(ground, "rgb(17, 21, 26)");
  const widest = await page.evaluate(() => Math.max(...[...document.querySelectorAll("svg")].map((one) => one.getBoundingClientRect().right)));
  assert.ok(widest <= phone.viewport.width, `a chart ends at ${widest}`);
  await page.evaluate(() => window.scrollTo(0, 0));
  await screenshot(page, "report-phone-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await screenshot(page, "report-phone-light");
  await page.setViewportSize({ width: 700, height: 800 });
  await page.waitForFunction(() => [...document.querySelectorAll("svg")].some((one) => one.getBoundingClientRect().width > 500));
  await checkLayout(page);
  assert.deepEqual(complaints, []);
  await close();
});

test("it is legible in the dark, and prints with all its charts in light colours", async () => {
  const { page, complaints, close } = await open("sample.html", { colorScheme: "dark" });
  const pdf = await page.pdf({ preferCSSPageSize: true, ...(shots ? { path: `${shots}/report-print.pdf` } : {}) });
  assert.ok(pdf.length > 50_000, `${pdf.length} bytes`);
  assert.equal(await page.locator("figure .chart:not([data-drawn])").count(), 0, "all were drawn for the printer");
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--surface").trim()), "#ffffff");
  await page.emulateMedia({ media: "screen", colorScheme: "dark" });
  await checkAccess(page);
  await screenshot(page, "report-dark");
  assert.deepEqual(complaints, []);
  await close();
});

test("each colour of a strategy can be told from the ground in both schemes", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const { page, close } = await open("sample.html", { colorScheme });
    const poor = await page.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      const luminance = (hex) => {
        const [r, g, b] = hex.match(/[0-9a-f]{2}/gi).map((pair) => parseInt(pair, 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const color = (name) => luminance(style.getPropertyValue(name).trim());
      const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      return [..."01234567"].map((n) => [`--s${n}`, contrast(color(`--s${n}`), color("--surface"))]).filter(([, ratio]) => ratio < 3);
    });
    assert.deepEqual(poor, [], colorScheme);
    await close();
  }
});

test("a hostile name stays text", async () => {
  const name = "</script><img src=x onerror=document.title='broken'>\"'`{{data}}";
  const hostile = place("hostile");
  await cp(sample, hostile, { recursive: true });
  const summary = JSON.parse(await readFile(join(hostile, "summary.json"), "utf8"));
  summary.strategies[name] = summary.strategies.cas;
  summary.machine.cpu = name;
  summary.command = name;
  await writeFile(join(hostile, "summary.json"), JSON.stringify(summary));
  const capacity = JSON.parse(await readFile(join(hostile, "capacity.json"), "utf8"));
  capacity.strategies[name] = capacity.strategies.cas;
  await writeFile(join(hostile, "capacity.json"), JSON.stringify(capacity));
  await report(hostile, "hostile.html");
  const { page, complaints, asked, close } = await open("hostile.html");
  await see(page);
  assert.equal(await page.locator("img").count(), 0);
  assert.match(await page.title(), /^Coupons/);
  assert.ok((await page.locator("tbody th").allTextContents()).includes(name));
  await checkLayout(page);
  await page.setViewportSize(phone.viewport);
  await checkLayout(page);
  assert.deepEqual(asked, [page.url()]);
  assert.deepEqual(complaints, []);
  await close();
});

test("a folder with little in it says what is missing, and by which command it is made", async () => {
  const little = place("little");
  await cp(sample, little, { recursive: true, filter: (source) => !/round-|capacity|measure|claims|torture/.test(source) });
  await report(little, "little.html");
  const { page, complaints, close } = await open("little.html");
  await see(page);
  await page.getByText("dibs bench --capacity --p99 50ms").waitFor();
  await page.getByText("dibs torture --json DIR/torture.json").waitFor();
  await checkAccess(page);
  await screenshot(page, "report-little");
  assert.deepEqual(complaints, []);
  await close();
});
