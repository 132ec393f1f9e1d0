/* Keys of the call's page over its transcript: J and K go from piece to piece, E or Enter opens one for correction. */

import { bindKeys } from "./keys.js";
import { send } from "./player.js";
import { scrollTo } from "./transcript.js";

export function start(root) {
  const pieces = () => [...root.querySelectorAll(".segment")];
  const chosen = () => document.activeElement?.closest(".segment") ?? root.querySelector(".now-segment") ?? pieces()[0];
  const move = (by) => {
    const all = pieces();
    const current = document.activeElement?.closest(".segment") ?? root.querySelector(".now-segment");
    const next = all[Math.min(Math.max((current ? all.indexOf(current) : -1) + by, 0), all.length - 1)];
    next.querySelector(".segment-time").focus({ preventScroll: true });
    scrollTo(next);
    send("seek", { time: Number(next.dataset.start) });
  };
  const edit = (piece) => {
    const button = piece?.querySelector("[data-edit]");
    if (!button) return;
    window.htmx.ajax("GET", button.dataset.edit, { target: piece, swap: "outerHTML" });
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-edit]");
    if (button) edit(button.closest(".segment"));
  });
  root.addEventListener("keydown", (event) => {
    // Enter on the time of a piece corrects it; the button's own click would only play from there.
    if (event.key === "Enter" && !event.ctrlKey && event.target.matches(".segment-time") && !event.target.closest("form")) {
      event.preventDefault();
      edit(event.target.closest(".segment"));
    }
  });
  bindKeys({ j: () => move(1), k: () => move(-1), e: () => edit(chosen()), Enter: () => edit(chosen()) });
}
