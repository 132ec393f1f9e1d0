/* Between the editor's page and its document. A [data-node] is one thing (the card, a section, an item, an answer …); its
   [data-field]s are texts, numbers and ticks under a dotted path, its [data-set]s groups of ticks, its [data-list]s hold
   nodes of their own. What lies in a [data-off] does not belong to the kind of the item and is left out.

     read(node)                     the node as data
     write(node, data, make)        the data into the node; make(name, data) gives a node for a list of that name
     entries(list)                  the nodes of a list that count: a row left empty does not
     find(root, path)               the field, set, list or node that the server's path leads to */

const BLANKS = "reasons, guide.examples";

export function read(node) {
  const data = {};
  for (const field of owned(node, "[data-field]")) put(data, field.dataset.field, valueOf(field));
  for (const set of owned(node, "[data-set]")) {
    put(data, set.dataset.set, [...set.querySelectorAll("input:checked")].map((box) => box.value));
  }
  for (const list of owned(node, "[data-list]")) put(data, list.dataset.list, entries(list).map(read));
  return data;
}

export function write(node, data, make) {
  for (const field of all(node, "[data-field]")) {
    const value = get(data, field.dataset.field);
    if (value !== undefined && value !== null) setValue(field, value);
  }
  for (const set of all(node, "[data-set]")) tick(set, get(data, set.dataset.set) ?? []);
  for (const list of all(node, "[data-list]")) {
    list.replaceChildren(...(get(data, list.dataset.list) ?? []).map((each) => make(list.dataset.list, each)));
  }
}

export function entries(list) {
  const nodes = [...list.children].filter((child) => child.matches("[data-node]"));
  return BLANKS.split(", ").includes(list.dataset.list) ? nodes.filter((node) => !isBlank(node)) : nodes;
}

export function find(root, path) {
  let node = root;
  let names = [];
  for (const step of path) {
    if (typeof step === "string") {
      names.push(step);
      continue;
    }
    const list = owned(node, "[data-list]").find((each) => each.dataset.list === names.join("."));
    const next = list && entries(list)[step];
    if (!next) break;
    node = next;
    names = [];
  }
  for (; names.length; names.pop()) {
    const name = names.join(".");
    const here = owned(node, "[data-field], [data-set], [data-list]").find((element) => {
      const { field, set, list } = element.dataset;
      return [field, set, list].includes(name) || field?.startsWith(`${name}.`);
    });
    if (here) return here;
  }
  return node;
}

export function fieldOf(node, name) {
  return all(node, "[data-field]").find((field) => field.dataset.field === name);
}

export function listOf(node, name) {
  return all(node, "[data-list]").find((list) => list.dataset.list === name);
}

function all(node, selector) {
  return [...node.querySelectorAll(selector)].filter((element) => element.parentElement.closest("[data-node]") === node);
}

function owned(node, selector) {
  return all(node, selector).filter((element) => !node.contains(element.closest("[data-off]")));
}

function isBlank(node) {
  return all(node, "input:not([type=hidden]), textarea").every((field) => field.value.trim() === "");
}

function valueOf(field) {
  if (field.type === "checkbox") return field.checked;
  return "lines" in field.dataset ? field.value.split("\n") : field.value;
}

function setValue(field, value) {
  if (field.type === "checkbox") field.checked = value === true;
  else if ("lines" in field.dataset) field.value = value.join("\n");
  else {
    if (field instanceof HTMLSelectElement && ![...field.options].some((option) => option.value === String(value))) {
      field.add(new Option(value, value)); // a value that is no choice any more is told as a problem, not exchanged
    }
    field.value = value;
  }
}

/* A file may name values that the page does not offer, such as a twelfth contact: they get a box of their own. */
function tick(set, values) {
  const boxes = [...set.querySelectorAll("input")];
  for (const box of boxes) box.checked = values.map(String).includes(box.value);
  for (const value of values.map(String).filter((each) => !boxes.some((box) => box.value === each))) {
    const label = boxes.at(-1).closest("label").cloneNode(true);
    const box = label.querySelector("input");
    box.value = value;
    box.checked = true;
    label.lastChild.textContent = ` ${value}`;
    set.append(label);
  }
}

function get(data, path) {
  return path.split(".").reduce((inside, name) => inside?.[name], data);
}

function put(data, path, value) {
  const names = path.split(".");
  const last = names.pop();
  let inside = data;
  for (const name of names) inside = inside[name] ??= {};
  inside[last] = value;
}
