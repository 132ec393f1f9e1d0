/* The checklist editor: builds the draft's page out of its templates and keeps it safe. Markup: checklists/edit.html. */

import { entries, fieldOf, find, listOf, read, write } from "./checklist_document.js";
import { renameAnswer, settleItem } from "./checklist_items.js";
import { keepKeys, titleOf } from "./checklist_keys.js";
import { firstField, keepOrder } from "./checklist_order.js";
import { keepProblems } from "./checklist_problems.js";
import { showShares } from "./checklist_shares.js";
import { keepShown } from "./draft.js";
import { bindKeys } from "./keys.js";

const AFTER_CHANGE_MS = 300;
const AFTER_TYPING_MS = 1000;
const SETTLING = ["kind", "critical", "na", "bonus", "scale.min", "scale.max", "points"];

export function start(desk) {
  const part = (name) => desk.querySelector(`[data-part="${name}"]`);
  const card = part("card");
  const words = JSON.parse(desk.dataset.words);
  const keys = keepKeys(desk, card);
  const collect = () => ({
    document: read(card),
    owner: part("owner").value,
    review_on: part("review_on").value,
    mode: desk.querySelector("[name=mode]:checked").value,
  });

  const make = (name, data) => {
    const node = document.querySelector(`template[data-part="${name}"]`).content.firstElementChild.cloneNode(true);
    write(node, data, make);
    if (name === "items") settleItem(node, words, data.guide);
    return node;
  };
  const adopt = (root) => {
    for (const node of [root, ...root.querySelectorAll("[data-node]")]) if (node.parentElement?.dataset.list) keys.give(node);
    for (const item of itemsIn(root)) settleItem(item, words);
  };
  const fill = ({ document: data, owner, review_on }) => {
    write(card, data, make);
    adopt(card);
    if (owner !== undefined) part("owner").value = owner;
    if (review_on !== undefined) part("review_on").value = review_on;
    refresh();
  };
  const refresh = () => {
    showShares(card, part("outline"), words);
    part("heading").textContent = titleOf(card) || "…";
    showCrm(entries(listOf(card, "sections")), part("add-crm"));
  };
  const changed = (node, delay = AFTER_CHANGE_MS) => {
    const item = node?.closest("[data-kind]");
    if (item) settleItem(item, words);
    refresh();
    draft.changed(delay);
  };
  const say = (node) => { part("live").textContent = words.moved.replace("{title}", titleOf(node)).replace("{place}", placeOf(node)); };

  const order = keepOrder(card, { make, adopt, changed, say, words });
  const problems = keepProblems(card, part("problems"), { unfold: (place) => unfold(place) });
  const draft = keepShown({
    desk,
    collect,
    fill,
    saved: (answer) => problems.show(answer.problems),
  });
  const publish = async () => {
    const button = part("publish");
    button.disabled = true;
    const first = await draft.publish();
    button.disabled = false;
    if (first === undefined) return;
    document.getElementById("publish-dialog").close();
    problems.open();
    problems.go(first);
  };

  card.addEventListener("submit", (event) => event.preventDefault());
  card.addEventListener("input", (event) => {
    const { field, language } = event.target.dataset;
    const node = event.target.closest("[data-node]");
    if (field?.startsWith("title.")) {
      const renamed = keys.follow(node);
      if (renamed && node.parentElement.dataset.list === "options") renameAnswer(node.closest("[data-kind]"), renamed.old, renamed.key);
    }
    if (event.target.matches("[data-part=preset]")) choosePreset(node, event.target);
    const settles = SETTLING.includes(field) || (field?.startsWith("title.") && node.parentElement.dataset.list === "options") || event.target.closest("[data-set]");
    if (settles || event.target.matches("[data-part=preset]")) settleItemOf(node);
    refresh();
    const typing = language || event.target.matches("textarea, input:not([type=checkbox])");
    draft.changed(typing ? AFTER_TYPING_MS : AFTER_CHANGE_MS);
  });
  desk.addEventListener("input", (event) => {
    if (event.target.matches("[data-part=owner], [data-part=review_on]")) draft.changed(AFTER_CHANGE_MS);
    if (event.target.matches("[data-part=english]")) showEnglish(desk, event.target.checked);
  });
  desk.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const { do: deed, to } = button?.dataset ?? {};
    const node = button?.closest("[data-node]");
    if (deed === "add") order.add(listOf(node, to));
    if (deed === "add-crm") order.add(listOf(card, "sections"), null, JSON.parse(button.dataset.section));
    if (deed === "fold") fold(node, button.getAttribute("aria-expanded") !== "true");
    if (deed === "up") order.move(node, -1);
    if (deed === "down") order.move(node, 1);
    if (deed === "double") order.double(node);
    if (deed === "remove") order.remove(node);
    if (deed === "fold-all") foldAll();
  });
  part("publish").addEventListener("click", publish);

  const current = () => {
    const node = document.activeElement?.closest("[data-list] > [data-node]");
    return node && card.contains(node) ? node : null;
  };
  const onCurrent = (deed) => () => {
    const node = current();
    if (node) deed(node);
  };
  const shortcuts = {
    "Alt+ArrowUp": onCurrent((node) => order.move(node, -1)),
    "Alt+ArrowDown": onCurrent((node) => order.move(node, 1)),
    "Alt+Shift+ArrowDown": onCurrent(order.double),
    "Alt+Delete": onCurrent(order.remove),
    "Alt+Enter": onCurrent((node) => toggle(node.closest("[data-folds]"))),
    "Ctrl+Enter": () => document.getElementById("publish-dialog").showModal(),
    "?": () => document.getElementById("editor-keys").showModal(),
  };
  const typing = Object.entries(shortcuts).filter(([key]) => key !== "?").map(([key, deed]) => [`typing:${key}`, deed]);
  bindKeys({ ...shortcuts, ...Object.fromEntries(typing) });
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.altKey || event.shiftKey || event.metaKey || event.isComposing) return;
    if (!event.target.matches("input:not([type=checkbox]), .line")) return;
    event.preventDefault();
    goOn(event.target, order);
  });

  function settleItemOf(node) {
    const item = node.closest("[data-kind]");
    if (item) settleItem(item, words);
  }
  function foldAll() {
    const sections = [...card.querySelectorAll('[data-list="sections"] > [data-node]')];
    const folded = sections.some((section) => section.querySelector("[data-do=fold]").getAttribute("aria-expanded") === "true");
    for (const section of sections) fold(section, !folded);
  }

  fill({ document: JSON.parse(desk.dataset.document) });
  showEnglish(desk, part("english").checked);
  problems.show(JSON.parse(desk.dataset.problems));
  draft.restore();
  if (!fieldOf(card, "purpose.ru").value && !fieldOf(card, "purpose.en").value) find(card, ["purpose"]).focus();
}

/* Enter: from a section's title to its first item, from an item to a new one below, from a row to the next row. */
function goOn(field, order) {
  const node = field.closest("[data-node]");
  const list = node.parentElement.dataset.list;
  if (list === "sections") {
    const items = listOf(node, "items");
    const first = items.querySelector("[data-node]");
    if (first) firstField(first).focus();
    else order.add(items);
  } else if (list) order.add(node.parentElement, node);
}

function itemsIn(root) {
  return [root, ...root.querySelectorAll("[data-kind]")].filter((node) => node.matches("[data-kind]"));
}

/* By its key reports know the section about the CRM; a card has one at most. */
function showCrm(sections, button) {
  const isCrm = (section) => fieldOf(section, "key").value === "crm";
  for (const section of sections) section.querySelector('[data-part="badge-crm"]').hidden = !isCrm(section);
  button.hidden = sections.some(isCrm);
}

function choosePreset(item, select) {
  item.dataset.own = String(select.value === "own");
  if (select.value === "own") return;
  const [low, high] = select.value.split("–");
  fieldOf(item, "scale.min").value = low;
  fieldOf(item, "scale.max").value = high;
}

function toggle(node) {
  if (node) fold(node, node.querySelector("[data-do=fold]").getAttribute("aria-expanded") !== "true");
}

function fold(node, open) {
  node.querySelector("[data-do=fold]").setAttribute("aria-expanded", String(open));
  node.querySelector("[data-part=inside]").hidden = !open;
}

function unfold(place) {
  for (let node = place.closest("[data-folds]"); node; node = node.parentElement.closest("[data-folds]")) {
    if (node.querySelector("[data-part=inside]").contains(place)) fold(node, true);
  }
  for (let box = place.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
}

function placeOf(node) {
  const line = [...node.parentElement.children].filter((each) => each.matches("[data-node]"));
  return `${line.indexOf(node) + 1} / ${line.length}`;
}

function showEnglish(desk, on) {
  desk.classList.toggle("with-english", on);
  desk.querySelector("[data-part=english]").checked = on;
}
