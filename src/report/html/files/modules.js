// The charting library is Vega (https://vega.github.io), in modules that name each other in CommonJS form.
const modules = {};
const load = (name) => {
  const found = modules[name === "vega-selections" ? "vega-selection" : name];
  if (!found.module) {
    found.module = { exports: {} };
    found(found.module.exports, load, found.module);
  }
  return found.module.exports;
};
