import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkAccess, checkLayout, launch, phone, screenshot, visitor } from "./browser.mjs";
import { post, startService } from "./service.mjs";

const admin = { email: "ada@example.com", password: "correct horse battery", name: "Ada", idempotencyKey: "1" };
let service;
let browser;

before(async () => {
  service = await startService(["autumn:CODE:3", "spring:CODE:100", "last-one:CODE:1"]);
  await post(`${service.url}/api/auth/signup`, admin);
  await service.grant(admin.email);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

const result = (page) => page.locator("#result");

async function openClaims(options, path = "/claim") {
  const who = await visitor(browser, options);
  await who.page.goto(service.url + path);
  await who.page.locator("#live[data-state=live]").waitFor();
  return who;
}

async function signUp(page, name) {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail").fill(`${name.toLowerCase().replace(" ", "")}@example.com`);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByText(`Signed in as ${name}`).waitFor();
}

async function claim(page, coupon, code = "CODE") {
  await page.getByRole("radio", { name: coupon }).check();
  await page.getByLabel("Coupon code").fill(code);
  await page.getByRole("button", { name: "Claim" }).click();
}

async function logIn(page, { email, password } = admin) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

async function openBoard(options) {
  const who = await visitor(browser, options);
  await who.page.goto(service.url);
  await logIn(who.page);
  await who.page.locator("#board").waitFor();
  return who;
}

const row = (page, table, name) => page.locator(`#${table} tr`, { has: page.getByRole("rowheader", { name }) });

test("a guest signs up, claims, and the operator sees the stock fall", async () => {
  const operator = await openBoard();
  const guest = await openClaims();
  const left = row(operator.page, "coupons", "spring").locator("td").nth(1);
  assert.equal(await left.textContent(), "100");
  await screenshot(guest.page, "claim-new-light");
  await signUp(guest.page, "Grace");
  await claim(guest.page, "spring");
  await result(guest.page).getByText("It is yours: spring").waitFor();
  await guest.page.locator("#pieces li", { hasText: "spring" }).waitFor();
  await guest.page.getByText("99 of 100 left").waitFor();
  await left.filter({ hasText: /^99$/ }).waitFor();
  await row(operator.page, "outcomes", "Issued").first().locator("td").filter({ hasText: /^0\.1$/ }).waitFor();
  await operator.page.locator("#p99").filter({ hasText: /ms/ }).waitFor();
  await claim(guest.page, "spring");
  await result(guest.page).getByText("You have it already").waitFor();
  await screenshot(guest.page, "claim-done-light");
  await screenshot(operator.page, "operator-light");
  for (const { page, complaints, close } of [operator, guest]) {
    await checkAccess(page);
    await checkLayout(page);
    assert.deepEqual(complaints, []);
    await close();
  }
});

test("the last piece goes to one, and the others are told, on a phone in the dark", async () => {
  const options = { ...phone, colorScheme: "dark" };
  const first = await openClaims(options);
  const second = await openClaims(options, "/claim/last-one");
  assert.equal(await second.page.getByRole("radio", { name: "spring" }).count(), 0, "a page of one coupon");
  await signUp(first.page, "Alan");
  await signUp(second.page, "Barbara");
  await claim(first.page, "last-one", "GUESS");
  await result(first.page).getByText("Wrong code").waitFor();
  await claim(first.page, "last-one");
  await result(first.page).getByText("It is yours: last-one").waitFor();
  await second.page.locator(".stock", { hasText: "Sold out" }).waitFor();
  await claim(second.page, "last-one");
  await result(second.page).getByText("Every piece has been claimed").waitFor();
  await screenshot(first.page, "claim-done-phone-dark");
  await screenshot(second.page, "claim-sold-out-phone-dark");
  for (const { page, complaints, close } of [first, second]) {
    await checkAccess(page);
    await checkLayout(page);
    assert.deepEqual(complaints, []);
    await close();
  }
});

test("all of it goes by keyboard alone", async () => {
  const { page, complaints, close } = await openClaims();
  const keys = page.keyboard;
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.value);
  const tabTo = async (id) => {
    for (let tries = 0; (await focused()) !== id; ++tries) {
      assert.ok(tries < 20, `${id} is not reached by Tab`);
      await keys.press("Tab");
    }
  };
  await tabTo("autumn");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement.closest("label")).outlineStyle);
  assert.equal(outline, "solid", "the focus can be seen");
  await tabTo("guest");
  await keys.press("ArrowRight");
  await tabTo("name");
  await keys.type("Katherine");
  await tabTo("email");
  await keys.type("katherine@example.com");
  await tabTo("password");
  await keys.type("a long password");
  await keys.press("Enter");
  await page.getByText("Signed in as Katherine").waitFor();
  assert.equal(await focused(), "code", "the next thing to fill in has the focus");
  await keys.type("CODE");
  await keys.press("Enter");
  await result(page).getByText("It is yours: autumn").waitFor();
  await keys.press("Shift+Tab");
  assert.equal(await focused(), "sign-out");
  await keys.press("Enter");
  await page.getByLabel("E-mail").waitFor();
  assert.equal(await focused(), "password", "the focus is not lost with the button");
  await keys.press("ArrowRight");
  await tabTo("email");
  assert.equal(await page.getByLabel("Name").isVisible(), false);
  await tabTo("password");
  await keys.type("a long password");
  await keys.press("Enter");
  await page.getByText("Signed in as Katherine").waitFor();
  await page.locator("#pieces li", { hasText: "autumn" }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("a claim that has to wait for the lock is repeated until it has it, and counts once", async () => {
  const operator = await openBoard();
  const { page, complaints, close } = await openClaims();
  await signUp(page, "Edsger");
  const release = await service.hold("coupon:spring");
  const lock = row(operator.page, "lock-rows", "coupon:spring").locator("td");
  await lock.nth(1).filter({ hasText: /^[0-9a-f]{32}\.\d+$/ }).waitFor();
  const keys = [];
  page.on("request", (request) => request.url().endsWith("/claims") && keys.push(request.postDataJSON().idempotencyKey));
  await claim(page, "spring");
  await lock.nth(4).filter({ hasText: /^1 in queue$/ }).waitFor();
  await result(page).getByText("Busy: trying again").waitFor();
  await screenshot(page, "claim-waits-light");
  await screenshot(operator.page, "operator-lock-light");
  await row(operator.page, "outcomes", "Told to come again").locator("td").filter({ hasText: /^0\.[1-9]$/ }).waitFor();
  await release();
  await result(page).getByText("It is yours: spring").waitFor();
  assert.ok(keys.length >= 2);
  assert.equal(new Set(keys).size, 1, "each time with the same key");
  await lock.nth(1).filter({ hasText: "free" }).waitFor();
  assert.deepEqual([...complaints, ...operator.complaints], []);
  await close();
  await operator.close();
});

test("an operator pauses a coupon, and lets it go on", async () => {
  const operator = await openBoard();
  const guest = await openClaims();
  await signUp(guest.page, "Radia");
  await operator.page.getByRole("button", { name: "Pause spring" }).click();
  await operator.page.getByText("spring is paused").waitFor();
  const resume = operator.page.getByRole("button", { name: "Resume spring" });
  await resume.waitFor();
  await screenshot(operator.page, "operator-paused-light");
  await checkAccess(operator.page);
  const answer = guest.page.waitForResponse((response) => response.url().endsWith("/claims"));
  await claim(guest.page, "spring");
  assert.equal((await answer).status(), 409);
  await resume.focus();
  await operator.page.keyboard.press("Enter");
  await operator.page.getByText("spring goes on").waitFor();
  await claim(guest.page, "spring");
  await result(guest.page).getByText("It is yours: spring").waitFor();
  await checkLayout(operator.page);
  assert.deepEqual(operator.complaints, []);
  await guest.close();
  await operator.close();
});

test("a claim whose answer is lost is not made twice", async () => {
  const { page, close } = await openClaims();
  await signUp(page, "Frances");
  let lost = 0;
  // The service has answered, and committed, when the answer is dropped.
  await page.route("**/claims", async (route) => {
    if (lost++ > 0) return route.continue();
    assert.equal((await route.fetch()).status(), 201);
    return route.abort("connectionreset");
  });
  await claim(page, "autumn");
  await result(page).getByText("Busy: trying again").waitFor();
  await result(page).getByText("It is yours: autumn").waitFor();
  assert.equal(lost, 2);
  assert.equal(await page.locator("#pieces li").count(), 1);
  await close();
});

test("a claim that a balancer gave up is repeated with its key", async () => {
  const { page, close } = await openClaims();
  const keys = [];
  await page.route("**/claims", async (route) => {
    keys.push(route.request().postDataJSON().idempotencyKey);
    const response = await route.fetch();
    return keys.length > 1 ? route.fulfill({ response }) : route.fulfill({ status: 504, contentType: "text/html", body: "<h1>Late</h1>" });
  });
  await signUp(page, "Barbara L");
  await claim(page, "spring");
  await result(page).getByText("It is yours: spring").waitFor();
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  await close();
});

test("an answer that was cut, and what else may be in the storage, breaks no page", async () => {
  const { page, complaints, close } = await openClaims();
  let cut = 0;
  await page.route("**/signup", async (route) => (cut++ > 0 ? route.continue() : route.fulfill({ status: 201, contentType: "application/json", body: '{"data":' })));
  await signUp(page, "Rosalind");
  assert.equal(cut, 2);
  await page.evaluate(() => localStorage.setItem("dibs.session", "undefined"));
  await page.goto(`${service.url}/claim/%ff`);
  await page.getByText("There is no coupon %ff").waitFor();
  await page.goto(`${service.url}/claim`);
  await page.getByRole("radio", { name: "spring" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Sign up" }).isVisible(), true);
  assert.deepEqual(complaints, []);
  await close();
});

/** Answers requests of `path` when what this returns is called. */
async function hold(page, path) {
  let release;
  const released = new Promise((done) => { release = done; });
  await page.route(path, async (route) => {
    const response = await route.fetch();
    await released;
    return route.fulfill({ response });
  });
  return async () => {
    const answered = page.waitForResponse(path);
    release();
    await (await answered).finished();
    await page.unroute(path);
    // What the page makes of the answer has been made when a later answer has been read.
    await page.evaluate(() => fetch("/healthz").then((answer) => answer.text()));
  };
}

/** As if the access token had come to its end. */
const spoilToken = (page, storage) => page.evaluate((name) => {
  const session = JSON.parse(window[name].getItem("dibs.session"));
  window[name].setItem("dibs.session", JSON.stringify({ ...session, accessToken: "over" }));
}, storage);

test("a session goes on when its access token is over, and ends in all tabs", async () => {
  const { page, complaints, close } = await openClaims();
  await signUp(page, "Hedy");
  const other = await page.context().newPage();
  await other.goto(`${service.url}/claim/spring`);
  await other.getByText("Signed in as Hedy").waitFor();
  await spoilToken(page, "localStorage");
  await claim(page, "spring");
  await result(page).getByText("It is yours: spring").waitFor();
  await claim(other, "spring");
  await result(other).getByText("You have it already").waitFor();
  await other.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Name").waitFor();
  assert.equal(await page.locator("#pieces li").textContent(), "None yet.");
  assert.deepEqual(complaints, []);
  await close();
  const board = await openBoard();
  await spoilToken(board.page, "sessionStorage");
  await board.page.reload();
  await board.page.locator("#board").waitFor();
  await board.close();
});

test("two tabs that renew one session at once both go on", async () => {
  const { page, close } = await openClaims();
  await signUp(page, "Lynn");
  const other = await page.context().newPage();
  await other.goto(`${service.url}/claim/spring`);
  await other.getByText("Signed in as Lynn").waitFor();
  let release;
  const released = new Promise((done) => { release = done; });
  await page.context().route("**/refresh", async (route) => {
    const response = await route.fetch();
    await released;
    return route.fulfill({ response });
  });
  const both = [page, other].map((tab) => tab.waitForRequest("**/refresh"));
  await spoilToken(page, "localStorage"); // which the other tab hears of, and asks with
  await claim(page, "spring");
  await Promise.all(both);
  release();
  await result(page).getByText("It is yours: spring").waitFor();
  await other.getByText("Signed in as Lynn").waitFor();
  await close();
});

test("who signs out while the session is renewed stays signed out", async () => {
  const { page, close } = await openBoard();
  await spoilToken(page, "sessionStorage");
  const answer = await hold(page, "**/refresh");
  const asked = page.waitForRequest("**/refresh");
  await page.reload();
  await asked;
  await page.getByRole("button", { name: "Sign out" }).click();
  await answer();
  assert.equal(await page.evaluate(() => sessionStorage.getItem("dibs.session")), null);
  assert.equal(await page.locator("#board").isVisible(), false);
  assert.equal(await page.getByText("Your session has ended").isVisible(), false, "nobody is told what they did");
  await page.getByLabel("E-mail").waitFor();
  await close();
});

test("an answer for who has signed out is nobody else's", async () => {
  const { page, complaints, close } = await openClaims();
  await signUp(page, "Adele");
  await claim(page, "spring");
  await page.locator("#pieces li", { hasText: "spring" }).waitFor();
  for (const path of ["**/claims", "**/me/coupons"]) {
    await page.reload();
    await page.locator("#rest").waitFor();
    const answer = await hold(page, path);
    const asked = page.waitForRequest(path);
    if (path === "**/claims") await claim(page, "spring");
    else await page.evaluate(() => window.dispatchEvent(new Event("storage")));
    await asked;
    await page.getByRole("button", { name: "Sign out" }).click();
    await answer();
    assert.match(await result(page).textContent(), /^Ready/);
    assert.equal(await page.locator("#pieces li").textContent(), "None yet.");
    await page.evaluate(() => localStorage.clear());
    await signUp(page, path === "**/claims" ? "Sophie" : "Emmy");
  }
  assert.deepEqual(complaints, []);
  await close();
});

test("nobody claims with a session that came to its end under another's claim", async () => {
  const { page, close } = await openClaims();
  await signUp(page, "Maryam");
  await spoilToken(page, "localStorage");
  const answer = await hold(page, "**/claims");
  const asked = page.waitForRequest("**/claims");
  await claim(page, "spring");
  await asked;
  await page.getByRole("button", { name: "Sign out" }).click();
  await signUp(page, "Vera");
  await answer();
  await page.locator("#claim [type=submit]:not([aria-disabled])").waitFor();
  await page.reload();
  await page.getByText("Signed in as Vera").waitFor();
  await page.locator("#pieces li").waitFor();
  assert.equal(await page.locator("#pieces li").textContent(), "None yet.");
  await close();
});

test("a session goes on where the answer to its renewal was lost", async () => {
  const { page, close } = await openClaims();
  await signUp(page, "Cecilia");
  let asked = 0;
  await page.route("**/refresh", async (route) => (asked++ > 0 ? route.continue() : void (await route.fetch())));
  await spoilToken(page, "localStorage");
  await claim(page, "spring");
  await result(page).getByText("It is yours: spring").waitFor();
  assert.equal(asked, 2);
  await close();
});

test("an operator's page on a phone in the dark, at twice the size, and for administrators alone", async () => {
  const { page, complaints, close } = await visitor(browser, { ...phone, colorScheme: "dark" });
  await page.goto(service.url);
  await logIn(page, { email: admin.email, password: "wrong" });
  await page.getByText("Wrong e-mail or password").waitFor();
  await checkAccess(page);
  await screenshot(page, "operator-login-phone-dark");
  const user = { email: "mallory@example.com", password: "correct horse battery", name: "Mallory", idempotencyKey: "1" };
  await post(`${service.url}/api/auth/signup`, user);
  await logIn(page, user);
  await page.getByText("Not an administrator").waitFor();
  assert.equal(await page.locator("#board").isVisible(), false);
  await logIn(page);
  await page.locator("#board").waitFor();
  await checkAccess(page);
  await checkLayout(page);
  await screenshot(page, "operator-phone-dark");
  await page.reload();
  await page.locator("#board").waitFor();
  assert.equal(await page.locator("#door").isVisible(), false, "a reload does not log out");
  await checkLayout(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("E-mail").waitFor();
  assert.deepEqual(complaints, []);
  await close();
  // 200 % of 640 CSS pixels leaves 320.
  for (const path of ["/claim", "/"]) {
    const zoomed = await visitor(browser, { viewport: { width: 320, height: 400 }, deviceScaleFactor: 2 });
    await zoomed.page.goto(service.url + path);
    await zoomed.page.getByLabel("E-mail").waitFor();
    await checkLayout(zoomed.page);
    await zoomed.close();
  }
});

test("both pages are accessible in each scheme", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const claims = await openClaims({ colorScheme });
    await checkAccess(claims.page);
    await checkLayout(claims.page);
    await screenshot(claims.page, `claim-${colorScheme}`);
    await claims.close();
    const board = await openBoard({ colorScheme });
    await checkAccess(board.page);
    await screenshot(board.page, `operator-${colorScheme}`);
    await board.close();
  }
});
