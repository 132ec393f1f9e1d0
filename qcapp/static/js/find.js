/* Search inside a call. The server says where the words stand, in any of their forms (data-url answers
   {found: [{segment, first, last}]}); this marks them, counts them, and goes from one to the next. */

import { bindKeys } from "./keys.js";
import { scrollTo, wanted } from "./transcript.js";

const PAUSE_MS = 200; // after the last key, before asking

export function start(form) {
  const input = form.querySelector("input");
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  let hits = [];
  let at = -1;
  let timer = 0;
  let asked = 0;

  const clear = () => {
    for (const word of document.querySelectorAll(".w.hit")) word.classList.remove("hit", "hit-current");
    hits = [];
    at = -1;
  };
  const show = () => {
    for (const word of document.querySelectorAll(".w.hit-current")) word.classList.remove("hit-current");
    if (hits.length && at >= 0) {
      for (const word of hits[at]) word.classList.add("hit-current");
      scrollTo(hits[at][0]);
    }
    part("count").textContent = hits.length ? `${at + 1} / ${hits.length}` : input.value.trim() ? form.dataset.none : "";
    for (const name of ["previous", "next"]) part(name).disabled = hits.length === 0;
  };
  const go = (by) => {
    if (!hits.length) return;
    at = (at + by + hits.length) % hits.length;
    show();
  };
  const ask = async () => {
    const number = ++asked;
    const query = input.value.trim();
    const answer = query ? await fetch(`${form.dataset.url}?${new URLSearchParams({ q: query })}`) : null;
    const found = answer?.ok ? (await answer.json()).found : [];
    if (number !== asked) return; // a later question has overtaken this one
    clear();
    for (const { segment, first, last } of found) {
      const words = [...document.querySelectorAll(`#s${segment} .w`)].slice(first, last + 1);
      if (!words.length) continue;
      for (const word of words) word.classList.add("hit");
      hits.push(words);
    }
    if (hits.length) at = 0;
    show();
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  });
  part("next").addEventListener("click", () => go(1));
  part("previous").addEventListener("click", () => go(-1));
  bindKeys({
    "/": () => {
      wanted();
      input.focus();
      input.select();
    },
  });
  show();
  if (input.value.trim()) ask();
}
