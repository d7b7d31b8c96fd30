// Samples known to the digit, for k6 (1.8.1) to sum up. Recorded with it: summary.txt, the output of `k6 run -q
// --summary-export summary.json summary.js`; terminal.txt, the same on a terminal; machine.json, written with
// --new-machine-readable-summary, less this script in it. tests/unit/report_k6_recorded_test.cpp adds the same samples.
import { check, sleep } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

export const options = {
  iterations: 1,
  thresholds: {
    http_req_duration: ['p(95)<2000', 'p(99.9) < 70000', 'avg<1000', 'min<1', 'med>=3', 'max<1e9'],
    'http_req_duration{name:claim}': ['p(95)<50'],
    'http_req_duration{name:claim,status:201}': ['p(95)<50'],
    http_reqs: ['count>1', 'rate>1'],
    coupon_issue_success_rate: ['rate>0.8', 'rate===0.71'],
    'latency{name:claim}': ['p(0)<1'],
    depth: ['value<=1'],
    checks: ['rate>0.99'],
    'checks{check:fails at times}': ['rate>0.9'],
  },
};

const duration = new Trend('http_req_duration', true);
const failed = new Rate('http_req_failed');
const requests = new Counter('http_reqs');
const success = new Rate('coupon_issue_success_rate');
const errors = new Counter('coupon_issue_errors');
const latency = new Trend('latency', true);
const length = new Trend('queue_length');
const depth = new Gauge('depth');

export default function () {
  for (let i = 0; i < 100; i++) {
    const tags = i % 2 ? { name: 'signup', status: '201' } : { name: 'claim', status: i % 4 ? '201' : '503' };
    duration.add(i === 99 ? 61500 : 0.35 + 20 * i, tags);
    requests.add(1, tags);
    failed.add(i < 29, tags);
    success.add(i >= 29);
    latency.add(i / 7000, tags);
    length.add(i / 7);
    depth.add(i / 3);
    check(null, { 'always holds': () => true, 'fails at times': () => i !== 3, 'never holds': () => false });
  }
  errors.add(29);
  latency.add(3599999);
  sleep(2.1);
}
