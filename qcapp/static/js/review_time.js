/* Counts the seconds a review is really worked on: the page is visible, and somebody types, moves or listens. */

const IDLE_MS = 60000;

export function countSpent(seconds) {
  let spent = seconds;
  let playing = false;
  let active = performance.now();
  const touch = () => { active = performance.now(); };
  for (const gesture of ["keydown", "pointerdown", "pointermove", "wheel"]) addEventListener(gesture, touch, { passive: true });
  document.addEventListener("player:time", ({ detail }) => { playing = detail.playing; });
  setInterval(() => {
    const busy = playing || performance.now() - active < IDLE_MS;
    if (busy && document.visibilityState === "visible") spent += 1;
  }, 1000);
  return () => spent;
}
