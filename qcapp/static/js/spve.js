/* The SPVE table: Enter goes from cell to cell and from the last one to a new row, cells of a spreadsheet can be pasted.
   Markup: work/spve.html. */

import { keepWork } from "./spve_reasons.js";

const AFTER_TYPING_MS = 1000;
const COLUMNS = 4;

export function start(desk) {
  const table = desk.querySelector('[data-part="rows"]');
  const piece = desk.querySelector('template[data-part="row"]').content.firstElementChild;
  const rows = () => [...table.tBodies];
  const last = () => rows().at(-1);
  const rowOf = (element) => element.closest("tbody");
  const after = (row) => rows()[rows().indexOf(row) + 1];
  const cellsOf = (row) => [...row.querySelectorAll("textarea")];
  const blank = (row) => cellsOf(row).every((cell) => cell.value.trim() === "");

  const add = ({ id, cells = [] } = {}) => {
    const row = piece.cloneNode(true);
    work.begin(row, id);
    cellsOf(row).forEach((cell, n) => { cell.value = cells[n] ?? ""; });
    table.append(row);
    number();
    return row;
  };
  const number = () => rows().forEach((row, n) => { row.querySelector("th").textContent = n + 1; });
  const work = keepWork(desk, {
    rows: () => rows().filter((row) => !blank(row))
      .map((row) => ({ id: work.idOf(row), cells: cellsOf(row).map((cell) => cell.value) })),
    fill: (kept) => {
      rows().forEach((row) => row.remove());
      kept.forEach(add);
      add();
    },
    told: () => {},
  });
  const changed = () => work.draft.changed(AFTER_TYPING_MS);
  const remove = (row) => {
    const next = after(row) ?? rows().at(-2);
    row.remove();
    number();
    cellsOf(next ?? add())[0].focus();
    changed();
  };
  const paste = (cell, pasted) => {
    let row = rowOf(cell);
    const column = cellsOf(row).indexOf(cell);
    pasted.forEach((values, n) => {
      if (n > 0) row = after(row) ?? add();
      values.slice(0, COLUMNS - column).forEach((value, m) => { cellsOf(row)[column + m].value = value; });
    });
    if (row === last()) add();
    cellsOf(after(row))[0].focus();
    changed();
  };

  table.addEventListener("input", changed);
  table.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || !event.target.matches("textarea")) return;
    const row = rowOf(event.target);
    const cells = cellsOf(row);
    const at = cells.indexOf(event.target);
    if (event.altKey && event.key === "Delete") remove(row);
    else if (event.key === "Enter" && !event.altKey) (cells[at + 1] ?? cellsOf(after(row) ?? add())[0]).focus();
    else return;
    event.preventDefault();
  });
  table.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    if (!event.target.matches("textarea") || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    paste(event.target, cut(text));
  });
  desk.addEventListener("click", ({ target }) => {
    const deed = target.closest("button")?.dataset.do;
    if (deed === "add") cellsOf(add())[0].focus();
    if (deed === "remove") remove(rowOf(target));
  });
  work.open();
  cellsOf(last())[0].focus({ preventScroll: true });
}

/* The cells of a spreadsheet as rows. A cell with a line break in it comes in quotation marks, its own ones doubled. */
export function cut(text) {
  const cells = /(?:^|([\t\n]))(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\n]*))/g;
  const rows = [[]];
  for (const [, before, quoted, plain] of text.replaceAll("\r\n", "\n").matchAll(cells)) {
    if (before === "\n") rows.push([]);
    rows.at(-1).push((quoted?.replaceAll('""', '"') ?? plain).replace(/\s+/g, " ").trim());
  }
  return rows;
}
