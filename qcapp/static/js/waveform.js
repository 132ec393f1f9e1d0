/* Draws the two lanes of a call from its peaks and lets one seek by mouse and keyboard. Part of components/player.html.

   Peaks: JSON {"per_second": n, "channels": [[0…100, …], …]} of data-peaks. data-lanes names the channels from the top:
   [{"channel": 1, "kind": "manager"}, {"channel": 0, "kind": "client"}].
   Obeys (on document):  player:marks {marks: [{id, start, end?, text, tone?}]}   replaces the marks shown
   Tells (on document):  player:mark  {id, start}   somebody clicked a mark (the sound is moved there as well) */

import { clockTime, send } from "./player.js";

const BAR = 3; // px of one bar with its gap

export async function start(wave) {
  const lanes = JSON.parse(wave.dataset.lanes);
  const [quiet, played] = wave.querySelectorAll("canvas");
  const cursor = wave.querySelector(".wave-cursor");
  const hover = wave.querySelector(".wave-hover");
  const markBox = wave.querySelector(".wave-marks");
  let duration = Number(wave.dataset.duration);
  let peaks = { per_second: 0, channels: [] };
  let marks = JSON.parse(wave.dataset.marks);

  const draw = () => {
    for (const [canvas, tone] of [[quiet, "wave"], [played, ""]]) drawLanes(canvas, tone, lanes, peaks, duration, wave);
  };
  const timeAt = (event) => {
    const box = wave.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * duration;
  };

  wave.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest(".wave-mark")) return;
    event.preventDefault();
    wave.setPointerCapture(event.pointerId);
    send("seek", { time: timeAt(event) });
  });
  wave.addEventListener("pointermove", (event) => {
    hover.hidden = false;
    hover.textContent = clockTime(timeAt(event));
    hover.style.left = `${(timeAt(event) / duration) * 100}%`;
    if (wave.hasPointerCapture(event.pointerId)) send("seek", { time: timeAt(event) });
  });
  wave.addEventListener("pointerleave", () => { hover.hidden = true; });
  wave.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 30, PageDown: -30 };
    if (event.target !== wave) return;
    if (steps[event.key]) send("step", { seconds: steps[event.key] });
    else if (event.key === "Home") send("seek", { time: 0 });
    else if (event.key === "End") send("seek", { time: duration });
    else return;
    event.preventDefault();
  });

  document.addEventListener("player:ready", ({ detail }) => {
    duration = detail.duration;
    wave.setAttribute("aria-valuemax", String(Math.round(duration)));
    draw();
    placeMarks(markBox, marks, duration);
  });
  document.addEventListener("player:time", ({ detail }) => {
    const share = duration ? detail.time / duration : 0;
    cursor.style.left = `${share * 100}%`;
    played.style.clipPath = `inset(0 ${100 - share * 100}% 0 0)`;
    wave.setAttribute("aria-valuenow", String(Math.round(detail.time)));
    wave.setAttribute("aria-valuetext", `${clockTime(detail.time)} / ${clockTime(duration)}`);
  });
  document.addEventListener("player:marks", ({ detail }) => {
    marks = detail.marks;
    placeMarks(markBox, marks, duration);
  });
  new ResizeObserver(draw).observe(wave);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  placeMarks(markBox, marks, duration);
  if (!wave.dataset.peaks) return;
  const answer = await fetch(wave.dataset.peaks);
  if (answer.ok) peaks = await answer.json();
  draw();
}

function drawLanes(canvas, tone, lanes, peaks, duration, wave) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = wave;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const colours = getComputedStyle(wave);
  const laneHeight = height / lanes.length;
  lanes.forEach(({ channel, kind }, row) => {
    const values = peaks.channels[channel];
    if (!values) return;
    const loudest = values.reduce((most, value) => Math.max(most, value), 1);
    pen.fillStyle = colours.getPropertyValue(tone ? `--${kind}-wave` : `--${kind}`);
    for (let x = 0; x < width; x += BAR) {
      const from = Math.floor((x / width) * duration * peaks.per_second);
      const to = Math.max(from + 1, Math.floor(((x + BAR) / width) * duration * peaks.per_second));
      let peak = 0;
      for (let i = from; i < to && i < values.length; i += 1) peak = Math.max(peak, values[i]);
      const size = Math.max(1, (peak / loudest) * (laneHeight - 8));
      pen.fillRect(x, row * laneHeight + (laneHeight - size) / 2, BAR - 1, size);
    }
  });
}

function placeMarks(box, marks, duration) {
  box.replaceChildren(...marks.map((mark) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `wave-mark wave-mark-${mark.tone ?? "info"}`;
    button.title = `${clockTime(mark.start)} ${mark.text}`;
    button.setAttribute("aria-label", button.title);
    button.style.left = `${(mark.start / duration) * 100}%`;
    if (mark.end > mark.start) button.style.width = `max(12px, ${((mark.end - mark.start) / duration) * 100}%)`;
    button.addEventListener("click", () => {
      send("seek", { time: mark.start });
      send("mark", { id: mark.id, start: mark.start });
    });
    return button;
  }));
}
