/* What both editors of the first day's work share: the draft that saves itself, its state in words, and handing in.

     const keeper = keepWork(desk, { rows, fill, told });
   rows() gives all rows of the page, fill(rows) puts others into it, told(answer) learns how much of it counts. */

import { bindKeys } from "./keys.js";
import { keepDraft } from "./autosave.js";

const TEXTS = { saving: "textSaving", saved: "textSaved", typing: "textTyping", offline: "textOffline",
  "signed-out": "textSignedOut", refused: "textRefused", restored: "textRestored" };

export function keepWork(desk, { rows, fill, told }) {
  const part = (name) => desk.querySelector(`[data-part="${name}"]`);
  const refuse = (sentence) => {
    part("refused").hidden = !sentence || !part("conflict").hidden;
    part("refused").textContent = sentence;
    part("refused").scrollIntoView({ block: "nearest" });
  };
  const show = (state, sentence = "") => {
    const words = desk.dataset[TEXTS[state]];
    part("state").dataset.state = state;
    part("state").textContent = state === "saved" ? `${words} ${sentence}` : words;
    refuse(state === "refused" ? sentence : "");
  };
  const keeper = keepDraft({
    desk,
    collect: () => ({ rows: rows() }),
    show,
    saved: (answer) => {
      part("count").textContent = answer.count;
      part("bar").value = Math.min(answer.count, part("bar").max);
      refuse(answer.error ?? "");
      told(answer);
    },
    conflict: () => {
      part("conflict").hidden = false;
      refuse("");
      part("conflict").scrollIntoView({ block: "nearest" });
    },
  });
  const submit = async () => {
    part("submit").disabled = true;
    await keeper.publish();
    part("submit").disabled = false;
  };

  part("submit").addEventListener("click", submit);
  part("conflict").addEventListener("click", ({ target }) => {
    const whose = target.closest("button")?.dataset.conflict;
    if (!whose) return;
    part("conflict").hidden = true;
    keeper.settle(whose);
  });
  bindKeys({ "Ctrl+Enter": submit, "typing:Ctrl+Enter": submit });

  const leftover = keeper.leftover();
  fill(leftover ? leftover.draft.rows : JSON.parse(desk.dataset.rows));
  if (leftover) {
    show("restored");
    part("conflict").hidden = !leftover.clash;
    keeper.changed(0);
  }
  return keeper;
}
