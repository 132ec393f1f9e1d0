/* Starts behaviours. Every element with data-module="name other" gets `start(element)` of ./name.js and ./other.js,
   once; pieces of the page that htmx swaps in are started too. Nothing else runs on load. */

import "./rows.js";

const started = new WeakMap();

async function startOne(element, name) {
  const names = started.get(element) ?? new Set();
  if (names.has(name)) return;
  names.add(name);
  started.set(element, names);
  if (!/^[a-z_]+$/.test(name)) throw new Error(`Not a module name: ${name}`);
  const module = await import(`./${name}.js`);
  module.start(element);
}

export function startAll(root) {
  const elements = [...root.querySelectorAll("[data-module]")];
  if (root instanceof Element && root.matches("[data-module]")) elements.unshift(root);
  const names = (element) => element.dataset.module.split(/\s+/).filter(Boolean);
  return Promise.all(elements.flatMap((element) => names(element).map((name) => startOne(element, name))));
}

document.addEventListener("htmx:load", (event) => startAll(event.detail.elt));

/* What is typed while the modules still load is told to them as soon as they listen: no word is lost to a slow line. */
const early = new Set();
const remember = (event) => early.add(event.target);
document.addEventListener("input", remember);
startAll(document).then(() => {
  document.removeEventListener("input", remember);
  for (const field of early) field.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.dataset.started = "true"; // browser tests press keys from here on
});
