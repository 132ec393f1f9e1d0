/* A card that is being scored, in the review workspace and at the exam: keys, answers, what they come to, publishing.

     const { items, keys, draft, changed, publish, begin } = scoringDesk(desk, { more, touched, load });
   more() is what the draft holds beside the card, load(draft) puts it back, touched() hears of every change. */

import { keepShown } from "./draft.js";
import { walkItems } from "./review_items.js";

const AFTER_ANSWER_MS = 250;
const AFTER_TYPING_MS = 1000;

export function scoringDesk(desk, { more = () => ({}), touched = () => {}, load = () => {} } = {}) {
  const part = (name) => desk.querySelector(`[data-part="${name}"]`);
  const sheet = part("sheet");
  const changed = (delay = AFTER_ANSWER_MS) => {
    touched();
    draft.changed(delay);
  };
  const items = walkItems(sheet, { changed });
  const draft = keepShown({
    desk,
    collect: () => ({ ...readSheet(sheet), ...more() }),
    fill: (left) => {
      writeSheet(sheet, left);
      load(left);
      items.settleAll();
    },
    saved: ({ result }) => {
      const open = part("result").querySelector("[data-keep]")?.open ?? false;
      part("result").innerHTML = result;
      const list = part("result").querySelector("[data-keep]");
      if (list) list.open = open;
    },
  });
  let pressed = 0; // whoever went on typing while the answer was on its way is not torn away from there
  document.addEventListener("keydown", () => { pressed += 1; }, true);
  const publish = async (moment) => {
    const before = pressed;
    part("publish").disabled = true;
    const first = await draft.publish(moment);
    part("publish").disabled = false;
    if (first === undefined) return;
    look(desk, "card");
    part("result").querySelector("[data-keep]").open = true;
    if (pressed === before) items.explain(first);
  };

  sheet.addEventListener("submit", (event) => event.preventDefault());
  sheet.addEventListener("input", (event) => {
    if (event.target.type !== "radio") changed(AFTER_TYPING_MS);
  });
  desk.addEventListener("click", (event) => {
    const { jump, show: view } = event.target.closest("button")?.dataset ?? {};
    if (view) look(desk, view);
    if (jump !== undefined) {
      look(desk, "card");
      items.explain(jump);
    }
  });
  document.addEventListener("transcript:wanted", () => look(desk, "text"));
  const keys = {
    c: items.comment,
    z: items.skipSection,
    a: items.article,
    Enter: items.enter,
    ...Object.fromEntries([..."ynx0123456789-"].map((key) => [key, () => items.answer(key)])),
  };
  const begin = () => {
    items.settleAll();
    draft.restore();
    items.begin();
  };
  return { items, keys, draft, changed, publish, begin };
}

function readSheet(sheet) {
  const form = new FormData(sheet);
  const answers = {};
  for (const { dataset: { item } } of sheet.querySelectorAll(".item")) {
    if (!item) continue;
    const [value, comment, reason] = ["value", "comment", "reason"].map((name) => form.get(`${name}-${item}`) ?? "");
    if (value || comment || reason) answers[item] = { value, comment, reason };
  }
  return { answers, summary: form.get("summary"), outcome: form.get("outcome") || null };
}

function writeSheet(sheet, { answers, summary, outcome }) {
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

/* On a narrow screen one part of the desk is seen at a time. */
function look(desk, view) {
  desk.dataset.view = view;
  for (const button of desk.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === view));
}
