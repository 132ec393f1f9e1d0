/* The list of reasons: one a line, Enter adds one, a paste of many lines adds many. What counts and what repeats another
   line, the server says after each save. Markup: work/reasons.html. */

import { keepWork } from "./spve_reasons.js";

const AFTER_TYPING_MS = 700;

export function start(desk) {
  const list = desk.querySelector('[data-part="lines"]');
  const piece = desk.querySelector('template[data-part="line"]').content.firstElementChild;
  const words = JSON.parse(desk.dataset.words);
  const fieldOf = (line) => line.querySelector("textarea");
  const fields = () => [...list.children].map(fieldOf);

  const add = ({ id, cells: [text] } = { cells: [""] }, after = list.lastElementChild) => {
    const line = piece.cloneNode(true);
    work.begin(line, id);
    fieldOf(line).value = text;
    if (after) after.after(line);
    else list.append(line);
    return line;
  };
  const mark = (repeats) => {
    const said = fields().map((field) => field.value.trim());
    const first = new Map([...said.entries()].reverse().map(([n, text]) => [text, n]));
    const known = new Map(repeats.map(([text, of, exact]) => [text, { of, exact }]));
    fields().forEach((field, n) => {
      const text = said[n];
      const again = text && first.get(text) !== n ? { of: text, exact: true } : known.get(text);
      const place = again && first.get(again.of);
      const badge = field.parentElement.querySelector('[data-part="repeat"]');
      badge.hidden = place === undefined || place === n;
      if (!badge.hidden) badge.textContent = words[again.exact ? "same" : "alike"].replace("{number}", place + 1);
    });
  };
  const work = keepWork(desk, {
    rows: () => [...list.children].map((line) => ({ id: work.idOf(line), cells: [fieldOf(line).value] }))
      .filter(({ cells: [text] }) => text.trim() !== ""),
    fill: (rows) => {
      list.replaceChildren();
      for (const row of rows) add(row);
      add();
    },
    told: ({ cleaned, repeats }) => {
      for (const field of fields()) {
        if (field !== document.activeElement && field.value in cleaned) field.value = cleaned[field.value];
      }
      mark(repeats);
    },
  });
  const changed = (delay = AFTER_TYPING_MS) => work.draft.changed(delay);
  const remove = (line) => {
    const next = line.previousElementSibling ?? line.nextElementSibling;
    line.remove();
    fieldOf(next ?? add()).focus();
    changed();
  };

  /* Lines become reasons of their own; the first one takes the place of what is typed in an empty field. */
  const take = (field, lines) => {
    let line = field.parentElement;
    if (field.value.trim() === "") field.value = lines.shift();
    for (const each of lines) line = add({ cells: [each] }, line);
    fieldOf(line.nextElementSibling ?? add(undefined, line)).focus();
    changed(0);
  };
  list.addEventListener("input", ({ target }) => {
    const lines = linesOf(target.value);
    if (!target.value.includes("\n")) return changed();
    target.value = "";
    take(target, lines.length ? lines : [""]);
  });
  list.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || !event.target.matches("textarea")) return;
    const line = event.target.parentElement;
    if (event.altKey && event.key === "Delete") remove(line);
    else if (event.altKey) return;
    else if (event.key === "Enter") fieldOf(add(undefined, line)).focus();
    else if (event.key === "ArrowUp") line.previousElementSibling && fieldOf(line.previousElementSibling).focus();
    else if (event.key === "ArrowDown") line.nextElementSibling && fieldOf(line.nextElementSibling).focus();
    else if (event.key === "Backspace" && event.target.value === "" && list.children.length > 1) remove(line);
    else return;
    event.preventDefault();
  });
  list.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").trim();
    if (!text.includes("\n") || !event.target.matches("textarea")) return;
    event.preventDefault();
    take(event.target, linesOf(text));
  });
  desk.addEventListener("click", ({ target }) => {
    const deed = target.closest("button")?.dataset.do;
    if (deed === "add") fieldOf(add()).focus();
    if (deed === "remove") remove(target.closest("li"));
  });
  work.open();
  mark(JSON.parse(desk.dataset.told).repeats);
  fieldOf(list.lastElementChild).focus({ preventScroll: true });
}

function linesOf(text) {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}
