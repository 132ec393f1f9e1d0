/* The review workspace: the card, marks, the script, time spent, publishing now or later. Markup: reviews/workspace.html. */

import { bindKeys } from "./keys.js";
import { send } from "./player.js";
import { keepMarks } from "./review_marks.js";
import { countSpent } from "./review_time.js";
import { scoringDesk } from "./scoring_desk.js";
import { scriptOf, toggleScript } from "./script_fold.js";

export function start(desk) {
  const part = (name) => desk.querySelector(`[data-part="${name}"]`);
  const spent = countSpent(Number(desk.dataset.spent));
  const { items, keys, changed, publish, begin } = scoringDesk(desk, {
    more: () => ({ call: Number(desk.dataset.call), marks: marks.all(), spent: spent() }),
    touched: () => part("cards")?.remove(), // a card can only be exchanged while nothing has been written on it
    load: (draft) => marks.load(draft.marks),
  });
  const marks = keepMarks(desk, changed);

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
    ...keys,
    "?": () => document.getElementById("player-keys").showModal(),
    m: () => marks.add(items.current.dataset.item),
    r: items.outcome,
    ...("script" in desk.dataset ? {
      s: () => toggleScript(items.current),
      p: () => marks.add(items.current.dataset.item, scriptOf(items.current)?.dataset.block),
    } : {}),
    "Ctrl+Enter": () => publish(),
    "typing:Ctrl+Enter": () => publish(),
    "Ctrl+Shift+Enter": later,
    "typing:Ctrl+Shift+Enter": later,
    "typing:Ctrl+Space": () => send("toggle"),
  });

  marks.load(JSON.parse(desk.dataset.marks));
  begin();
}
