/* What the transcript shows of the script: puts the mark of each block (data-of) beside the block (data-heard), wherever
   the page has it, and plays the moments (data-listen, seconds) of all of them. Markup: evidence/_hints.html. */

import { send } from "./player.js";

export function start(root) {
  for (const mark of root.querySelectorAll("[data-of]")) {
    for (const place of document.querySelectorAll(`[data-heard="${CSS.escape(mark.dataset.of)}"]`)) {
      place.replaceChildren(...mark.cloneNode(true).childNodes);
    }
    mark.remove();
  }
  const buttonOf = (event) => event.target.closest("button[data-listen]");
  // A mouse click leaves the focus where it was, so that Space goes on meaning play and pause.
  document.addEventListener("pointerdown", (event) => {
    if (buttonOf(event) || event.target.closest("summary")?.parentElement === root) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = buttonOf(event);
    if (button) send("seek", { time: Number(button.dataset.listen), play: true });
  });
}
