/* Sets reference answers by key, as the review workspace does: the hot key of an answer (its data-key), C the comment,
   Ctrl+Enter saves. Markup: calibrations/reference.html. */

import { bindKeys } from "./keys.js";
import { walkRows } from "./rows.js";

export function start(form) {
  const items = [...form.querySelectorAll("[data-item]")];
  const first = items.find((item) => !item.querySelector("input[type=radio]:checked")) ?? items.find((item) => item.matches(".differs")) ?? items[0];
  const rows = walkRows(form, {
    find: () => items,
    arrive: (item) => item.scrollIntoView({ block: "nearest", behavior: "instant" }),
  });
  const answer = (key) => {
    const radio = [...rows.current.querySelectorAll("input[data-key]")].find((each) => each.dataset.key === key);
    if (!radio) return;
    radio.checked = true;
    rows.move(1);
  };

  bindKeys({
    c: () => rows.current.querySelector("input[type=text]").focus(),
    ...Object.fromEntries([..."ynx0123456789-"].map((key) => [key, () => answer(key)])),
    "Ctrl+Enter": () => form.requestSubmit(),
    "typing:Ctrl+Enter": () => form.requestSubmit(),
  });
  rows.go(first);
}
