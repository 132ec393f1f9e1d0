/* An exam as its coach scores it: keys, marks, the trainee's script beside them, and a draft that saves itself.
   Markup: exams/desk.html. The card behaves as in the review workspace. */

import { keepDraft } from "./autosave.js";
import { bindKeys } from "./keys.js";
import { readSheet, show, showState, writeSheet } from "./review.js";
import { walkItems } from "./review_items.js";

const AFTER_ANSWER_MS = 250;
const AFTER_TYPING_MS = 1000;

export function start(desk) {
  const part = (name) => desk.querySelector(`[data-part="${name}"]`);
  const sheet = part("sheet");
  const changed = (delay = AFTER_ANSWER_MS) => keeper.changed(delay);
  const items = walkItems(sheet, { changed });
  const keeper = keepDraft({
    desk,
    collect: () => readSheet(sheet),
    show: (state, sentence = "") => showState(desk, part, state, sentence),
    saved: ({ result }) => {
      const open = part("result").querySelector("[data-keep]")?.open ?? false;
      part("result").innerHTML = result;
      const list = part("result").querySelector("[data-keep]");
      if (list) list.open = open;
    },
    conflict: () => { part("conflict").hidden = false; },
  });
  let pressed = 0; // whoever went on typing while the answer was on its way is not torn away from there
  document.addEventListener("keydown", () => { pressed += 1; }, true);
  const finish = async () => {
    if (desk.querySelector("[data-busy]")) {
      showState(desk, part, "refused", desk.dataset.textRecording);
      return;
    }
    const before = pressed;
    part("publish").disabled = true;
    const first = await keeper.publish();
    part("publish").disabled = false;
    if (first === undefined) return;
    show(desk, "card");
    part("result").querySelector("[data-keep]").open = true;
    if (pressed === before) items.explain(first);
  };

  sheet.addEventListener("submit", (event) => event.preventDefault());
  sheet.addEventListener("input", (event) => {
    if (event.target.type !== "radio") changed(AFTER_TYPING_MS);
  });
  sheet.addEventListener("focusin", (event) => showBlock(part("script"), event.target.closest("[data-block]")?.dataset.block));
  desk.addEventListener("click", (event) => {
    const { jump, show: view, conflict } = event.target.closest("button")?.dataset ?? {};
    if (view) show(desk, view);
    if (jump !== undefined) {
      show(desk, "card");
      items.explain(jump);
    }
    if (conflict) {
      part("conflict").hidden = true;
      part("refused").hidden = true;
      keeper.settle(conflict);
    }
  });
  part("publish").addEventListener("click", finish);
  bindKeys({
    j: () => items.move(1),
    k: () => items.move(-1),
    c: items.comment,
    Enter: items.enter,
    ...Object.fromEntries([..."ynx0123456789-"].map((key) => [key, () => items.answer(key)])),
    "?": () => document.getElementById("keys").showModal(),
    "Ctrl+Enter": finish,
    "typing:Ctrl+Enter": finish,
    "typing:Escape": items.leave,
  });

  items.settleAll();
  const leftover = keeper.leftover();
  if (leftover) {
    writeSheet(sheet, leftover.draft);
    items.settleAll();
    showState(desk, part, "restored", "");
    if (leftover.clash) part("conflict").hidden = false;
    keeper.changed(0);
  }
  items.begin();
}

/* The part of the script that the item asks about comes into view, and nothing but the script moves. */
function showBlock(script, name) {
  for (const block of script.querySelectorAll("[data-block]")) {
    const asked = block.dataset.block === name;
    block.toggleAttribute("data-asked", asked);
    if (asked) script.scrollTo({ top: block.offsetTop - script.offsetTop });
  }
}
