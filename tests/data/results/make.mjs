// Writes a folder as `dibs bench` does, of figures that were never measured, for the tests of the report.
// usage: node make.mjs FOLDER [ROUNDS [SECONDS [USERS]]]; tests/data/results/bench is of 4 rounds, 8 seconds, 12 users
import { mkdirSync, writeFileSync } from "node:fs";

const [folder, rounds = 4, length = 12, most = 100] = [process.argv[2], ...process.argv.slice(3).map(Number)];

let state = 7;
const random = () => {  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const tidy = (x) => Number(x.toPrecision(5));

/** Median in ms, spread of its logarithm, share that times out, tries an acquisition. */
const strategies = {
  database: { median: 6.2, spread: 0.35, lost: 0, tries: null },
  spinlock: { median: 9.5, spread: 1.1, lost: 0.02, tries: 7.4 },
  queue: { median: 4.1, spread: 0.3, lost: 0, tries: 1 },
  cas: { median: 3.9, spread: 0.32, lost: 0, tries: null },
};
const names = Object.keys(strategies);

/** As stats::histogram has it: each power of two is cut into 256 buckets. */
function histogram(samples) {
  const values = samples.map(tidy);
  const buckets = new Map();
  for (const value of values) {
    const width = 2 ** Math.floor(Math.log2(value)) / 256;
    const upper = (Math.floor(value / width) + 1) * width;
    buckets.set(upper, (buckets.get(upper) ?? 0) + 1);
  }
  return {
    unit: "ms", relative_error: 1 / 512, count: values.length, min: Math.min(...values), max: Math.max(...values),
    sum: values.reduce((sum, one) => sum + one, 0), buckets: [...buckets].sort(([a], [b]) => a - b),
  };
}
const percentile = (sorted, p) => (sorted.length ? tidy(sorted[Math.floor(p * (sorted.length - 1))]) : null);
const users = (t) => Math.round(t < length / 2 ? 1 + ((most - 1) * t) / (length / 2) : most - (most * (t - length / 2)) / (length / 2));

function run(name, round, position) {
  const { median, spread, lost, tries } = strategies[name];
  const level = median * (1 + 0.03 * normal());
  const seconds = [], claims = [], issued = [];
  let timedOut = 0;
  for (let t = 0; t < length; ++t) {
    const took = Array.from({ length: 2 * users(t) }, () => level * (0.5 + users(t) / (1.2 * most)) * Math.exp(spread * normal()));
    const failed = took.filter(() => random() < lost).length;
    const good = took.slice(failed).sort((a, b) => a - b);
    timedOut += failed;
    claims.push(...good, ...Array(failed).fill(2000 + 10 * random()));
    issued.push(...good);
    seconds.push({ t, users: users(t), requests: 2 * took.length, issued: good.length, refused: 0, failed, claim_p50_ms: percentile(good, 0.5), claim_p95_ms: percentile(good, 0.95) });
  }
  const all = claims.toSorted((a, b) => a - b);
  const claimP95 = percentile(all, 0.95);
  const p95 = tidy(claimP95 * 0.9);
  const rate = issued.length / claims.length;
  const oversold = name === "spinlock" && round === 2 ? 1 : 0;
  const books = { stock: 1e6, acknowledged: issued.length, in_database: issued.length + oversold, oversold, duplicates: 0, lost: 0, unexplained: 0, miscounted: 0, conflicts: oversold };
  const burst = { issued: 100, refused: 200, other: 0 };
  const wait = issued.map((x) => Math.max(0.05, x - 1.5));
  const file = {
    metrics: {
      http_req_duration: { "p(95)": p95, avg: 1, min: 1, med: 1, max: 1, "p(90)": 1 },
      coupon_issue_success_rate: { value: rate, passes: issued.length, fails: timedOut },
    },
    dibs: {
      strategy: name, round, position, started: `2026-11-28T12:${String(round).padStart(2, "0")}:00Z`, duration_s: length,
      outcomes: { issued: issued.length, sold_out: 0, already_claimed: 0, lock_timeout: timedOut, conflict: 0, error: 0, in_doubt: 0 },
      reconciliation: books, sell_out: { ...burst, reconciliation: { ...books, stock: 100, acknowledged: 100, in_database: 100, oversold: 0, conflicts: 0 } },
      generator: { lag_median_ms: 0.1, lag_p99_ms: 0.8, lag_worst_ms: 3, cpu_share: 0.2, was_bottleneck: false },
      latencies: { request: histogram(claims), sign_up: histogram(issued.map((x) => x / 2)), claim: histogram(claims), claim_issued: histogram(issued) },
      seconds,
      lock: tries === null ? null : { wait: histogram(wait), hold: histogram(wait.map(() => 1.2 * Math.exp(0.2 * normal()))), tries: Math.round(issued.length * tries), acquired: issued.length, timed_out: timedOut },
      fairness: {
        overtaken_share: tidy(spread / 2), overtaken_mean: tidy(spread * 3), overtaken_max: Math.round(spread * 60),
        by_arrival: Array.from({ length: Math.min(100, length * 2) }, (_, i) => {
          const load = level * (0.5 + users(i / 2) / (1.2 * most));
          return { t_s: i / 2, wait_p50_ms: tidy(load), wait_p95_ms: tidy(load * Math.exp(1.6 * spread)), wait_max_ms: tidy(load * Math.exp(3 * spread + 0.2 * random())) };
        }),
      },
      cpu_s: { generator: tidy(0.00004 * claims.length), service: tidy(0.0001 * claims.length), postgresql: tidy(0.0002 * claims.length), redis: tries === null ? 0 : tidy(0.00002 * tries * claims.length) },
    },
  };
  const summary = {
    round, position, success_rate: rate, p95_ms: p95, claim_p95_ms: claimP95, iterations: claims.length, claims: claims.length,
    issued: issued.length, issued_per_s: tidy(issued.length / length), acknowledged: issued.length, oversold, duplicates: 0, lost: 0,
    unexplained: 0, conflicts: oversold, sell_out: burst,
  };
  return { file, summary };
}

function capacity() {
  const of = (name, rate) => {
    const curve = [250, 500, 1000, 1500, 2000, 3000, 4000].map((offered) => {
      const held = offered <= rate;
      const p50 = strategies[name].median * (held ? 0.5 + offered / rate / 2 : 20 * (offered / rate));
      return { rate: offered, issued_per_s: tidy(Math.min(offered, rate * 1.05)), p50_ms: tidy(p50), p95_ms: tidy(p50 * 2), p99_ms: tidy(p50 * 3), dropped: held ? 0 : Math.round((offered - rate) * 5), lag_p99_ms: 0.5, held };
    });
    return { rate: { median: rate, lowest: rate * 0.9, highest: rate * 1.1 }, goodput_per_s: rate, repeats: [rate * 0.9, rate, rate * 1.1], curve };
  };
  const rates = { database: 1500, spinlock: 500, queue: 2000, cas: 3000 };
  return {
    format: 1, command: "dibs bench --capacity --p99 50ms", started: "2026-11-28T13:00:00Z", machine: {}, seed: 1, p99_ms: 50, step_s: 5, connections: 64,
    strategies: Object.fromEntries(names.map((name) => [name, of(name, rates[name])])),
  };
}

mkdirSync(folder, { recursive: true });
const write = (name, value) => writeFileSync(`${folder}/${name}`, JSON.stringify(value) + "\n");
const runs = Object.fromEntries(names.map((name) => [name, { runs: [] }]));
const order = Array.from({ length: rounds }, (_, i) => names.map((_, j) => names[(i + j) % names.length]));
order.forEach((round, i) => round.forEach((name, j) => {
  const { file, summary } = run(name, i + 1, j + 1);
  write(`round-${String(i + 1).padStart(2, "0")}-${name}.json`, file);
  runs[name].runs.push(summary);
}));
write("summary.json", {
  format: 2, profile: "quick", seed: 1, command: `dibs bench --rounds ${rounds} --strategies ${names} --seed 1`, version: "0.1.0", commit: "0000000",
  started: "2026-11-28T12:00:00Z", finished: true,
  machine: { cpu: "none: made-up figures", cores: 2, memory_mib: 4096, kernel: "6.1", os: "Debian GNU/Linux 12", redis: "7.0.15", postgresql: "15.8", compiler: "g++ 12.2.0" },
  service: { processes: 2 },
  scenario: { executor: "ramping-vus", start_vus: 1, stages: [{ seconds: length / 2, target: most }, { seconds: length / 2, target: 0 }] },
  rounds, order, strategies: runs,
});
write("capacity.json", capacity());
write("measure.json", { metrics: { queue_handoff: { value: 20.2, floor: 19.2, ratio: 1.05, unit: "us", spread: 0.04, repeats: 9, cpu_us: 18, floor_cpu_us: 17.5 } } });
write("claims.json", { metrics: { claims_batch: { value: 61000, floor: 130000, ratio: 0.47, unit: "claims/s", spread: 0.05, repeats: 5 } } });
write("torture.json", { matrix: [{ algorithm: "queue", fault: "kill -9 of a holder", grants: 1200, recovery_ms: 1300, lease_ms: 1000, expected: "kept", verdict: "kept", broken: [] },
  { algorithm: "spinlock", fault: "Redis loses its data", grants: 900, recovery_ms: null, lease_ms: 1000, expected: "unsafe by design", verdict: "unsafe by design", broken: ["two held it"] }] });
