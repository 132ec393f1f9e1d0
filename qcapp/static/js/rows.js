/* The rows of a page's lists by key, the same on every page. J and K go to the next row and to the one before: of the
   list that has the focus, else of the page's main one. Esc leaves a field for the row it is in, and anything else for
   the row of the main list; what is typed stays. The row one is at has aria-current and looks alike everywhere (app.css).

     const rows = walkRows(root, { find, focus, arrive, otherwise, main });
     rows.current   rows.choose(row)   rows.go(row)   rows.move(±1)
   find() gives the rows there are, focus(row) puts the focus into one, arrive(row) does what else happens there;
   otherwise() is the row to go on from while the list has not got the focus. */

import { bindKeys, isTyping } from "./keys.js";

const lists = [];

export function walkRows(root, { find, focus = focusOn, arrive = () => {}, otherwise = () => null, main = true }) {
  let current = null;
  const isHere = () => root.contains(document.activeElement);
  // What is chosen may unfold, and another fold: the row must not move away under the mouse.
  const choose = (row) => {
    if (row === current) return;
    const before = row.getBoundingClientRect().top;
    current?.removeAttribute("aria-current");
    current = row;
    current.setAttribute("aria-current", "true");
    const moved = row.getBoundingClientRect().top - before;
    if (moved) (getComputedStyle(root).overflowY === "auto" ? root : window).scrollBy({ top: moved, behavior: "instant" });
  };
  const go = (row) => {
    choose(row);
    focus(row);
    arrive(row);
  };
  const list = {
    main, isHere, choose, go,
    get current() { return current?.isConnected ? current : null; },
    move(by) {
      const all = find();
      const at = all.indexOf((isHere() ? null : otherwise()) ?? list.current ?? otherwise());
      const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
      if (next) go(next);
    },
    back() {
      if (list.current) focus(list.current);
    },
  };
  for (const way of ["focusin", "click"]) {
    root.addEventListener(way, (event) => {
      const row = find().find((each) => each.contains(event.target));
      if (row) choose(row);
    });
  }
  root.dataset.walked = "";
  lists.push(list);
  return list;
}

function focusOn(row) {
  row.focus({ preventScroll: true });
}

const mainList = () => lists.find((list) => list.main) ?? lists[0];
const listHere = () => lists.find((list) => list.isHere()) ?? mainList();
bindKeys({
  j: () => listHere()?.move(1),
  k: () => listHere()?.move(-1),
  Escape: () => mainList()?.back(),
});

/* Any field, also where a page has no list: some browsers would empty it. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || !isTyping(event.target) || event.target.closest("dialog")) return;
  event.preventDefault();
  event.target.blur();
  listOf(event.target)?.back();
});

function listOf(field) {
  return lists.find((list) => list.current?.contains(field)) ?? mainList();
}
