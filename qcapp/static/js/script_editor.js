/* The editor of a script: blocks, objections added by keyboard, and a draft that saves itself. Markup: scripts/edit.html. */

import { keepShown } from "./draft.js";
import { bindKeys } from "./keys.js";

const AFTER_TYPING_MS = 1000;
const AFTER_CHANGE_MS = 300;

export function start(desk) {
  const part = (name) => desk.querySelector(`[data-part="${name}"]`);
  const sheet = part("sheet");
  const rows = part("rows");
  const blocks = [...sheet.querySelectorAll("[data-block]")];
  const texts = [...sheet.querySelectorAll("textarea[name]")];

  const addRow = ({ objection = "", answer = "" } = {}, after = null) => {
    const row = document.querySelector("template[data-part=row]").content.firstElementChild.cloneNode(true);
    fieldOf(row, "objection").value = objection;
    fieldOf(row, "answer").value = answer;
    rows.insertBefore(row, after ? after.nextElementSibling : null);
    return row;
  };
  const removeRow = (row) => {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next ? fieldOf(next, "objection") : sheet.querySelector("[data-do=add]")).focus();
    draft.changed(AFTER_CHANGE_MS);
  };
  const collect = () => ({
    blocks: {
      ...Object.fromEntries(texts.map((field) => [field.name, field.value])),
      objections: [...rows.children].map((row) => ({ objection: fieldOf(row, "objection").value, answer: fieldOf(row, "answer").value })),
    },
  });
  const fill = ({ blocks: words }) => {
    for (const field of texts) field.value = words[field.name] ?? "";
    rows.replaceChildren();
    words.objections.forEach((each) => addRow(each));
  };
  const showMissing = (missing) => {
    for (const block of blocks) block.querySelector("[data-part=lack]").hidden = !missing.includes(block.dataset.block);
  };
  const draft = keepShown({
    desk,
    collect,
    fill,
    saved: ({ missing, changes }) => {
      showMissing(missing);
      for (const [block, html] of Object.entries(changes)) showChange(desk.querySelector(`[data-change="${block}"]`), html);
    },
  });
  const dialog = document.getElementById("submit-dialog");
  const submit = async () => {
    part("submit").disabled = true;
    const first = await draft.publish();
    part("submit").disabled = false;
    dialog.close();
    if (first !== undefined) go(blocks.find((block) => block.dataset.block === first));
  };
  const step = (by) => {
    const at = blocks.indexOf(document.activeElement?.closest("[data-block]"));
    go(blocks[Math.min(Math.max(at + by, 0), blocks.length - 1)]);
  };
  const dropRow = () => {
    const row = document.activeElement?.closest(".script-row");
    if (row) removeRow(row);
  };

  sheet.addEventListener("submit", (event) => event.preventDefault());
  sheet.addEventListener("input", () => draft.changed(AFTER_TYPING_MS));
  sheet.addEventListener("keydown", (event) => {
    const row = event.target.closest(".script-row");
    if (!row || event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!event.target.matches("textarea")) return;
    event.preventDefault();
    if (event.target.dataset.field === "objection") fieldOf(row, "answer").focus();
    else fieldOf(row.nextElementSibling ?? addRow({}, row), "objection").focus();
  });
  desk.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const { do: deed } = button?.dataset ?? {};
    if (deed === "add") fieldOf(addRow(), "objection").focus();
    if (deed === "remove") removeRow(button.closest(".script-row"));
  });
  part("submit").addEventListener("click", submit);
  const shortcuts = {
    "Ctrl+Enter": () => dialog.showModal(),
    "Alt+ArrowDown": () => step(1),
    "Alt+ArrowUp": () => step(-1),
    "Alt+Delete": dropRow,
  };
  bindKeys({
    ...shortcuts,
    ...Object.fromEntries(Object.entries(shortcuts).map(([key, deed]) => [`typing:${key}`, deed])),
    "?": () => document.getElementById("script-keys").showModal(),
  });

  if (Number(desk.dataset.revision) > 0) showMissing(JSON.parse(desk.dataset.missing));
  if (!rows.children.length) addRow();
  draft.restore();
}

function fieldOf(row, name) {
  return row.querySelector(`[data-field="${name}"]`);
}

/* It unfolds once, at the first change; whoever folds it again is left alone. */
function showChange(box, html) {
  const known = box.querySelector(".diff");
  box.innerHTML = html;
  if (!known && box.querySelector(".diff")) box.closest("details").open = true;
}

function go(block) {
  const field = block.querySelector("textarea");
  field.focus({ preventScroll: true });
  block.scrollIntoView({ block: "start" });
}
