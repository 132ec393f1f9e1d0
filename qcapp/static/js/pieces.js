/* Pieces of a recording to listen to: buttons with data-start and data-end (seconds). J and K play the next and the
   one before, a click on a mark of the waveform the one it belongs to (data-id). */

import { bindKeys } from "./keys.js";
import { send } from "./player.js";

export function start(root) {
  const buttons = [...root.querySelectorAll("button[data-start]")];
  let at = -1;
  const play = (button) => {
    buttons[at]?.closest(".piece").removeAttribute("aria-current");
    at = buttons.indexOf(button);
    button.closest(".piece").setAttribute("aria-current", "true");
    const { start: from, end } = button.dataset;
    send("seek", { time: Number(from), play: true, until: end ? Number(end) : undefined });
  };
  const step = (by) => {
    const next = buttons[Math.min(Math.max(at + by, 0), buttons.length - 1)];
    if (!next) return;
    play(next);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
  };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-start]");
    if (button) play(button);
  });
  document.addEventListener("player:mark", ({ detail }) => {
    const button = buttons.find((each) => each.dataset.id === String(detail.id));
    if (button) play(button);
  });
  bindKeys({ j: () => step(1), k: () => step(-1) });
}
