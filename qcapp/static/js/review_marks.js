/* Marks at moments of the recording, each in the list of the item it belongs to (data-marks-of; "" is the whole call).

     const marks = keepMarks(desk, changed);
     marks.add(list)      marks this moment and lets one type    marks.all()   what is saved
     marks.add(list, block)   and pins it to a block of the script
     marks.load(marks)    replaces them all */

import { clockTime, send } from "./player.js";

const BEFORE_S = 5; // without a transcript a piece reaches this far around the moment
const LONG_TURN_S = 20;

export function keepMarks(desk, changed) {
  const template = desk.querySelector("template[data-part=mark]");
  let now = 0;
  let count = 0;
  document.addEventListener("player:time", ({ detail }) => { now = detail.time; });

  const rows = () => [...desk.querySelectorAll(".mark")];
  const onWave = () => send("marks", {
    marks: rows().map((row) => ({ ...times(row), id: row.id, text: row.querySelector("input").value, tone: tone(row) })),
  });
  const place = ({ start, end, text, item, block }) => {
    const row = template.content.firstElementChild.cloneNode(true);
    count += 1;
    row.id = `mark-${count}`;
    row.dataset.start = start;
    row.dataset.end = end ?? "";
    row.querySelector("[data-mark=play]").textContent = `▶ ${clockTime(start)}`;
    row.querySelector("input").value = text;
    if (blockOf(row)) blockOf(row).value = block ?? "";
    const list = [...desk.querySelectorAll("[data-marks-of]")].find((each) => each.dataset.marksOf === (item ?? ""));
    const after = [...list.children].find((each) => Number(each.dataset.start) > start);
    list.insertBefore(row, after ?? null);
    return row;
  };

  desk.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark]");
    if (!button) return;
    const row = button.closest(".mark");
    if (button.dataset.mark === "play") {
      const { start, end } = times(row);
      send("seek", { time: start, play: true, until: end ?? undefined });
      return;
    }
    const item = row.closest(".item");
    row.remove();
    item.focus();
    changed();
    onWave();
  });
  desk.addEventListener("input", (event) => {
    if (event.target.closest(".mark")) onWave();
  });
  document.addEventListener("player:mark", ({ detail }) => {
    document.getElementById(detail.id)?.querySelector("input").focus();
  });

  return {
    add(item, block) {
      const row = place({ ...piece(now), text: "", item, block });
      row.querySelector("input").focus();
      changed();
      onWave();
    },
    all: () => rows().map((row) => ({
      ...times(row),
      text: row.querySelector("input").value,
      item: row.closest("[data-marks-of]").dataset.marksOf || null,
      block: blockOf(row)?.value || null,
    })),
    load(marks) {
      for (const row of rows()) row.remove();
      marks.forEach(place);
      onWave();
    },
  };
}

function blockOf(row) {
  return row.querySelector("select");
}

function times(row) {
  return { start: Number(row.dataset.start), end: row.dataset.end === "" ? null : Number(row.dataset.end) };
}

function tone(row) {
  return row.closest(".item")?.querySelector("[data-bad]:checked") ? "bad" : "info";
}

/* The turn that is being said, or a few seconds around the moment where a turn is long or nothing was recognised. */
function piece(now) {
  const turn = document.querySelector(".now-segment");
  const [start, end] = turn ? [Number(turn.dataset.start), Number(turn.dataset.end)] : [0, 0];
  const near = turn && end > now - BEFORE_S && now - start < LONG_TURN_S;
  return near
    ? { start, end: Math.max(Math.min(end, start + LONG_TURN_S), now + 1) }
    : { start: Math.max(0, now - BEFORE_S), end: now + BEFORE_S };
}
