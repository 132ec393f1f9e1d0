/* The coach's answer to work that was handed in: a word about the whole, comments on single rows, which save themselves.
   Markup: work/show.html. */

import { keepShown } from "./draft.js";

const AFTER_TYPING_MS = 1000;

export function start(desk) {
  const whole = desk.querySelector("[name=comment]");
  const areas = [...desk.querySelectorAll("textarea[data-row]")];
  const show = (area) => { area.hidden = area.value.trim() === ""; };
  const draft = keepShown({
    desk,
    collect: () => ({
      comment: whole.value,
      rows: Object.fromEntries(areas.filter(({ value }) => value.trim() !== "").map(({ dataset, value }) => [dataset.row, value])),
    }),
    fill: ({ comment, rows }) => {
      whole.value = comment;
      for (const area of areas) {
        area.value = rows[area.dataset.row] ?? "";
        show(area);
      }
    },
    saved: () => {},
  });
  const verdicts = [...desk.querySelectorAll("[data-verdict]")];
  const decide = async (button) => {
    desk.dataset.publish = button.dataset.verdict;
    for (const each of verdicts) each.disabled = true;
    await draft.publish();
    for (const each of verdicts) each.disabled = false;
  };

  desk.addEventListener("input", ({ target }) => {
    if (target.matches("textarea")) draft.changed(AFTER_TYPING_MS);
  });
  desk.addEventListener("focusout", ({ target }) => {
    if (target.matches("[data-row]")) show(target);
  });
  desk.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.verdict) decide(button);
    if (button?.dataset.do !== "comment") return;
    const area = button.closest("[data-fate]").querySelector("[data-row]");
    area.hidden = false;
    area.focus();
  });
  draft.restore();
}
