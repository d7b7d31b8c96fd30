const rowsOf = (rows) => ({ name: "row", type: "band", domain: rows.map((row) => row.strategy), range: "height" });
const inRow = { scale: "row", field: "strategy", band: 0.5 };
/** Words at the right end of each row. */
const beside = (names, of) => ({ name: "beside", type: "ordinal", domain: names, range: names.map((name) => of(name) || " ") });
const besideAxis = { scale: "row", orient: "right", domain: false, ticks: false, labelPadding: 6, labelColor: "var(--text)", encode: { labels: { update: { text: { scale: "beside", field: "value" } } } } };
const ownMark = (x) => ({ x: { scale: "x", field: x }, y: inRow, shape: { scale: "shape", field: "strategy" }, size: { value: 130 }, fill: { scale: "color", field: "strategy" }, stroke: { scale: "color", field: "strategy" }, strokeWidth: { value: 2 }, tooltip: { field: "tip" } });

function ratios(chart) {
  const rows = chart.rows.map((row) => ({ ...row, low: row.lower ?? row.ratio, high: row.upper ?? row.ratio, tip: { title: row.strategy, "times the p95 of the first": figure(row.ratio), interval: row.lower === null ? "–" : `${figure(row.lower)} to ${figure(row.upper)}`, "p95": `${figure(row.p95)} ms`, letters: row.letters } }));
  const names = rows.map((row) => row.strategy);
  const domain = logDomain(rows.flatMap((row) => [row.low, row.high, 1]), 1.08);
  return [{ spec: (width) => ({
    ...blank(width, 34 * rows.length + 60),
    data: [{ name: "rows", values: rows }],
    scales: [rowsOf(rows), logScale("x", domain, "width"), beside(names, (name) => rows.find((row) => row.strategy === name).letters), ...strategyScales(names)],
    axes: [bandAxis(), logAxis("x", "bottom", chart.settings.axis, domain), besideAxis],
    marks: [
      { type: "rule", interactive: false, encode: { enter: { x: { scale: "x", value: 1 }, y: { value: 0 }, y2: { field: { group: "height" } }, stroke: { value: "var(--edge)" }, strokeDash: { value: [4, 3] } } } },
      { type: "rule", from: { data: "rows" }, encode: { enter: { x: { scale: "x", field: "low" }, x2: { scale: "x", field: "high" }, y: inRow, stroke: { scale: "color", field: "strategy" }, strokeWidth: { value: 4 }, tooltip: { field: "tip" } } } },
      { type: "symbol", from: { data: "rows" }, encode: { enter: { ...ownMark("ratio"), stroke: { value: "var(--surface)" } } } },
    ],
  }) }];
}

/** Parts of a whole, or of a sum, for each strategy. */
function stacked(chart) {
  const { order, colors, axis, whole, notes } = chart.settings;
  const names = distinct(chart.rows.map((row) => row.strategy));
  const key = whole ? "share" : "value";
  const parts = order.filter((part) => chart.rows.some((row) => row.part === part));
  const rows = names.flatMap((name) => {
    let from = 0;
    return order.flatMap((part) => chart.rows.filter((row) => row.strategy === name && row.part === part)).map((row) => ({
      ...row, from, to: (from += row[key]), tip: whole ? { title: name, [row.part]: `${figure(row.value, 12)} claims, ${share(row.share)}` } : { title: name, [row.part]: `${figure(row.value)} ms` },
    }));
  });
  const color = (part) => `var(--p${colors[order.indexOf(part)]})`;
  return [{ spec: (width) => ({
    ...blank(width, 32 * names.length + 90),
    data: [{ name: "rows", values: rows }],
    scales: [
      { name: "row", type: "band", domain: names, range: "height", padding: 0.25 }, { name: "x", domain: [0, whole ? 1 : Math.max(...rows.map((row) => row.to)) * 1.02], range: "width" },
      { name: "part", type: "ordinal", domain: parts, range: parts.map(color) }, beside(names, (name) => notes?.[name]),
    ],
    axes: [
      bandAxis(), { scale: "x", orient: "bottom", title: axis, grid: true, tickCount: 5, ...(whole ? { format: ".0%" } : {}) },
      ...(notes ? [besideAxis] : []),
    ],
    legends: [{ fill: "part", symbolType: "square", columns: columns(parts, width) }],
    marks: [{ type: "rect", from: { data: "rows" }, encode: { enter: { x: { scale: "x", field: "from" }, x2: { scale: "x", field: "to" }, y: { scale: "row", field: "strategy" }, height: { scale: "row", band: 1 }, fill: { scale: "part", field: "part" }, stroke: { value: "var(--surface)" }, strokeWidth: { value: 0.5 }, tooltip: { field: "tip" } } } }],
  }) }];
}

function tries(chart) {
  const rows = chart.rows.map((row) => ({ ...row, label: figure(row.tries), tip: { title: row.strategy, "tries an acquisition": figure(row.tries), acquired: figure(row.acquired), "timed out": figure(row.timed_out) } }));
  return [{ spec: (width) => ({
    ...blank(width, 32 * rows.length + 60),
    data: [{ name: "rows", values: rows }],
    scales: [{ ...rowsOf(rows), padding: 0.25 }, { name: "x", domain: [0, Math.max(...rows.map((row) => row.tries)) * 1.15], range: "width" }, ...strategyScales(rows.map((row) => row.strategy))],
    axes: [bandAxis(), { scale: "x", orient: "bottom", title: "Tries for each acquired lock", grid: true, tickCount: 6 }],
    marks: [
      { type: "rect", from: { data: "rows" }, encode: { enter: { x: { scale: "x", value: 0 }, x2: { scale: "x", field: "tries" }, y: { scale: "row", field: "strategy" }, height: { scale: "row", band: 1 }, fill: { scale: "color", field: "strategy" }, tooltip: { field: "tip" } } } },
      { type: "text", interactive: false, from: { data: "rows" }, encode: { enter: { x: { scale: "x", field: "tries", offset: 6 }, y: inRow, baseline: { value: "middle" }, text: { field: "label" } } } },
    ],
  }) }];
}

function capacity(chart) {
  const rows = withDefined(chart.rows, "p99").map((row) => ({ ...row, tip: { title: `${row.strategy} at ${figure(row.rate)}/s`, "issued": `${figure(row.issued)}/s`, p50: `${figure(row.p50)} ms`, p95: `${figure(row.p95)} ms`, p99: `${figure(row.p99)} ms`, dropped: figure(row.dropped), held: row.held ? "yes" : "no" } })).sort((a, b) => a.rate - b.rate);
  const names = distinct(chart.rows.map((row) => row.strategy));
  const limit = chart.settings.limit;
  const across = logDomain(rows.map((row) => row.rate));
  const domain = logDomain([...rows.map((row) => row.p99), limit]);
  return [{ spec: (width) => ({
    ...blank(width, 340),
    data: [{ name: "rows", values: rows }, { name: "held", source: "rows", transform: [{ type: "filter", expr: "datum.held" }] }, { name: "missed", source: "rows", transform: [{ type: "filter", expr: "!datum.held" }] }],
    scales: [logScale("x", across, "width"), logScale("y", domain, "height"), ...strategyScales(names)],
    axes: [logAxis("x", "bottom", "Claims sent a second", across), logAxis("y", "left", "p99 of claims (ms)", domain)],
    legends: [shapeLegend(names, width)],
    marks: [
      { type: "rule", interactive: false, encode: { enter: { x: { value: 0 }, x2: { field: { group: "width" } }, y: { scale: "y", value: limit }, stroke: { value: "var(--text)" }, strokeDash: { value: [5, 4] } } } },
      { type: "text", interactive: false, encode: { enter: { x: { value: 6 }, y: { scale: "y", value: limit, offset: -6 }, text: { value: `limit: ${figure(limit)} ms` } } } },
      lines("rows", "rate", "p99", names, 1.5),
      { type: "symbol", from: { data: "held" }, encode: { enter: { ...ownMark("rate"), y: { scale: "y", field: "p99" }, size: { value: 90 } } } },
      { type: "symbol", from: { data: "missed" }, encode: { enter: { ...ownMark("rate"), y: { scale: "y", field: "p99" }, size: { value: 90 }, fill: { value: "var(--surface)" } } } },
    ],
  }) }];
}

function published(chart) {
  const rows = chart.rows.filter((row) => row.p95 !== null).map((row) => ({ ...row, tip: { title: `${row.strategy}, ${row.where}`, p95: `${figure(row.p95)} ms`, success: share(row.success) } }));
  const names = distinct(rows.map((row) => row.strategy));
  const domain = logDomain(rows.map((row) => row.p95), 1.3);
  const mark = (where, fill) => ({ type: "symbol", from: { data: where }, encode: { enter: { ...ownMark("p95"), ...fill } } });
  return [{ spec: (width) => ({
    ...blank(width, 32 * names.length + 60),
    data: ["published", "here"].map((where) => ({ name: where, values: rows.filter((row) => row.where === where) })),
    scales: [{ name: "row", type: "band", domain: names, range: "height" }, logScale("x", domain, "width"), ...strategyScales(names)],
    axes: [bandAxis(), logAxis("x", "bottom", "p95 of all requests (ms)", domain)],
    marks: [mark("published", { fill: { value: "var(--surface)" } }), mark("here", {})],
  }) }];
}
