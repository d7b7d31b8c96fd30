import { at, count, element, keyed, onSubmit, say, showState, write } from "./common.js";
import { Session, ask, follow, newKey } from "./service.js";

const session = new Session(localStorage);
/** `/claim/ID` is about one coupon. */
const only = couponIn(location.pathname.split("/")[2] ?? "");

function couponIn(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no UTF-8
  }
}

// 1. Coupons

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

const states = { "not-yet-open": "Not open yet", closed: "Closed", paused: "Paused" };

function stockOf(coupon) {
  if (states[coupon.state]) return states[coupon.state];
  return coupon.remaining > 0 ? `${count(coupon.remaining)} of ${count(coupon.stock)} left` : "Sold out";
}

function whenOf(coupon) {
  const lines = [];
  if (coupon.state === "not-yet-open" && coupon.opensAt) lines.push(`Opens ${time.format(new Date(coupon.opensAt))}`);
  if (coupon.state !== "closed" && coupon.closesAt) lines.push(`Closes ${time.format(new Date(coupon.closesAt))}`);
  if (coupon.perUser > 1) lines.push(`Up to ${count(coupon.perUser)} each`);
  return lines.join(" · ");
}

function couponCard(coupon) {
  const card = element("label");
  const choice = element("input", "", { type: "radio", name: "coupon", value: coupon.id });
  const text = element("span", "", { class: "coupon" });
  text.append(element("b", coupon.id), element("span", "", { class: "stock" }),
    element("progress", "", { "aria-hidden": "true", max: 1, value: 0 }), element("span", "", { class: "when" }));
  card.append(choice, text);
  return card;
}

async function showCoupons({ data: coupons }) {
  let shown = only ? coupons.filter((one) => one.id === only) : coupons;
  if (only && shown.length === 0) {
    // The stream shows the first of them only.
    const answer = await ask(`/api/coupons/${encodeURIComponent(only)}`, { tries: 1 });
    if (answer.status === 200) shown = [answer.data];
  }
  if (shown.length === 0) {
    if (!chosen()) write(at("no-coupons"), only ? `There is no coupon ${only}.` : "There are no coupons at the moment.");
    return;
  }
  at("no-coupons")?.remove();
  keyed(at("coupons"), shown, {
    key: (coupon) => coupon.id,
    make: couponCard,
    update(card, coupon) {
      const [stock, bar, when] = [".stock", "progress", ".when"].map((part) => card.querySelector(part));
      write(stock, stockOf(coupon));
      bar.value = coupon.stock > 0 ? coupon.remaining / coupon.stock : 0;
      write(when, whenOf(coupon));
      when.hidden = when.textContent === "";
    },
  });
  if (!chosen()) at("coupons").querySelector("input").checked = true;
  at("rest").hidden = false;  // not before: it would jump
}

const chosen = () => document.querySelector("input[name=coupon]:checked")?.value;

async function refreshStock() {
  const answer = await ask("/api/coupons", { tries: 1 });
  if (answer.status === 200) await showCoupons(answer);
}

// 2. The user

const hints = {
  guest: "No password: you can come back to your coupons from this browser only.",
  password: "You can come back from anywhere with your e-mail and password.",
  login: "For those who signed up with a password.",
};

function showForm() {
  const how = new FormData(at("account")).get("how");
  write(at("how-hint"), hints[how]);
  at("name-field").hidden = how === "login";
  at("name").required = how !== "login";
  at("password-field").hidden = how === "guest";
  at("password").required = how !== "guest";
  at("password").autocomplete = how === "login" ? "current-password" : "new-password";
  write(at("sign-up"), how === "login" ? "Log in" : "Sign up");
}

let shownUser;

function showUser() {
  const { user } = session;
  if (shownUser !== user?.id) invite(); // what is said there is another's
  shownUser = user?.id;
  at("signed-in").hidden = !user;
  at("account").hidden = Boolean(user);
  write(at("user-name"), user?.name ?? "");
  write(at("user-email"), user?.email ?? "");
}

async function showPieces() {
  const answer = session.user ? await session.ask("/api/me/coupons") : { status: 200, data: [] };
  if (answer?.status === 401) return signOut();
  if (answer?.status !== 200) return;
  const none = [element("li", "None yet.", { class: "muted" })];
  const lines = answer.data.map((piece) => {
    const line = element("li");
    line.append(element("b", piece.couponId), element("span", `No. ${piece.id}, ${time.format(new Date(piece.issuedAt))}`, { class: "muted" }));
    return line;
  });
  at("pieces").replaceChildren(...(lines.length > 0 ? lines : none));
}

const accountTroubles = {
  "email-taken": ["This e-mail is taken", "It has signed up before. Log in with its password, or use another."],
  "no-answer": ["No answer", "The service could not be reached. Try again: nothing is done twice."],
};

function comeAgain(where, what) {
  return (seconds) => say(where, "warn", `Busy: trying again in ${seconds} s`, what);
}

let signUpKey = { of: "", key: "" };

async function enter(fields) {
  const { how, name, email, password } = Object.fromEntries(fields);
  const where = at("account-result");
  const body = how === "login" ? { email, password } : { email, name, ...(how === "password" && { password }) };
  if (how !== "login") {
    // The same wish again has the same key.
    const of = JSON.stringify(body);
    if (signUpKey.of !== of) signUpKey = { of, key: newKey() };
    body.idempotencyKey = signUpKey.key;
  }
  say(where, "", "One moment…");
  const answer = await ask(how === "login" ? "/api/auth/login" : "/api/auth/signup", {
    body, onWait: comeAgain(where, "You need not do anything."),
  });
  if (answer.status !== 200 && answer.status !== 201) {
    const fallback = [answer.status === 429 || answer.status === 503 ? "Try again later" : answer.title ?? "That did not work", answer.detail];
    const wrong = how === "login" && answer.status === 401 ? ["Wrong e-mail or password", "Guests have none: sign up again with another e-mail."] : fallback;
    say(where, "bad", ...(accountTroubles[answer.problem] ?? wrong));
    return;
  }
  session.begin(answer.data);
  where.hidden = true;
  at("password").value = "";
  showUser();
  at("code").focus();
  await showPieces();
}

function signOut() {
  session.end();
  showUser();
  showForm();
  showPieces();
}

// 3. The claim

const refusals = {
  "sold-out": ["bad", "Sold out", "Every piece has been claimed."],
  "already-claimed": ["warn", "You have it already", "You may not have more of this coupon. It is listed below."],
  "wrong-code": ["bad", "Wrong code", "That is not this coupon's code. Nothing was claimed."],
  "not-yet-open": ["warn", "Not open yet", "Claims are not taken yet."],
  "closed": ["bad", "Closed", "Claims are no longer taken."],
  "paused": ["warn", "Paused", "Claims are paused at the moment. Try again later."],
  "unknown-coupon": ["bad", "No such coupon", "It is not there any more."],
  "in-doubt": ["warn", "Not known yet", "The service did not answer in time. Claim again: if you have it already, you are told so."],
  "no-answer": ["warn", "No answer", "The service could not be reached. Claim again: it counts once, however often it is sent."],
};

/** The key of a claim, until its outcome is known: also across a reload of the page. */
function keptKey(name) {
  if (!localStorage.getItem(name)) localStorage.setItem(name, newKey());
  return localStorage.getItem(name);
}

const invite = () => say(at("result"), "", "Ready", "Enter the code you were given, and claim.");

async function claim(fields) {
  const where = at("result");
  const coupon = chosen();
  if (!coupon) return say(where, "bad", "Choose a coupon first");
  if (!session.user) {
    say(where, "warn", "Say who you are first", "Sign up or log in above, then claim.");
    at("name").hidden ? at("email").focus() : at("name").focus();
    return;
  }
  const keyName = `dibs.key.${session.user.id}.${coupon}`;
  say(where, "", "Claiming…");
  const answer = await session.ask(`/api/coupons/${encodeURIComponent(coupon)}/claims`, {
    body: { couponCode: fields.get("code"), idempotencyKey: keptKey(keyName) },
    onWait: comeAgain(where, "Your claim goes on with the same key: it counts once."),
  });
  if (!answer) return;
  if (answer.status === 401) {
    signOut();
    return say(where, "warn", "You were signed out", "Sign up or log in again, then claim.");
  }
  const refused = answer.problem && answer.status < 500 && ![0, 429].includes(answer.status) && answer.problem !== "in-progress";
  const known = answer.status === 201 || refused;
  if (known) localStorage.removeItem(keyName);
  if (answer.status === 201) {
    say(where, "good", `It is yours: ${coupon}`, `Claim no. ${answer.data.id}, ${time.format(new Date(answer.data.issuedAt))}.`);
  } else {
    const busy = ["warn", "Too busy at the moment", "Nothing is lost: claim again in a little while."];
    say(where, ...(refusals[answer.problem] ?? (known ? ["bad", answer.title ?? "That did not work", answer.detail] : busy)));
  }
  await Promise.all([showPieces(), refreshStock()]);
}

at("account").addEventListener("change", showForm);
window.addEventListener("storage", () => {
  showUser();
  showPieces();
});
at("sign-out").addEventListener("click", () => {
  signOut();
  document.querySelector("input[name=how]:checked").focus();
});
onSubmit(at("account"), enter);
onSubmit(at("claim"), claim);
invite();
showForm();
showUser();
showPieces();
follow("/events", { onData: showCoupons, onState: showState, onFull: refreshStock });
