// Draws each chart when it comes near the window, and all of them before the page is printed.
const { transforms } = load("vega-dataflow");
Object.assign(transforms, load("vega-transforms"), load("vega-view-transforms"), load("vega-encode"));
const { View } = load("vega-view");
const { parse } = load("vega-parser");
const { expressionInterpreter } = load("vega-interpreter");

const kinds = {
  ratios, ecdf, stacked, tries, capacity, published,
  lock_times: lockTimes, fairness: waitsByArrival, rounds: overRounds,
  time_rate: overTime("issued", "Issued a second", "/s", false),
  time_latency: overTime("p95", "p95 of claims (ms)", " ms", true),
};

const make = (name, text = "", attributes = {}) => {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

const tip = document.getElementById("tip");
function showTip(event, content) {
  tip.hidden = !content;
  if (!content) return;
  const { title, ...lines } = content;
  const list = make("dl");
  for (const [what, value] of Object.entries(lines)) list.append(make("dt", what), make("dd", value));
  tip.replaceChildren(make("b", title), list);
  const { clientX, clientY } = event.touches?.[0] ?? event;
  const x = Math.min(clientX + 14, document.documentElement.clientWidth - tip.offsetWidth - 4);
  const y = clientY + 18 + tip.offsetHeight > window.innerHeight ? clientY - tip.offsetHeight - 12 : clientY + 18;
  tip.style.left = `${Math.max(4, x)}px`;
  tip.style.top = `${Math.max(4, y)}px`;
}

/** Over a chart of curves: a line where the pointer is, and what every curve says there. */
function follow(view, { along, names, title, at }) {
  view.addEventListener("mousemove", (event, item) => {
    const box = view.container().getBoundingClientRect();
    const x = event.clientX - box.left - view.origin()[0] - view.padding().left;
    const [from, to] = view.scale("x").domain();
    const value = view.scale("x").invert(x);
    if (!(value >= from && value <= to)) return hide();
    view.signal("at", value).run();
    if (!item?.tooltip) showTip(event, { title: title(value), ...Object.fromEntries(names.map((name) => [name, at(name, value)])) });
  });
  const hide = () => { view.signal("at", null).run(); showTip(null, null); };
  view.container().addEventListener("mouseleave", hide);
}

function drawPanel(box, panel) {
  const { usermeta, ...spec } = panel.spec(box.clientWidth);
  const view = new View(parse(spec, config, { ast: true }), { expr: expressionInterpreter, renderer: "svg", container: box, hover: true });
  view.tooltip((_, event, item, value) => showTip(event, value));
  if (usermeta) follow(view, usermeta);
  // What is drawn is described by the heading and the text above it, and its figures are below.
  box.setAttribute("role", "img");
  box.removeAttribute("aria-roledescription");
  box.querySelector("svg").setAttribute("aria-hidden", "true");
  return view.runAsync();
}

function draw(chart) {
  if (chart.drawn) return chart.drawn;
  const place = document.querySelector(`#${CSS.escape(chart.id)} .chart`);
  const panels = kinds[chart.kind](chart);
  place.dataset.panels = panels.length;
  const boxes = panels.map((panel) => {
    const box = make("div", "", { class: "panel", "aria-label": [panel.title, chart.title].filter(Boolean).join(": ") });
    place.append(...(panel.title ? [make("h4", panel.title)] : []), box);
    return box;
  });
  if (panels.some(({ title }) => title)) place.replaceChildren(...panels.map((panel, i) => { const cell = make("div", "", { class: "cell" }); cell.append(make("h4", panel.title), boxes[i]); return cell; }));
  chart.drawn = Promise.all(panels.map((panel, i) => drawPanel(boxes[i], panel))).then(() => { place.dataset.drawn = "true"; });
  return chart.drawn;
}

/** The table behind a chart, made when it is asked for. */
function fillDetails(details, chart) {
  if (details.querySelector("table")) return;
  const head = make("tr"), body = make("tbody"), table = make("table");
  chart.columns.forEach(({ title }) => head.append(make("th", title, { scope: "col" })));
  for (const row of chart.rows) {
    const line = make("tr");
    chart.columns.forEach(({ key }, i) => line.append(i ? make("td", figure(row[key], 4)) : make("th", row[key], { scope: "row" })));
    body.append(line);
  }
  const thead = make("thead");
  thead.append(head);
  table.append(thead, body);
  const scroll = make("div", "", { class: "scroll long", tabindex: "0", role: "region", "aria-label": `Figures: ${chart.title}` });
  scroll.append(table);
  details.append(scroll);
}

const data = JSON.parse(document.getElementById("data").textContent);
data.strategies.forEach(place);
for (const chart of data.charts) {
  chart.rows = chart.rows.map((row) => Object.fromEntries(chart.columns.map(({ key }, i) => [key, row[i]])));
  const figureElement = document.getElementById(chart.id);
  figureElement.querySelector("details").addEventListener("toggle", (event) => fillDetails(event.target, chart));
  new IntersectionObserver((seen, observer) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    observer.disconnect();
    draw(chart);
  }, { rootMargin: "600px" }).observe(figureElement);
}
const drawAll = () => Promise.all(data.charts.map(draw));
window.addEventListener("beforeprint", drawAll);

let width = window.innerWidth;
window.addEventListener("resize", () => {
  if (window.innerWidth === width) return;  // only the bars of a phone's browser
  width = window.innerWidth;
  for (const chart of data.charts.filter(({ drawn }) => drawn)) {
    delete chart.drawn;
    document.querySelector(`#${CSS.escape(chart.id)} .chart`).replaceChildren();
    draw(chart);
  }
});
