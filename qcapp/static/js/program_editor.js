/* The editor of a program of onboarding: builds the draft's page out of its templates and keeps it safe.
   Markup: onboarding/edit_program.html. */

import { listOf, read, write } from "./checklist_document.js";
import { titleOf } from "./checklist_keys.js";
import { keepOrder } from "./checklist_order.js";
import { keepProblems } from "./checklist_problems.js";
import { keepShown } from "./draft.js";
import { bindKeys } from "./keys.js";

const AFTER_CHANGE_MS = 300;
const AFTER_TYPING_MS = 1000;

export function start(desk) {
  const part = (name) => desk.querySelector(`[data-part="${name}"]`);
  const card = part("card");
  const words = JSON.parse(desk.dataset.words);
  const needs = JSON.parse(desk.dataset.needs);
  const stages = JSON.parse(desk.dataset.stages);

  const settle = (node) => {
    if (node.matches("[data-condition]")) settleCondition(node, needs);
    if (node.matches("[data-stage]")) settleStage(node, stages);
  };
  const make = (name, data) => {
    const node = document.querySelector(`template[data-part="${name}"]`).content.firstElementChild.cloneNode(true);
    write(node, data, make);
    settle(node);
    return node;
  };
  const fill = (data) => write(card, data, make);
  const changed = () => draft.changed(AFTER_CHANGE_MS);
  const say = (node) => { part("live").textContent = words.moved.replace("{title}", titleOf(node)).replace("{place}", placeOf(node)); };

  const order = keepOrder(card, { make, adopt: () => {}, changed, say, words });
  const problems = keepProblems(card, part("problems"), { unfold: () => {} });
  const draft = keepShown({
    desk,
    collect: () => ({ document: read(card) }),
    fill: (left) => fill(left.document),
    saved: (answer) => problems.show(answer.problems),
  });

  card.addEventListener("submit", (event) => event.preventDefault());
  card.addEventListener("input", (event) => {
    const node = event.target.closest("[data-node]");
    if (event.target.matches("[data-field=kind]")) settle(node);
    draft.changed(event.target.matches("textarea, input:not([type=checkbox])") ? AFTER_TYPING_MS : AFTER_CHANGE_MS);
  });
  desk.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const { do: deed, to } = button?.dataset ?? {};
    const node = button?.closest("[data-node]");
    if (deed === "add") order.add(listOf(node, to));
    if (deed === "up") order.move(node, -1);
    if (deed === "down") order.move(node, 1);
    if (deed === "remove") order.remove(node);
  });
  part("english").addEventListener("input", (event) => desk.classList.toggle("with-english", event.target.checked));
  part("publish").addEventListener("click", async () => {
    part("publish").disabled = true;
    const first = await draft.publish();
    part("publish").disabled = false;
    if (first === undefined) return;
    document.getElementById("publish-dialog").close();
    problems.open();
    problems.go(first);
  });

  const onRow = (deed) => () => {
    const node = document.activeElement?.closest("[data-node][data-part=row]");
    if (node && card.contains(node)) deed(node);
  };
  const shortcuts = {
    "Alt+ArrowUp": onRow((node) => order.move(node, -1)),
    "Alt+ArrowDown": onRow((node) => order.move(node, 1)),
    "Alt+Delete": onRow(order.remove),
    "Ctrl+Enter": () => document.getElementById("publish-dialog").showModal(),
  };
  const typing = Object.entries(shortcuts).map(([key, deed]) => [`typing:${key}`, deed]);
  bindKeys({ ...shortcuts, ...Object.fromEntries(typing), "?": () => document.getElementById("editor-keys").showModal() });

  fill(JSON.parse(desk.dataset.document));
  desk.classList.toggle("with-english", part("english").checked);
  problems.show(JSON.parse(desk.dataset.problems));
  draft.restore();
}

/* Only the numbers of this kind of condition are shown and sent. */
function settleCondition(node, needs) {
  const kind = node.querySelector("[data-field=kind]").value;
  for (const number of node.querySelectorAll("[data-number]")) {
    const off = !needs[kind]?.includes(number.dataset.number);
    number.hidden = off;
    number.toggleAttribute("data-off", off);
  }
}

function settleStage(node, stages) {
  const stage = node.querySelector("[data-field=stage]").value;
  node.querySelector("[data-part=name]").textContent = stages[stage] ?? stage;
  const exam = node.querySelector("[data-part=exam]");
  exam.hidden = stage !== "exam";
  exam.toggleAttribute("data-off", stage !== "exam");
}

function placeOf(node) {
  const line = [...node.parentElement.children].filter((each) => each.matches("[data-node]"));
  return `${line.indexOf(node) + 1} / ${line.length}`;
}
