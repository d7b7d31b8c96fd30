/** A rank by nines: 0, 90, 99, 99.9 % … at equal distances. */
const tailOf = (row) => Math.max(1 - row.share, 1e-9);

function distribution(rows, settings, width, tail) {
  const names = distinct(rows.map((row) => row.strategy));
  const last = Math.max(...rows.map((row) => row.ms)) * 1.1;
  const domain = [Math.min(...positive(rows.map((row) => row.ms))) / 1.1, last];
  const ends = settings.ends.map((end) => ({ ...end, ms: last, rest: tailOf(end), tip: { title: end.strategy, "Issued": share(end.share), "": end.missing } }));
  const floor = Math.max(1e-5, 0.5 * Math.min(...positive(rows.map((row) => 1 - row.share).filter((rest) => rest > 1e-7)), 0.01));
  const all = [...rows, ...ends.filter((end) => end.share < 1)].map((row) => ({ ...row, rest: Math.max(tailOf(row), floor), has_share: true, has_rest: row.share < 1 || !tail }));
  const nines = [1, 0.5, 0.1, 0.05, 0.01, 0.001, 0.0001, 0.00001].filter((rest) => rest >= floor);
  const y = tail ? "rest" : "share";
  return {
    ...blank(width, 340),
    data: [{ name: "rows", values: all }, { name: "ends", values: ends.filter((end) => end.share < 1).map((end) => ({ ...end, rest: Math.max(end.rest, floor) })) }],
    scales: [
      logScale("x", domain, "width"),
      tail ? { name: "y", type: "log", domain: [1, floor], range: "height", nice: false, zero: false } : { name: "y", domain: [0, 1], range: "height" },
      ...strategyScales(names),
    ],
    axes: [
      logAxis("x", "bottom", "Time until the answer (ms)", domain),
      tail
        ? { scale: "y", orient: "left", title: "Issued within that time, by nines", values: nines, grid: true, encode: { labels: { update: { text: { signal: "format(100 * (1 - datum.value), '~g') + ' %'" } } } } }
        : { scale: "y", orient: "left", title: "Share of all claims issued", format: ".0%", grid: true, values: [0, 0.25, 0.5, 0.75, 0.95, 1] },
    ],
    legends: [lineLegend(names, width)],
    marks: [lines("rows", "ms", y, names), {
      type: "symbol", from: { data: "ends" },
      encode: { enter: {
        x: { scale: "x", field: "ms" }, y: { scale: "y", field: y }, shape: { value: "diamond" }, size: { value: 110 }, fill: { scale: "color", field: "strategy" },
        stroke: { value: "var(--surface)" }, tooltip: { field: "tip" },
      } },
    }, pointer],
    usermeta: {
      along: "ms", title: (ms) => `within ${figure(ms)} ms`,
      at: (name, ms) => { const before = rows.filter((row) => row.strategy === name && row.ms <= ms); return before.length ? share(before.at(-1).share) : "0 %"; },
      names,
    },
  };
}

const ecdf = (chart, width) => [
  { title: "All of them", spec: (room) => distribution(chart.rows, chart.settings, room, false) },
  { title: "The slowest of them: from 90 to 99 to 99.9 % at equal steps", spec: (room) => distribution(chart.rows, chart.settings, room, true) },
];

/** Two marks and spans for each strategy: a point at p50, a thick line to p95, a thin one to p99. */
function lockTimes(chart, width) {
  const rows = chart.rows.map((row) => ({ ...row, row: `${row.strategy}, ${row.what}`, tip: { title: `${row.strategy}: ${row.what}`, p50: `${figure(row.p50)} ms`, p95: `${figure(row.p95)} ms`, p99: `${figure(row.p99)} ms`, longest: `${figure(row.max)} ms` } }));
  const domain = logDomain(rows.flatMap((row) => [row.p50, row.p99]));
  const names = distinct(rows.map((row) => row.strategy));
  const span = (from, to, thick) => ({
    type: "rule", from: { data: "rows" },
    encode: { enter: { x: { scale: "x", field: from }, x2: { scale: "x", field: to }, y: { scale: "row", field: "row", band: 0.5 }, stroke: { scale: "color", field: "strategy" }, strokeWidth: { value: thick }, strokeCap: { value: "butt" }, tooltip: { field: "tip" } } },
  });
  return [{ spec: (room) => ({
    ...blank(room, 30 * rows.length + 60),
    data: [{ name: "rows", values: rows }],
    scales: [{ name: "row", type: "band", domain: rows.map((row) => row.row), range: "height" }, logScale("x", domain, "width"), ...strategyScales(names)],
    axes: [bandAxis(), logAxis("x", "bottom", "Time (ms)", domain)],
    marks: [span("p95", "p99", 2), span("p50", "p95", 7), {
      type: "symbol", from: { data: "rows" },
      encode: { enter: { x: { scale: "x", field: "p50" }, y: { scale: "row", field: "row", band: 0.5 }, size: { value: 150 }, shape: { scale: "shape", field: "strategy" }, fill: { scale: "color", field: "strategy" }, stroke: { value: "var(--surface)" }, strokeWidth: { value: 1.5 }, tooltip: { field: "tip" } } },
    }],
  }) }];
}

function waitsByArrival(chart) {
  const domain = logDomain(chart.rows.flatMap((row) => [row.p50, row.max]));
  const times = extent(chart.rows.map((row) => row.t));
  const kinds = [["max", "longest", 1, [2, 2]], ["p95", "95th percentile", 1.5, [5, 2]], ["p50", "median", 2.5, [1, 0]]];
  return distinct(chart.rows.map((row) => row.strategy)).map((name) => {
    const own = withDefined(chart.rows.filter((row) => row.strategy === name), "p50", "p95", "max");
    return { title: name, spec: (room) => ({
      ...blank(room, 210),
      data: [{ name: "rows", values: own }],
      scales: [{ name: "x", domain: times, range: "width" }, logScale("y", domain, "height"),
        { name: "kind", type: "ordinal", domain: kinds.map(([, word]) => word).reverse(), range: kinds.map(([, , , dash]) => dash).reverse() }],
      axes: [{ scale: "x", orient: "bottom", title: "Sent at (s)", tickCount: 5 }, { ...logAxis("y", "left", "Wait (ms)", domain) }],
      legends: [{ strokeDash: "kind", symbolType: "stroke", symbolSize: 300, symbolStrokeColor: `var(--s${place(name)})`, columns: room < 300 ? 2 : 3 }],
      marks: [...kinds.map(([key, , thick, dash]) => ({
        type: "line", interactive: false, from: { data: "rows" },
        encode: { enter: { x: { scale: "x", field: "t" }, y: { scale: "y", field: key }, defined: { field: `has_${key}` }, stroke: { value: `var(--s${place(name)})` }, strokeWidth: { value: thick }, strokeDash: { value: dash } } },
      })), pointer],
      usermeta: { along: "t", title: (t) => `${name}, sent at ${figure(t)} s`, names: kinds.map(([, word]) => word).reverse(), at: (word, t) => { const near = nearest(own, "t", t); return `${figure(near[kinds.find(([, one]) => one === word)[0]])} ms`; } },
    }) };
  });
}
