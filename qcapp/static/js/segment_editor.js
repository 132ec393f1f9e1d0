/* A piece of a transcript while it is corrected: plays itself, Ctrl+Enter saves, Ctrl+Space plays again. Esc closes it
   as long as nothing is changed; then it leads to the buttons, and only “Cancel” gives the change up. */

import { send } from "./player.js";
import { isUnsaved } from "./unsaved.js";

export function start(form) {
  const text = form.querySelector("textarea");
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const play = () => send("seek", { time: Number(form.dataset.start), until: Number(form.dataset.end), play: true });
  const cancel = () => window.htmx.ajax("GET", form.dataset.row, { target: form, swap: "outerHTML" });
  const leave = () => {
    if (isUnsaved(form)) form.querySelector("[type=submit]").focus();
    else cancel();
  };
  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 2}px`;
  };

  text.addEventListener("input", grow);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isUnsaved(form) && event.target !== text) return; // the page says where to go
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    else if (event.code === "Space" && (event.ctrlKey || event.metaKey)) play();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  part("cancel").addEventListener("click", cancel);
  for (const name of ["play", "again"]) part(name).addEventListener("click", (event) => {
    event.stopPropagation();
    play();
  });
  // After saving or leaving, the focus goes to the piece that takes the form's place.
  const place = form.parentElement;
  place.addEventListener("htmx:afterSwap", () => {
    if (!form.isConnected) document.querySelector(`#${form.id} .segment-time`)?.focus({ preventScroll: true });
  }, { once: true });
  grow();
  text.focus();
  if (!form.querySelector(".error")) play();
}
