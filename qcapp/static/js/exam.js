/* An exam as its coach scores it: the card as in the review workspace, the trainee's script beside it.
   Markup: exams/desk.html. */

import { bindKeys } from "./keys.js";
import { scoringDesk } from "./scoring_desk.js";

export function start(desk) {
  const part = (name) => desk.querySelector(`[data-part="${name}"]`);
  const { keys, draft, publish, begin } = scoringDesk(desk);
  const finish = () => {
    if (desk.querySelector("[data-busy]")) draft.show("refused", desk.dataset.textRecording);
    else publish();
  };

  part("sheet").addEventListener("focusin", (event) => showBlock(part("script"), event.target.closest("[data-block]")?.dataset.block));
  part("publish").addEventListener("click", finish);
  bindKeys({
    ...keys,
    "?": () => document.getElementById("keys").showModal(),
    "Ctrl+Enter": finish,
    "typing:Ctrl+Enter": finish,
  });
  begin();
}

/* The part of the script that the item asks about comes into view, and nothing but the script moves. */
function showBlock(script, name) {
  for (const block of script.querySelectorAll("[data-block]")) {
    const asked = block.dataset.block === name;
    block.toggleAttribute("data-asked", asked);
    if (asked) script.scrollTo({ top: block.offsetTop - script.offsetTop });
  }
}
