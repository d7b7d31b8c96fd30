// What the charts share: colours, scales, axes, legends. Colours are properties of the style sheet, so that the
// scheme, and paper, change them without drawing again.
const known = ["database", "spinlock", "pubsub", "queue", "fencing", "redlock", "cas", "batch"];
const shapes = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left"];
const dashes = [[1, 0], [7, 3], [2, 2], [1, 0], [8, 2, 2, 2], [4, 2], [1, 0], [3, 5]];
const places = new Map();

/** The place of a strategy's colour, shape and dash: on every page the same for those that dibs itself has. */
function place(strategy) {
  if (!places.has(strategy)) {
    const found = known.indexOf(strategy);
    places.set(strategy, (found >= 0 ? found : known.length + places.size) % shapes.length);
  }
  return places.get(strategy);
}

const config = {
  font: "system-ui, sans-serif",
  axis: {
    labelColor: "var(--muted)", titleColor: "var(--text)", gridColor: "var(--line)", tickColor: "var(--line)", domainColor: "var(--edge)",
    labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", titlePadding: 8, labelLimit: 130, labelFont: "system-ui, sans-serif", titleFont: "system-ui, sans-serif",
  },
  legend: {
    labelColor: "var(--text)", titleColor: "var(--muted)", labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelLimit: 150, labelFont: "system-ui, sans-serif",
    orient: "top", direction: "horizontal", columnPadding: 14, rowPadding: 4, symbolSize: 90, symbolStrokeWidth: 2, offset: 10,
  },
  text: { fill: "var(--text)", font: "system-ui, sans-serif", fontSize: 12 },
};

const distinct = (values) => [...new Set(values)];
const extent = (values) => [Math.min(...values), Math.max(...values)];
const positive = (values) => values.filter((value) => value > 0);

/** A logarithmic domain around the values. */
function logDomain(values, room = 1.15) {
  const [low, high] = extent(positive(values));
  return Number.isFinite(low) ? [low / room, high * room] : [1, 10];
}

/** 1, 10, 100 …; where that leaves fewer than three ticks, also some between. */
function logTicks([low, high]) {
  const within = (steps) => {
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); ++power)
      for (const step of steps) ticks.push(Number((step * 10 ** power).toPrecision(3)));
    return ticks.filter((tick) => tick >= low && tick <= high);
  };
  for (const steps of [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]]) {
    const ticks = within(steps);
    if (ticks.length >= 3) return ticks;
  }
  const step = 10 ** Math.floor(Math.log10(high - low));
  const ticks = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) ticks.push(Number(at.toPrecision(3)));
  return ticks;
}

const strategyScales = (names) => [
  { name: "color", type: "ordinal", domain: names, range: names.map((name) => `var(--s${place(name)})`) },
  { name: "shape", type: "ordinal", domain: names, range: names.map((name) => shapes[place(name)]) },
  { name: "dash", type: "ordinal", domain: names, range: names.map((name) => dashes[place(name)]) },
];

/** As many columns as the width has room for. */
const columns = (names, width) => Math.max(1, Math.min(names.length, Math.floor((width - 20) / (40 + 7.5 * Math.min(20, Math.max(...names.map((name) => name.length)))))));

const lineLegend = (names, width) => ({ stroke: "color", strokeDash: "dash", symbolType: "stroke", symbolSize: 300, columns: columns(names, width) });
const shapeLegend = (names, width) => ({ fill: "color", shape: "shape", stroke: "color", columns: columns(names, width) });

const logScale = (name, domain, range) => ({ name, type: "log", domain, range, zero: false, nice: false });
const logAxis = (scale, orient, title, domain) => ({ scale, orient, title, values: logTicks(domain), format: "~r", grid: true, labelOverlap: true });

/** What every chart begins with. */
const blank = (width, height) => ({ width, height, padding: 2, autosize: { type: "fit", contains: "padding" }, signals: [{ name: "at", value: null }] });

const bandAxis = (scale = "row") => ({ scale, orient: "left", domain: false, ticks: false, labelPadding: 8, labelColor: "var(--text)" });

/** A line for each strategy. */
const lines = (data, x, y, names, width = 2) => ({
  type: "group",
  from: { facet: { name: "one", data, groupby: "strategy" } },
  marks: [{
    type: "line", interactive: false, from: { data: "one" },
    encode: { enter: {
      x: { scale: "x", field: x }, y: { scale: "y", field: y }, defined: { field: `has_${y}` },
      stroke: { scale: "color", field: "strategy" }, strokeDash: { scale: "dash", field: "strategy" }, strokeWidth: { value: width }, strokeJoin: { value: "round" },
    } },
  }],
});

/** Marks that rows lack a value for, as Vega's `defined` wants it. */
const withDefined = (rows, ...keys) => rows.map((row) => Object.assign({}, row, Object.fromEntries(keys.map((key) => [`has_${key}`, row[key] !== null]))));

/** A line at the place that is pointed to. */
const pointer = { type: "rule", interactive: false, encode: { update: { x: { scale: "x", signal: "at" }, y: { value: 0 }, y2: { signal: "height" }, stroke: { value: "var(--edge)" }, opacity: { signal: "at === null ? 0 : 1" } } } };

const figure = (value, digits = 3) => (value === null || value === undefined ? "–" : typeof value !== "number" ? String(value) : Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(digits))));
const share = (value) => `${figure(Math.floor(value * 1e6) / 1e4, 6)} %`;
