// The service's API as the pages use it.

/** 128 random bits. (crypto.randomUUID() is there on secure origins only.) */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

const longestWait = 40; // s; a claim may wait for its lock
const longestPause = 20; // s; who is told to come again later than that is told so
const renewalWait = 4; // s; what was spent is renewed once more within the service's ten seconds of grace

async function once(path, { body, token, method = body ? "POST" : "GET", patience = longestWait }) {
  const headers = {};
  if (body) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(path, {
    method, headers, body: body && JSON.stringify(body), cache: "no-store", credentials: "omit",
    signal: AbortSignal.timeout(1000 * patience),
  });
  // What was done is not known without its text; what a balancer refuses has none of ours.
  const content = await answer.json().catch((unreadable) => {
    if (answer.ok && answer.status !== 204) throw unreadable;
    return {};
  });
  return {
    status: answer.status,
    data: content.data,
    problem: (content.type ?? "").replace("/problems/", ""),
    title: content.title,
    detail: content.detail ?? "",
    retryAfter: Number(answer.headers.get("Retry-After")) || null,
  };
}

/**
 * Asks, and asks again as the service wishes (503, 429, a claim under way), where it or a balancer failed or no answer came, always with the
 * same body and so the same idempotency key. `onWait(seconds, answer)` hears of each pause; `tries` bounds them.
 * An answer that never came has status 0.
 */
export async function ask(path, { tries = 6, onWait = () => {}, ...request } = {}) {
  for (let tried = 1; ; ++tried) {
    const answer = await once(path, request).catch(() => ({ status: 0, problem: "no-answer", detail: "" }));
    const again = answer.status === 0 || answer.status >= 500 || answer.status === 429 || answer.problem === "in-progress";
    // Up to a second more than told, so that not all come back at once.
    const seconds = Math.max(answer.retryAfter ?? 0, Math.min(2 ** (tried - 1), 8)) + Math.random();
    if (!again || tried >= tries || seconds > longestPause) return answer;
    onWait(Math.ceil(seconds), answer);
    await pause(seconds);
  }
}

/** Who is signed in: kept in a Storage, which other tabs may change at any moment. */
export class Session {
  #store;

  constructor(store) {
    this.#store = store;
  }

  get #now() {
    try {
      return JSON.parse(this.#store.getItem("dibs.session"));
    } catch {
      return null;
    }
  }

  get user() { return this.#now?.user ?? null; }
  get token() { return this.#now?.accessToken ?? null; }

  begin(data) {
    this.#store.setItem("dibs.session", JSON.stringify(data));
  }

  end() {
    const refreshToken = this.#now?.refreshToken;
    if (refreshToken) ask("/api/auth/logout", { body: { refreshToken }, tries: 1 });
    this.#store.removeItem("dibs.session");
  }

  /** The service's answer; 200: there is a new access token, 401: the session is over. */
  async renew() {
    const refreshToken = this.#now?.refreshToken;
    if (!refreshToken) return { status: 401 };
    const answer = await ask("/api/auth/refresh", { body: { refreshToken }, patience: renewalWait });
    if (answer.status !== 200) return answer;
    if (this.user?.id !== answer.data.user.id) return { status: 401 }; // signed out meanwhile
    if (this.#now.refreshToken === refreshToken) this.begin(answer.data); // else another tab was sooner
    return answer;
  }

  /** As ask(), in the user's name. 401: the session is over. Null: by now another is signed in, or nobody. */
  async ask(path, { onWait = () => {}, ...request } = {}) {
    const who = this.user?.id;
    const still = () => this.user?.id === who;
    const once = () => ask(path, { ...request, token: this.token, onWait: (...told) => still() && onWait(...told) });
    let answer = await once();
    if (answer.status === 401 && still()) {
      answer = await this.renew();
      if (answer.status === 200 && still()) answer = await once();
    }
    return still() ? answer : null;
  }
}

const silence = 40; // s; the service gives a sign of life every 15 s

async function* eventsOf(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      let timer;
      const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error("silent")), 1000 * silence); });
      const { value, done } = await Promise.race([reader.read(), late]).finally(() => clearTimeout(timer));
      if (done) return;
      const blocks = (text + value).split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const lines = block.split("\n");
        const field = (name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        if (field("data")) yield { name: field("event") ?? "message", data: JSON.parse(field("data")) };
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Follows a stream of server-sent events, for as long as the page can be seen. (EventSource cannot send the token
 * that the operator's stream asks for.) `onData` gets what is shown, `onState` live, connecting or away; a 401 or
 * 403 goes to `onRefused`: true goes on, with the token of that moment; `onFull` hears that there is no place now.
 * Returns what ends it.
 */
export function follow(path, { token = () => null, onData, onState, onRefused = async () => false, onFull = () => {} }) {
  let stop = new AbortController();
  let over = false;
  let failures = 0; // in a row: those who are refused come again ever less often, and not all at once

  async function listen() {
    const headers = token() ? { Authorization: `Bearer ${token()}` } : {};
    const answer = await fetch(path, { headers, cache: "no-store", credentials: "omit", signal: stop.signal });
    if (answer.status === 401 || answer.status === 403) {
      if (!(await onRefused(answer.status))) over = true;
    } else if (!answer.ok) {
      failures = 4;
      onFull();
    } else {
      for await (const { name, data } of eventsOf(answer)) {
        if (over) return;
        failures = 0;
        onState(name === "away" ? "away" : "live");
        if (name === "message") onData(data);
      }
    }
  }

  async function run() {
    while (!over) {
      if (document.hidden) {
        await new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true }));
        continue;
      }
      stop = new AbortController();
      await listen().catch(() => {});
      if (over) return;
      onState("connecting");
      if (!document.hidden) await pause(Math.min(2 ** failures++, 16) * (0.5 + Math.random()));
    }
  }

  document.addEventListener("visibilitychange", () => document.hidden && stop.abort());
  run();
  return () => {
    over = true;
    stop.abort();
  };
}
