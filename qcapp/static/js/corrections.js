/* Keys that correct a transcript: E opens the chosen turn for correction, W says who speaks in it where both sides are
   mixed into one channel. On a call's own page (data-keys="page") Enter corrects. Which turn is chosen, transcript.js
   says. */

import { bindKeys } from "./keys.js";
import { chosenTurn, wanted } from "./transcript.js";

export function start(root) {
  const edit = (turn) => {
    turn?.querySelector("textarea")?.focus(); // it is being corrected already
    const button = turn?.querySelector("[data-edit]");
    if (!button) return;
    wanted();
    window.htmx.ajax("GET", button.dataset.edit, { target: turn, swap: "outerHTML" });
  };
  const nextSpeaker = (turn) => {
    const other = turn?.querySelector('.segment-sides [aria-pressed="false"]');
    if (!other) return;
    wanted();
    root.addEventListener("htmx:afterSettle", () => {
      document.querySelector(`#${turn.id} .segment-time`)?.focus({ preventScroll: true });
    }, { once: true });
    other.click();
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-edit]");
    if (button) edit(button.closest(".segment"));
  });
  root.addEventListener("keydown", (event) => {
    // Enter on the time of a turn corrects it; the button's own click would only play from there.
    if (event.key === "Enter" && !event.ctrlKey && event.target.matches(".segment-time") && !event.target.closest("form")) {
      event.preventDefault();
      edit(event.target.closest(".segment"));
    }
  });
  const [here, other] = [() => edit(chosenTurn(root)), () => nextSpeaker(chosenTurn(root))];
  bindKeys({
    e: here,
    w: other,
    ...(root.dataset.keys === "page" ? { Enter: here } : {}),
  });
}
