// What both pages do with their documents.

export const at = (id) => document.getElementById(id);

/** An element with text and attributes. Text is never taken for markup. */
export function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
export const count = (number) => whole.format(number);
export const figure = (number) => (number >= 100 ? whole.format(Math.round(number)) : short.format(number));

/** Writes only what has changed, so that a screen reader and the layout are left in peace. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** One child for each item, kept from one call to the next by its key, in the items' order. */
export function keyed(parent, items, { key, make, update }) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, place) => {
    let child = old.get(key(item));
    if (child) old.delete(key(item));
    else {
      child = make(item);
      child.dataset.key = key(item);
    }
    update(child, item);
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
  });
  for (const child of old.values()) child.remove();
}

/** Says in `where` what came of something. `kind`: good, bad, warn or "". */
export function say(where, kind, title, detail = "") {
  where.hidden = false;
  where.dataset.kind = kind;
  where.replaceChildren(element("b", title), element("p", detail));
}

/** Runs `work` on submit, not twice at once. */
export function onSubmit(form, work) {
  const button = form.querySelector("[type=submit]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      await work(new FormData(form));
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
}

const words = { live: "Live", connecting: "Connecting…", away: "Delayed" };

/** The state of the stream, in words. */
export function showState(state) {
  const place = at("live");
  if (place.dataset.state === state) return;
  place.dataset.state = state;
  place.textContent = words[state] ?? state;
}
