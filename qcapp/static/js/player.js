/* The sound of a call: one <audio>, its buttons and hot keys. Markup: components/player.html. One player a page.

   Tells (on document):  player:time  {time, duration, playing}   often while playing, and after every change
                         player:ready {duration}
   Obeys (on document):  player:seek  {time, play?: boolean, until?: seconds}   `until` stops there (a piece)
                         player:toggle, player:pause, player:step {seconds}, player:speed {by: ±1}
   Use:                  import { send } from "./player.js";  send("seek", { time: 12.5 }); */

import { bindKeys } from "./keys.js";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const REMEMBERED = "qcapp.speed";

export function send(name, detail = {}) {
  document.dispatchEvent(new CustomEvent(`player:${name}`, { detail }));
}

export function clockTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function start(root) {
  const audio = root.querySelector("audio");
  const duration = () => (Number.isFinite(audio.duration) ? audio.duration : Number(root.dataset.duration));
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  let until = null;
  let frame = 0;

  const tell = () => {
    const playing = !audio.paused && !audio.ended;
    part("now").textContent = clockTime(audio.currentTime);
    send("time", { time: audio.currentTime, duration: duration(), playing });
  };
  const tick = () => {
    if (until !== null && audio.currentTime >= until) {
      audio.pause();
      until = null;
    }
    tell();
    if (!audio.paused) frame = requestAnimationFrame(tick);
  };
  const showState = () => {
    const button = part("toggle");
    button.dataset.playing = String(!audio.paused);
    button.setAttribute("aria-label", audio.paused ? button.dataset.play : button.dataset.pause);
    cancelAnimationFrame(frame);
    tick();
  };
  const play = () => audio.play().catch(() => showState());
  const seek = (time) => {
    audio.currentTime = Math.min(Math.max(0, time), duration());
    tell();
  };
  const setSpeed = (speed) => {
    audio.playbackRate = speed;
    audio.defaultPlaybackRate = speed;
    part("speed").textContent = `${String(speed).replace(".", root.dataset.point)}×`;
    try { localStorage.setItem(REMEMBERED, String(speed)); } catch { /* private windows keep no settings */ }
  };
  const stepSpeed = (by) => {
    const at = SPEEDS.indexOf(audio.playbackRate);
    setSpeed(SPEEDS[Math.min(Math.max((at < 0 ? 2 : at) + by, 0), SPEEDS.length - 1)]);
  };
  const toggle = () => {
    until = null;
    if (audio.paused) play(); else audio.pause();
  };
  const step = (seconds) => {
    until = null;
    seek(audio.currentTime + seconds);
  };

  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, showState);
  audio.addEventListener("seeked", tell);
  audio.addEventListener("loadedmetadata", () => {
    part("length").textContent = clockTime(duration());
    send("ready", { duration: duration() });
  });
  audio.addEventListener("error", () => { part("failed").hidden = false; });

  document.addEventListener("player:seek", ({ detail }) => {
    until = detail.until ?? null;
    seek(detail.time);
    if (detail.play) play();
  });
  document.addEventListener("player:toggle", toggle);
  document.addEventListener("player:pause", () => audio.pause());
  document.addEventListener("player:step", ({ detail }) => step(detail.seconds));
  document.addEventListener("player:speed", ({ detail }) => stepSpeed(detail.by));

  const actions = { toggle, back: () => step(-5), forward: () => step(5), slower: () => stepSpeed(-1), faster: () => stepSpeed(1) };
  for (const button of root.querySelectorAll("[data-action]")) {
    // A mouse click leaves the focus where it was, so that Space goes on meaning play and pause.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", actions[button.dataset.action]);
  }
  bindKeys({
    Space: toggle,
    ArrowLeft: actions.back,
    ArrowRight: actions.forward,
    "[": actions.slower,
    "]": actions.faster,
    "?": () => document.getElementById(root.dataset.keys)?.showModal(),
  });

  let remembered = null;
  try { remembered = localStorage.getItem(REMEMBERED); } catch { /* see above */ }
  setSpeed(SPEEDS.includes(Number(remembered)) ? Number(remembered) : 1);
  if (audio.readyState >= 1) audio.dispatchEvent(new Event("loadedmetadata"));
  const wanted = new URLSearchParams(location.search).get("t");
  if (wanted && Number.isFinite(Number(wanted))) seek(Number(wanted));
  tell();
}
