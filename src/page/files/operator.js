import { at, count, element, figure, keyed, onSubmit, say, showState, write } from "./common.js";
import { Session, ask, follow } from "./service.js";

const session = new Session(sessionStorage);

const outcomes = {
  issued: "Issued",
  repeated: "Issued before, repeated",
  sold_out: "Sold out",
  already_claimed: "Claimed already",
  refused: "Refused (code, closed, …)",
  busy: "Told to come again",
  failed: "Failed",
};
const states = { "not-yet-open": "not open yet", closed: "closed", paused: "paused" };

function cells(row, ...kinds) {
  row.append(...kinds.map((kind) => element("td", "", kind ? { class: kind } : {})));
  return row;
}

function rowNamed(name) {
  const row = element("tr");
  row.append(element("th", name, { scope: "row" }));
  return row;
}

async function setPaused(id, paused, button) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  const answer = await session.ask(`/api/admin/coupons/${encodeURIComponent(id)}`, { method: "PATCH", body: { paused } });
  button.removeAttribute("aria-disabled");
  if (!answer) return;
  const where = at("stock-result");
  if (answer.status === 200)
    return say(where, "good", paused ? `${id} is paused` : `${id} goes on`, paused ? "Claims are refused until it is resumed." : "It can be claimed again.");
  if (answer.status === 401) return signOut("Log in again", "Your session has ended.");
  say(where, "bad", answer.title ?? "No answer", answer.detail);
}

function pauseButton(id) {
  const button = element("button", "", { class: "plain small", type: "button" });
  button.addEventListener("click", () => setPaused(id, button.textContent === "Pause", button));
  return button;
}

function showStock(coupons) {
  keyed(at("coupons"), coupons, {
    key: (coupon) => coupon.id,
    make(coupon) {
      const row = cells(rowNamed(coupon.id), "stock-bar", "", "of", "", "");
      row.children[1].append(element("progress", "", { max: 1, value: 0, "aria-label": `Issued of ${coupon.id}` }));
      row.lastChild.append(pauseButton(coupon.id));
      return row;
    },
    update(row, coupon) {
      const [name, bar, left, of, rate, control] = row.children;
      write(name, states[coupon.state] ? `${coupon.id} (${states[coupon.state]})` : coupon.id);
      bar.firstChild.value = coupon.stock > 0 ? coupon.issued / coupon.stock : 1;
      write(left, coupon.remaining > 0 ? count(coupon.remaining) : "Sold out");
      write(of, count(coupon.stock));
      write(rate, figure(coupon.issuedPerSecond));
      const verb = coupon.state === "paused" ? "Resume" : "Pause";
      write(control.firstChild, verb);
      control.firstChild.setAttribute("aria-label", `${verb} ${coupon.id}`);
    },
  });
}

function showClaims(claims) {
  keyed(at("outcomes"), Object.entries(outcomes), {
    key: ([name]) => name,
    make: ([, words]) => cells(rowNamed(words), ""),
    update: (row, [name]) => write(row.children[1], figure(claims.perSecond[name])),
  });
  for (const share of ["p50", "p95", "p99"])
    write(at(share), claims[share] === null ? "–" : `${figure(claims[share])} ms`);
  write(at("answered"), count(claims.answered));
  const most = Math.max(...claims.bySecond);
  const points = claims.bySecond.map((claimed, second) => `${second},${19.5 - (18.5 * claimed) / Math.max(most, 1)}`);
  at("spark").querySelector("polyline").setAttribute("points", points.join(" "));
  write(at("spark-text"), `Claims a second over the last minute; at most ${count(most)}`);
}

/** A row for each coupon at least, and one more that stays for each further place where its lock was seen. */
const places = new Map();

function lockRows(coupons, locks) {
  const free = (name, backend) => ({ name, backend, on: "", holder: "", token: null, remaining: null, waiters: 0, deadWaiters: 0 });
  const rows = [];
  for (const { id } of coupons) {
    const name = `coupon:${id}`;
    const seen = locks.filter((lock) => lock.name === name);
    const known = places.get(name) ?? new Set();
    for (const lock of seen) known.add(lock.backend);
    places.set(name, known);
    for (const backend of known.size > 0 ? known : ["–"]) rows.push(seen.find((lock) => lock.backend === backend) ?? free(name, backend));
  }
  return rows;
}

/** On Redis a queue alone can be seen: a lock may have waiters under spinlock or pubsub beside it. */
function waitersOf({ backend, holder, waiters, deadWaiters }) {
  if (backend === "redlock") return holder ? "not seen" : "–";
  const dead = deadWaiters > 0 ? ` and ${count(deadWaiters)} dead` : "";
  return count(waiters) + dead + (backend === "redis" ? " in queue" : "");
}

function showLocks(coupons, locks) {
  write(at("locks-text"), locks ? "Sampled once a second. Who waits under spinlock, pubsub or redlock leaves no trace and is not counted." : "The locks' servers do not answer");
  keyed(at("lock-rows"), lockRows(coupons, locks ?? []), {
    key: (lock) => `${lock.name} ${lock.backend}`,
    make: (lock) => cells(rowNamed(lock.name), "text", "text mono", "", "", ""),
    update(row, lock) {
      const [, where, holder, token, left, waiters] = row.children;
      write(where, lock.on || lock.backend);
      write(holder, lock.holder || "free");
      write(token, lock.token === null ? "–" : String(lock.token));
      write(left, lock.remaining === null ? "–" : `${figure(lock.remaining / 1000)} s`);
      write(waiters, waitersOf(lock));
    },
  });
}

function show(seen) {
  for (const place of document.querySelectorAll(".process")) write(place, String(seen.process));
  showStock(seen.coupons);
  showClaims(seen.claims);
  showLocks(seen.coupons, seen.locks);
  at("door").hidden = true;
  at("board").hidden = false;
}

let leave = () => {};

function signOut(...why) {
  leave();
  leave = () => {};
  session.end();
  at("board").hidden = true;
  at("sign-out").hidden = true;
  at("door").hidden = false;
  showState("Not signed in");
  if (why.length > 0) say(at("account-result"), "bad", ...why);
}

function watch() {
  at("sign-out").hidden = false;
  showState("connecting");
  const mine = leave = follow("/api/admin/events", {
    token: () => session.token,
    onData: show,
    onState: showState,
    async onRefused(status) {
      if (status === 401 && (await session.renew()).status !== 401) return true;
      if (leave !== mine) return false; // signed out meanwhile, and perhaps in again
      signOut(...(status === 403 ? ["Not an administrator", "This account may claim, but not see this page."] : ["Log in again", "Your session has ended."]));
      return false;
    },
  });
}

async function enter(fields) {
  const where = at("account-result");
  say(where, "", "One moment…");
  const answer = await ask("/api/auth/login", {
    body: { email: fields.get("email"), password: fields.get("password") },
    onWait: (seconds) => say(where, "warn", `Busy: trying again in ${seconds} s`),
  });
  if (answer.status === 401) {
    at("password").select();
    return say(where, "bad", "Wrong e-mail or password");
  }
  if (answer.status !== 200) return say(where, "bad", answer.title ?? "No answer", answer.detail);
  where.hidden = true;
  at("password").value = "";
  session.begin(answer.data);
  watch();
}

at("sign-out").addEventListener("click", () => signOut());
onSubmit(at("account"), enter);
if (session.token) watch();
else at("door").hidden = false;
