/* A transcript that follows the sound. Markup: components/transcript.html: [data-start] on segments, words as
   <span data-s="seconds">. Highlights the word being said, seeks where one clicks, and scrolls along until the reader
   scrolls away; the "follow" button or any seek takes it up again. "." and "," go to the next turn and the one before,
   wherever the focus is; the turn is heard from its beginning.
   Tells (on document): transcript:wanted, before something of it is shown; a page that hides it brings it forward. */

import { bindKeys } from "./keys.js";
import { send } from "./player.js";
import { walkRows } from "./rows.js";

const LEAD_S = 0.05; // words are marked a touch early: eyes are slower than ears

export function start(root) {
  const follow = root.querySelector("[data-part=follow]");
  let words = [];
  let current = null;
  let following = true;
  let ownScroll = 0;

  const collect = () => {
    words = [...root.querySelectorAll("[data-s]")].map((element) => ({ at: Number(element.dataset.s), element }));
    words.sort((a, b) => a.at - b.at);
  };
  const wordAt = (time) => {
    let [low, high] = [0, words.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (words[middle].at <= time) low = middle + 1; else high = middle;
    }
    return words[low - 1]?.element ?? null;
  };
  const setFollowing = (value) => {
    following = value;
    if (follow) follow.hidden = value;
  };
  const show = (element) => {
    ownScroll = performance.now();
    scrollTo(element);
  };

  document.addEventListener("player:time", ({ detail }) => {
    const word = wordAt(detail.time + LEAD_S);
    if (word === current) return;
    current?.classList.remove("now");
    current?.closest("[data-start]")?.classList.remove("now-segment");
    current = word;
    word?.classList.add("now");
    word?.closest("[data-start]")?.classList.add("now-segment");
    if (word && following && detail.playing) show(word);
  });
  document.addEventListener("player:seek", () => {
    setFollowing(true);
  });
  root.addEventListener("click", (event) => {
    const word = event.target.closest("[data-s], [data-seek]");
    if (!word || !window.getSelection().isCollapsed) return;
    send("seek", { time: Number(word.dataset.s ?? word.dataset.seek) });
  });
  for (const gesture of ["wheel", "touchmove"]) {
    document.addEventListener(gesture, (event) => {
      if (scrolls(event.target, root) && performance.now() - ownScroll > 100) setFollowing(false);
    }, { passive: true });
  }
  document.addEventListener("keydown", (event) => {
    if (["PageUp", "PageDown", "Home", "End"].includes(event.key) && event.target === document.body) setFollowing(false);
  });
  follow?.addEventListener("click", () => {
    setFollowing(true);
    if (current) show(current);
  });
  const turns = walkRows(root, {
    find: () => [...root.querySelectorAll(".segment")],
    focus: (turn) => turn.querySelector(".segment-time").focus({ preventScroll: true }),
    arrive: (turn) => {
      scrollTo(turn);
      send("seek", { time: Number(turn.dataset.start) });
    },
    otherwise: () => root.querySelector(".now-segment"),
    main: false,
  });
  const walk = (by) => {
    wanted();
    turns.move(by);
  };
  bindKeys({ ".": () => walk(1), ",": () => walk(-1) });
  root.addEventListener("transcript:changed", collect);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (root.contains(event.target)) collect();
  });
  collect();
}

/* Something of the transcript is about to be shown. */
export function wanted() {
  document.dispatchEvent(new CustomEvent("transcript:wanted"));
}

/* The turn that has the focus, else the one being said, else the first. */
export function chosenTurn(root) {
  return currentTurn(root) ?? root.querySelector(".segment");
}

function currentTurn(root) {
  const focused = document.activeElement?.closest(".segment");
  return root.contains(focused) ? focused : root.querySelector(".now-segment");
}

function scrollParent(element) {
  for (let parent = element.parentElement; parent; parent = parent.parentElement) {
    const flow = getComputedStyle(parent).overflowY;
    if ((flow === "auto" || flow === "scroll") && parent.scrollHeight > parent.clientHeight) return parent;
  }
  return document.scrollingElement;
}

function scrolls(target, root) {
  const box = scrollParent(root.querySelector("[data-start]") ?? root);
  return box === document.scrollingElement || box.contains(target);
}

export function scrollTo(element) {
  const box = scrollParent(element);
  const whole = box === document.scrollingElement;
  const frame = whole ? { top: 0, height: window.innerHeight } : box.getBoundingClientRect();
  const place = element.getBoundingClientRect();
  const covered = whole ? (document.querySelector(".player-bar")?.getBoundingClientRect().bottom ?? 0) : 0;
  const top = Math.max(frame.top, covered);
  const room = frame.top + frame.height - top;
  if (place.top > top + room * 0.15 && place.bottom < top + room * 0.75) return;
  const smooth = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  box.scrollBy({ top: place.top - top - room * 0.35, behavior: smooth ? "smooth" : "auto" });
}
