/* Sets reference answers by key, as the review workspace does: J/K item down and up, the hot key of an answer (its
   data-key), C the comment, Ctrl+Enter saves. Markup: calibrations/reference.html. */

import { bindKeys } from "./keys.js";

export function start(form) {
  const items = [...form.querySelectorAll("[data-item]")];
  let current = items.find((item) => !item.querySelector("input[type=radio]:checked")) ?? items.find((item) => item.matches(".differs")) ?? items[0];

  const choose = (item) => {
    current?.removeAttribute("aria-current");
    current = item;
    current.setAttribute("aria-current", "true");
  };
  const go = (item) => {
    choose(item);
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest", behavior: "instant" });
  };
  const move = (by) => go(items[Math.min(Math.max(items.indexOf(current) + by, 0), items.length - 1)]);
  const answer = (key) => {
    const radio = [...current.querySelectorAll("input[data-key]")].find((each) => each.dataset.key === key);
    if (!radio) return;
    radio.checked = true;
    move(1);
  };

  form.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-item]");
    if (item && item !== current) choose(item);
  });
  bindKeys({
    j: () => move(1),
    k: () => move(-1),
    c: () => current.querySelector("input[type=text]").focus(),
    ...Object.fromEntries([..."ynx0123456789-"].map((key) => [key, () => answer(key)])),
    "Ctrl+Enter": () => form.requestSubmit(),
    "typing:Ctrl+Enter": () => form.requestSubmit(),
    "typing:Escape": () => current.focus(),
  });
  go(current);
}
