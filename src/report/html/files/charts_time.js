/** The row whose `key` is nearest to `value`. */
const nearest = (rows, key, value) => rows.reduce((best, row) => (Math.abs(row[key] - value) < Math.abs(best[key] - value) ? row : best));

/** A figure of each strategy over the seconds of a run, before the users. */
function overTime(key, title, unit, log) {
  return (chart) => [{ spec: (width) => {
    const rows = withDefined(chart.rows, key).map((row) => (log && row[key] === 0 ? { ...row, [`has_${key}`]: false } : row));
    const names = distinct(rows.map((row) => row.strategy));
    const first = rows.filter((row) => row.strategy === names[0]);
    const domain = log ? logDomain(rows.map((row) => row[key])) : [0, Math.max(1, ...rows.map((row) => row[key])) * 1.05];
    return {
      ...blank(width, 320),
      data: [{ name: "rows", values: rows }, { name: "users", values: first }],
      scales: [
        { name: "x", domain: extent(rows.map((row) => row.t)), range: "width" },
        log ? logScale("y", domain, "height") : { name: "y", domain, range: "height" },
        { name: "users", domain: [0, Math.max(1, ...first.map((row) => row.users)) * 1.05], range: "height" },
        ...strategyScales(names),
      ],
      axes: [
        { scale: "x", orient: "bottom", title: "Second of the run", tickMinStep: 1, format: "d" },
        log ? logAxis("y", "left", title, domain) : { scale: "y", orient: "left", title, grid: true, format: "~s", tickCount: 6 },
        { scale: "users", orient: "right", title: "Users", tickCount: 5, labelColor: "var(--muted)", titleColor: "var(--muted)" },
      ],
      legends: [lineLegend(names, width)],
      marks: [{
        type: "area", interactive: false, from: { data: "users" },
        encode: { enter: { x: { scale: "x", field: "t" }, y: { scale: "users", field: "users" }, y2: { scale: "users", value: 0 }, fill: { value: "var(--shade)" } } },
      }, lines("rows", "t", key, names), pointer],
      usermeta: { along: "t", names, title: (t) => { const near = nearest(first, "t", t); return `second ${figure(near.t)}, ${figure(near.users)} users`; }, at: (name, t) => `${figure(nearest(rows.filter((row) => row.strategy === name), "t", t)[key])}${unit}` },
    };
  } }];
}

/** A figure of each strategy in each round. */
function overRounds(chart) {
  return [{ spec: (width) => {
    const rows = withDefined(chart.rows, "p95").map((row) => ({ ...row, tip: { title: `${row.strategy}, round ${row.round}`, "claim p95": `${figure(row.p95)} ms`, "place in its round": figure(row.position) } }));
    const names = distinct(rows.map((row) => row.strategy));
    const rounds = distinct(rows.map((row) => row.round)).sort((a, b) => a - b);
    const domain = logDomain(rows.map((row) => row.p95));
    return {
      ...blank(width, 320),
      data: [{ name: "rows", values: rows }],
      scales: [{ name: "x", type: "point", domain: rounds, range: "width", padding: 0.3 }, logScale("y", domain, "height"), ...strategyScales(names)],
      axes: [{ scale: "x", orient: "bottom", title: "Round", labelOverlap: true }, logAxis("y", "left", "p95 of claims (ms)", domain)],
      legends: [shapeLegend(names, width)],
      marks: [lines("rows", "round", "p95", names, 1.5), {
        type: "symbol", from: { data: "rows" },
        encode: { enter: { x: { scale: "x", field: "round" }, y: { scale: "y", field: "p95" }, shape: { scale: "shape", field: "strategy" }, size: { value: 70 }, fill: { scale: "color", field: "strategy" }, tooltip: { field: "tip" } } },
      }],
    };
  } }];
}
