/* What both editors of the first day's work share: the draft that saves itself, its state in words, and handing in.

     const draft = keepWork(desk, { rows, fill, told });
   rows() gives all rows of the page, fill(rows) puts others into it, told(answer) learns how much of it counts. */

import { keepShown } from "./draft.js";
import { bindKeys } from "./keys.js";

export function keepWork(desk, { rows, fill, told }) {
  const part = (name) => desk.querySelector(`[data-part="${name}"]`);
  const draft = keepShown({
    desk,
    collect: () => ({ rows: rows() }),
    fill: (left) => fill(left.rows),
    saved: (answer) => {
      part("count").textContent = answer.count;
      part("bar").value = Math.min(answer.count, part("bar").max);
      draft.refuse(answer.error ?? "");
      told(answer);
    },
  });
  const submit = async () => {
    part("submit").disabled = true;
    await draft.publish();
    part("submit").disabled = false;
  };

  part("submit").addEventListener("click", submit);
  bindKeys({ "Ctrl+Enter": submit, "typing:Ctrl+Enter": submit });

  fill(JSON.parse(desk.dataset.rows));
  draft.restore();
  return draft;
}
