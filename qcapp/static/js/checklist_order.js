/* Adding, doubling, removing and moving what the editor shows: by buttons, by keys, by dragging.

     const order = keepOrder(card, { make, changed, say })
     order.add(list, after, data)   order.move(node, ±1)   order.double(node)   order.remove(node)
     make(name, data) gives a node; changed(node) hears of each change; say(text) tells screen readers. */

import { read } from "./checklist_document.js";
import { titleOf } from "./checklist_keys.js";

export function keepOrder(card, { make, adopt, changed, say, words }) {
  const kin = (name) => [...card.querySelectorAll(`[data-list="${name}"]`)];
  const nodes = (list) => [...list.children].filter((child) => child.matches("[data-node]"));
  const place = (node, list, before, focus = document.activeElement) => {
    list.insertBefore(node, before);
    if (node.contains(focus)) focus.focus({ preventScroll: true }); // a node that is moved loses the focus
    changed(node);
  };
  const put = (list, data, after) => {
    const node = make(list.dataset.list, data);
    list.insertBefore(node, after ? after.nextSibling : null);
    adopt(node);
    changed(node);
    return node;
  };

  const add = (list, after = null, data = {}) => {
    const node = put(list, data, after);
    firstField(node)?.focus();
    return node;
  };
  const double = (node) => {
    const copy = put(node.parentElement, withoutKeys(read(node)), node);
    copy.scrollIntoView({ block: "nearest" });
    firstField(copy)?.focus();
    return copy;
  };
  const move = (node, by) => {
    const list = node.parentElement;
    const neighbour = nodes(list)[nodes(list).indexOf(node) + by];
    if (neighbour) place(node, list, by < 0 ? neighbour : neighbour.nextSibling);
    else {
      const lists = list.dataset.list === "items" ? kin("items") : [];
      const next = lists[lists.indexOf(list) + by];
      if (!next) return;
      place(node, next, by < 0 ? null : next.firstChild);
    }
    node.scrollIntoView({ block: "nearest" });
    say(node);
  };
  const remove = (node) => {
    if (nodes(node.parentElement).length === 1 && node.parentElement.dataset.list === "sections" && titleOf(node) === "") return;
    card.querySelector("[data-part=removed]")?.remove();
    const bar = document.querySelector('template[data-part="removed"]').content.firstElementChild.cloneNode(true);
    const title = titleOf(node);
    bar.querySelector("[data-part=what]").textContent = title ? words.removed.replace("{title}", title) : words.removedOne;
    const back = bar.querySelector("button");
    back.addEventListener("click", () => {
      bar.replaceWith(node);
      firstField(node)?.focus();
      changed(node);
    });
    node.replaceWith(bar);
    back.focus();
    changed(null);
  };

  startDragging(card, place);
  return { add, double, move, remove };
}

/* The node under the mouse makes room at once, so that what is seen while dragging is what dropping gives. */
function startDragging(card, place) {
  let dragged = null;

  card.addEventListener("dragstart", (event) => {
    const handle = event.target.closest?.("[data-part=handle]");
    if (!handle) return;
    dragged = handle.closest("[data-node]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", titleOf(dragged));
    event.dataTransfer.setDragImage(dragged.querySelector("[data-part=row]") ?? dragged, 16, 16);
    // The page may change only once the browser has begun to drag.
    setTimeout(() => {
      dragged?.classList.add("dragged");
      card.classList.toggle("dragging-sections", dragged?.parentElement.dataset.list === "sections");
    });
  });
  card.addEventListener("dragover", (event) => {
    if (!dragged) return;
    const name = dragged.parentElement.dataset.list;
    const list = event.target.closest(`[data-list="${name}"]`) ?? event.target.closest("[data-node]")?.querySelector(`[data-list="${name}"]`);
    if (!list || (name !== "items" && list !== dragged.parentElement)) return;
    event.preventDefault();
    const below = [...list.children].find((each) => each !== dragged && event.clientY < middle(each)) ?? null;
    if (dragged.parentElement !== list || dragged.nextElementSibling !== below) place(dragged, list, below);
  });
  card.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
  card.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    card.classList.remove("dragging-sections");
    dragged = null;
  });
}

function middle(element) {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}

/* A copy is a thing of its own; its answers and reasons may be called as the original's. */
function withoutKeys(data) {
  const { items } = data;
  return { ...data, key: "", ...(items ? { items: items.map((item) => ({ ...item, key: "" })) } : {}) };
}

export function firstField(node) {
  return [...node.querySelectorAll("textarea, input:not([type=hidden]), select")].find((field) => field.offsetParent !== null);
}
