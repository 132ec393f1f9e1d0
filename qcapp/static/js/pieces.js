/* Pieces of a recording to listen to: buttons with data-start and data-end (seconds). One that is walked to by key is
   heard, and a click on a mark of the waveform plays the one it belongs to (data-id). */

import { send } from "./player.js";
import { walkRows } from "./rows.js";

export function start(root) {
  const buttons = [...root.querySelectorAll("button[data-start]:enabled")];
  const rowOf = (button) => button.closest(".piece");
  const buttonOf = (row) => buttons.find((button) => row.contains(button));
  const play = ({ dataset: { start: from, end } }) => {
    send("seek", { time: Number(from), play: true, until: end ? Number(end) : undefined });
  };
  const rows = walkRows(root, {
    find: () => buttons.map(rowOf),
    focus: (row) => buttonOf(row).focus({ preventScroll: true }),
    arrive: (row) => {
      row.scrollIntoView({ block: "center" });
      play(buttonOf(row));
    },
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-start]");
    if (button) play(button);
  });
  document.addEventListener("player:mark", ({ detail }) => {
    const button = buttons.find((each) => each.dataset.id === String(detail.id));
    if (!button) return;
    rows.choose(rowOf(button));
    play(button);
  });
}
