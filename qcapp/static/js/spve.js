/* The SPVE table: Enter goes from cell to cell and from the last one to a new row, cells of a spreadsheet can be pasted.
   Markup: work/spve.html. */

import { keepWork } from "./spve_reasons.js";

const AFTER_TYPING_MS = 1000;
const COLUMNS = 4;

export function start(desk) {
  const body = desk.querySelector('[data-part="rows"]');
  const piece = desk.querySelector('template[data-part="row"]').content.firstElementChild;
  const cellsOf = (row) => [...row.querySelectorAll("textarea")];
  const blank = (row) => cellsOf(row).every((cell) => cell.value.trim() === "");

  const add = (values = [], after = body.lastElementChild) => {
    const row = piece.cloneNode(true);
    cellsOf(row).forEach((cell, n) => { cell.value = values[n] ?? ""; });
    if (after) after.after(row);
    else body.append(row);
    number();
    return row;
  };
  const number = () => {
    [...body.children].forEach((row, n) => { row.querySelector("th").textContent = n + 1; });
  };
  const draft = keepWork(desk, {
    rows: () => [...body.children].filter((row) => !blank(row)).map((row) => cellsOf(row).map((cell) => cell.value)),
    fill: (rows) => {
      body.replaceChildren();
      for (const values of rows) add(values);
      add();
    },
    told: () => {},
  });
  const changed = () => draft.changed(AFTER_TYPING_MS);
  const remove = (row) => {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    number();
    cellsOf(next ?? add())[0].focus();
    changed();
  };
  const paste = (cell, table) => {
    let row = cell.closest("tr");
    const column = cellsOf(row).indexOf(cell);
    table.forEach((values, n) => {
      if (n > 0) row = row.nextElementSibling ?? add();
      values.slice(0, COLUMNS - column).forEach((value, m) => { cellsOf(row)[column + m].value = value; });
    });
    if (row === body.lastElementChild) add();
    cellsOf(row.nextElementSibling)[0].focus();
    changed();
  };

  body.addEventListener("input", changed);
  body.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || !event.target.matches("textarea")) return;
    const row = event.target.closest("tr");
    const cells = cellsOf(row);
    const at = cells.indexOf(event.target);
    if (event.altKey && event.key === "Delete") remove(row);
    else if (event.key === "Enter" && !event.altKey) (cells[at + 1] ?? cellsOf(row.nextElementSibling ?? add())[0]).focus();
    else return;
    event.preventDefault();
  });
  body.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    if (!event.target.matches("textarea") || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    paste(event.target, cut(text));
  });
  desk.addEventListener("click", ({ target }) => {
    const deed = target.closest("button")?.dataset.do;
    if (deed === "add") cellsOf(add())[0].focus();
    if (deed === "remove") remove(target.closest("tr"));
  });
  cellsOf(body.lastElementChild)[0].focus({ preventScroll: true });
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
