// The iteration of `dibs load`, for k6: sign up, pause, claim, pause. See README.md.
import http from 'k6/http';
import exec from 'k6/execution';
import { check, sleep } from 'k6';
import { Counter, Rate } from 'k6/metrics';

const service = __ENV.URL || 'http://localhost:3000';
const strategy = __ENV.STRATEGY === undefined ? 'queue' : __ENV.STRATEGY;
const coupon = __ENV.COUPON || 'test-coupon-1';
const code = __ENV.CODE || 'K6LOADTEST';

const claimed = new Rate('coupon_issue_success_rate');
const failures = new Counter('coupon_issue_errors');

const spike = {
  executor: 'ramping-vus',
  startVUs: 1,
  stages: [
    { duration: '10s', target: 20 },
    { duration: '30s', target: 100 },
    { duration: '10s', target: 20 },
    { duration: '30s', target: 0 },
  ],
};

// RATE iterations a second for DURATION, as `dibs load --rate RATE/s --duration DURATION`
const steady = {
  executor: 'constant-arrival-rate',
  rate: Number(__ENV.RATE || 0),
  timeUnit: '1s',
  duration: __ENV.DURATION || '30s',
  preAllocatedVUs: Number(__ENV.MAX_USERS || 1000),
};

export const options = {
  scenarios: { claims: __ENV.RATE ? steady : spike },
  thresholds: {
    http_req_duration: ['p(95)<2000'],
    coupon_issue_success_rate: ['rate>0.8'],
  },
};

// No two iterations of a run are one user, and no two runs share users.
export function setup() {
  return { run: Date.now().toString(36) };
}

function post(path, name, body, headers) {
  return http.post(service + path, JSON.stringify(body), {
    headers: Object.assign({ 'Content-Type': 'application/json' }, headers),
    tags: { name },
  });
}

// What stands at `path` in an answer, or null where it is no JSON or has no such thing.
function found(answer, path) {
  try {
    return answer.json(path) || null;
  } catch (_) {
    return null;
  }
}

function signUp(run) {
  const one = `${run}-${exec.vu.idInTest}-${exec.vu.iterationInInstance}`;
  const answer = post('/api/auth/signup', 'signup', {
    email: `load-${one}@example.com`,
    name: `load ${one}`,
    idempotencyKey: `signup_${one}`,
  });
  const token = found(answer, 'data.accessToken');
  check(answer, {
    'register status is 201': (a) => a.status === 201,
    'register has access token': () => token !== null,
  });
  return answer.status === 201 ? token : null;
}

function claim(token) {
  const headers = { Authorization: `Bearer ${token}` };
  if (strategy !== '') headers['X-Lock-Strategy'] = strategy;
  const answer = post(`/api/coupons/${encodeURIComponent(coupon)}/claims`, 'claim', {
    couponCode: code,
    idempotencyKey: `issue_${token.substring(0, 10)}${Date.now()}`,
  }, headers);
  const issued = check(answer, {
    'coupon issue status is 201': (a) => a.status === 201,
    'coupon issue has userCoupon': (a) => found(a, 'data.id') !== null,
  });
  claimed.add(issued);
  if (!issued) failures.add(1);
}

export default function (data) {
  const token = signUp(data.run);
  if (token === null) return;
  sleep(0.1 + 0.5 * Math.random());
  claim(token);
  sleep(0.1);
}
