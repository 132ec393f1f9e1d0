/* A draft as whoever writes it sees it: its state in words, a refusal, the question after a conflict, what an earlier
   window could not save. Markup: components/autosave.html. What is sent and kept, autosave.js says.

     const draft = keepShown({ desk, collect, fill, saved });
     draft.changed(delay)      something was answered or typed
     draft.publish(moment)     saves and publishes; resolves to the first item that is missing
     draft.show(state, sentence), draft.refuse(sentence)
     draft.restore()           once the page is filled: takes over what an earlier window left

   collect() gives the whole draft, fill(draft) puts another into the page, saved(answer) gets the server's answer. */

import { keepDraft } from "./autosave.js";

const TEXTS = { saving: "textSaving", saved: "textSaved", typing: "textTyping", offline: "textOffline",
  "signed-out": "textSignedOut", refused: "textRefused", restored: "textRestored" };

export function keepShown({ desk, collect, fill, saved }) {
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
  const conflict = () => {
    part("conflict").hidden = false;
    refuse("");
    part("conflict").scrollIntoView({ block: "nearest" });
  };
  const keeper = keepDraft({
    desk,
    collect,
    show,
    saved: (answer) => {
      saved(answer);
      if (answer.first === undefined) refuse(answer.error ?? ""); // all is saved, and something else was refused
    },
    conflict,
  });
  desk.addEventListener("click", ({ target }) => {
    const whose = target.closest("[data-conflict]")?.dataset.conflict;
    if (!whose) return;
    part("conflict").hidden = true;
    keeper.settle(whose);
  });

  return {
    changed: keeper.changed,
    publish: keeper.publish,
    show,
    refuse,
    restore() {
      const leftover = keeper.leftover();
      if (!leftover) return;
      fill(leftover.draft);
      show("restored");
      if (leftover.clash) conflict();
      keeper.changed(0);
    },
  };
}
