/* What both editors of the first day's work share: rows that keep their ids, what the coach has said of them, the draft
   that saves itself, its state in words, and handing in.

     const { draft, begin, idOf } = keepWork(desk, { rows, fill, told });
   rows() gives all rows of the page as { id, cells }, fill(rows) puts others into it, told(answer) learns how much of it
   counts. begin(element, row) gives an element on the page the id of its row, or a new one, and shows what was said. */

import { keepShown } from "./draft.js";
import { bindKeys } from "./keys.js";

export function keepWork(desk, { rows, fill, told }) {
  const part = (name) => desk.querySelector(`[data-part="${name}"]`);
  const said = JSON.parse(desk.dataset.said);
  const ids = new WeakMap();
  const begin = (element, id = crypto.randomUUID()) => {
    ids.set(element, id);
    const place = element.querySelector('[data-part="said"]');
    place.textContent = said[id] ?? "";
    place.hidden = !(id in said);
  };
  const draft = keepShown({
    desk,
    collect: () => ({ rows: rows() }),
    fill: (left) => fill(left.rows.map(asRow)),
    saved: (answer) => {
      part("count").textContent = answer.count;
      part("bar").value = Math.min(answer.count, part("bar").max);
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

  return {
    draft,
    begin,
    idOf: (element) => ids.get(element),
    open() {
      fill(JSON.parse(desk.dataset.rows));
      draft.restore();
    },
  };
}

/* What a browser has kept from before rows had ids is a list of cells, or a text. */
function asRow(row) {
  return row.cells ? row : { cells: [row].flat() };
}
