/* The review workspace: keys, answers, marks, and a draft that saves itself. Markup: reviews/workspace.html. */

import { bindKeys } from "./keys.js";
import { send } from "./player.js";
import { keepDraft } from "./autosave.js";
import { walkItems } from "./review_items.js";
import { keepMarks } from "./review_marks.js";
import { countSpent } from "./review_time.js";
import { scriptOf, toggleScript } from "./script_fold.js";

const AFTER_ANSWER_MS = 250;
const AFTER_TYPING_MS = 1000;

export function start(desk) {
  const part = (name) => desk.querySelector(`[data-part="${name}"]`);
  const sheet = part("sheet");
  const spent = countSpent(Number(desk.dataset.spent));
  const collect = () => ({ ...readSheet(sheet), marks: marks.all(), spent: spent() });
  const changed = (delay = AFTER_ANSWER_MS) => {
    part("cards")?.remove(); // a card can only be exchanged while nothing has been written on it
    keeper.changed(delay);
  };
  const items = walkItems(sheet, { changed });
  const marks = keepMarks(desk, changed);
  const keeper = keepDraft({
    desk,
    collect,
    show: (state, sentence = "") => showState(desk, part, state, sentence),
    saved: ({ result }) => {
      const open = part("result").querySelector("[data-keep]")?.open ?? false;
      part("result").innerHTML = result;
      const list = part("result").querySelector("[data-keep]");
      if (list) list.open = open;
    },
    conflict: () => { part("conflict").hidden = false; },
  });
  const fill = (draft) => {
    writeSheet(sheet, draft);
    marks.load(draft.marks);
    items.settleAll();
  };
  // Whoever went on typing while the answer was on its way is not torn away from there.
  let pressed = 0;
  document.addEventListener("keydown", () => { pressed += 1; }, true);
  const publish = async (moment) => {
    const before = pressed;
    part("publish").disabled = true;
    const first = await keeper.publish(moment);
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
  const dialog = document.getElementById("publish-later");
  const later = () => dialog?.showModal();
  part("later")?.addEventListener("click", later);
  dialog?.addEventListener("click", (event) => {
    const { moment } = event.target.closest("button")?.dataset ?? {};
    if (moment === undefined) return;
    const field = dialog.querySelector("[data-part=moment]");
    if (!moment && !field.reportValidity()) return;
    dialog.close();
    publish(moment || field.value);
  });
  part("publish").addEventListener("click", () => publish());
  bindKeys({
    j: () => items.move(1),
    k: () => items.move(-1),
    c: items.comment,
    m: () => marks.add(items.current.dataset.item),
    r: items.outcome,
    ...("script" in desk.dataset ? {
      s: () => toggleScript(items.current),
      p: () => marks.add(items.current.dataset.item, scriptOf(items.current)?.dataset.block),
    } : {}),
    Enter: items.enter,
    ...Object.fromEntries([..."ynx0123456789-"].map((key) => [key, () => items.answer(key)])),
    "Ctrl+Enter": () => publish(),
    "typing:Ctrl+Enter": () => publish(),
    "Ctrl+Shift+Enter": later,
    "typing:Ctrl+Shift+Enter": later,
    "typing:Escape": items.leave,
    "typing:Ctrl+Space": () => send("toggle"),
  });

  marks.load(JSON.parse(desk.dataset.marks));
  items.settleAll();
  const leftover = keeper.leftover();
  if (leftover) {
    fill(leftover.draft);
    showState(desk, part, "restored", "");
    if (leftover.clash) part("conflict").hidden = false;
    keeper.changed(0);
  }
  items.begin();
}

export function readSheet(sheet) {
  const form = new FormData(sheet);
  const answers = {};
  for (const { dataset: { item } } of sheet.querySelectorAll(".item")) {
    if (!item) continue;
    const [value, comment, reason] = ["value", "comment", "reason"].map((name) => form.get(`${name}-${item}`) ?? "");
    if (value || comment || reason) answers[item] = { value, comment, reason };
  }
  return { answers, summary: form.get("summary"), outcome: form.get("outcome") || null };
}

export function writeSheet(sheet, { answers, summary, outcome }) {
  sheet.reset();
  for (const radio of sheet.querySelectorAll("input[type=radio]")) radio.checked = false;
  for (const area of sheet.querySelectorAll("textarea")) area.value = "";
  sheet.elements.summary.value = summary;
  if (sheet.elements.outcome) sheet.elements.outcome.value = outcome ?? "";
  for (const [item, answer] of Object.entries(answers)) {
    for (const [name, value] of Object.entries(answer)) {
      for (const field of sheet.querySelectorAll(`[name="${CSS.escape(`${name}-${item}`)}"]`)) {
        if (field.type === "radio") field.checked = field.value === value;
        else field.value = value;
      }
    }
  }
}

export function showState(desk, part, state, sentence) {
  const text = { saving: "textSaving", saved: "textSaved", typing: "textTyping", offline: "textOffline",
    "signed-out": "textSignedOut", refused: "textRefused", restored: "textRestored" }[state];
  part("state").dataset.state = state;
  part("state").textContent = state === "saved" ? `${desk.dataset[text]} ${sentence}` : desk.dataset[text];
  part("refused").hidden = state !== "refused" || !part("conflict").hidden;
  if (state === "refused") part("refused").textContent = sentence;
}

export function show(desk, view) {
  desk.dataset.view = view;
  for (const button of desk.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === view));
}
