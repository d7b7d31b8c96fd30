// A real service with servers of its own, in processes that end with the test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const dibs = process.env.DIBS_PROGRAM;
if (!dibs) throw new Error("DIBS_PROGRAM must name the program: use scripts/browser-test");

function start(...words) {
  const child = spawn(dibs, words, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, DIBS_TOKEN_KEY: "t".repeat(32) } });
  child.errors = "";
  child.stderr.on("data", (text) => (child.errors += text));
  child.lines = createInterface({ input: child.stdout });
  child.ended = once(child, "exit");
  return child;
}

async function lineOf(child) {
  const line = await Promise.race([once(child.lines, "line"), child.ended.then(() => null)]);
  if (!line) throw new Error(`it ended: ${child.errors}`);
  return line[0];
}

async function end(child) {
  child.kill("SIGTERM");
  await child.ended;
}

export async function startService(coupons) {
  const up = start("up", "--json");
  const urls = JSON.parse(await lineOf(up));
  const backends = ["--redis", urls.redis, "--postgres", urls.postgres];
  const serve = start("serve", "--port", "0", "--wait", "500ms", ...backends, ...coupons.flatMap((coupon) => ["--coupon", coupon]));
  const url = (await lineOf(serve)).replace("dibs serve: listening on ", "");
  return {
    url,
    /** Makes who has signed up with this e-mail an administrator. */
    async grant(email) {
      const child = start("admin", "grant", email, "--postgres", urls.postgres);
      const [status] = await child.ended;
      if (status !== 0) throw new Error(child.errors);
    },
    /** Holds a lock, until what this returns is called. */
    async hold(lock) {
      const child = start("lock", lock, "--redis", urls.redis, "--", "sh", "-c", "echo held; exec sleep 600");
      await lineOf(child);
      return () => end(child);
    },
    async stop() {
      await end(serve);
      await end(up);
    },
  };
}

export async function post(url, body, token) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  return { status: answer.status, ...(await answer.json()) };
}
