/* One item of the editor: which fields its kind has, its answers with what counts as each, and its badges.

     settleItem(item, words, guide)            after its kind, scale, answers or ticks were changed
     renameAnswer(item, old, key)              an answer of a choice has got another key */

import { entries, fieldOf, listOf } from "./checklist_document.js";
import { titleOf } from "./checklist_keys.js";

const MOST_GUIDED = 11; // a scale of 0–10 has a line for each value; of a longer one only the ends

export function settleItem(item, words, guide = {}) {
  const kind = fieldOf(item, "kind").value;
  const critical = fieldOf(item, "critical").value !== "none";
  for (const block of item.querySelectorAll("[data-for]")) {
    const fits = block.dataset.for.split(" ").includes(kind) && (!("critical" in block.dataset) || critical);
    block.hidden = !fits;
    block.toggleAttribute("data-off", !fits);
  }
  settleScale(item, kind);
  const answers = answersOf(item, kind, words);
  settleGuide(item, answers, guide);
  settleExamples(item, answers);
  settleBadges(item);
}

export function renameAnswer(item, old, key) {
  const row = item.querySelector(`[data-answer="${CSS.escape(old)}"]`);
  if (row) nameRow(row, key);
  for (const select of item.querySelectorAll('[data-field="answer"]')) {
    if (select.value !== old) continue;
    select.add(new Option(key, key));
    select.value = key;
  }
}

function settleScale(item, kind) {
  const preset = item.querySelector("[data-part=preset]");
  const [low, high] = ["scale.min", "scale.max"].map((name) => fieldOf(item, name));
  if (kind === "scale" && !low.value && !high.value) [low.value, high.value] = preset.options[0].value.split("–");
  const ends = `${low.value}–${high.value}`;
  const usual = [...preset.options].some((option) => option.value === ends);
  preset.value = usual && item.dataset.own !== "true" ? ends : "own";
  item.querySelector("[data-part=ends]").hidden = preset.value !== "own";
}

function answersOf(item, kind, words) {
  const na = fieldOf(item, "na").checked ? [{ value: "na", label: words.na }] : [];
  if (kind === "yes_no") return [{ value: "yes", label: words.yes }, { value: "no", label: words.no }, ...na];
  if (kind === "choice") {
    const options = entries(listOf(item, "options"));
    return [...options.map((option) => ({ value: fieldOf(option, "key").value, label: titleOf(option) || "…" })), ...na];
  }
  if (kind !== "scale") return [];
  const [low, high] = ["scale.min", "scale.max"].map((name) => Number.parseInt(fieldOf(item, name).value, 10));
  if (Number.isNaN(low) || Number.isNaN(high) || high < low || high - low > 100) return na;
  const values = Array.from({ length: high - low + 1 }, (_none, step) => high - step);
  return [...values.map((value) => ({ value: String(value), label: String(value) })), ...na];
}

function settleGuide(item, answers, guide) {
  const box = item.querySelector("[data-part=guide]");
  const rows = new Map([...box.children].map((row) => [row.dataset.answer, row]));
  const template = document.querySelector('template[data-part="answer"]');
  const shown = answers.length <= MOST_GUIDED + 1 ? answers : answers.filter(({ value }, place) => place === 0
    || value === "na" || answers[place + 1]?.value === "na" || place === answers.length - 1 || guide[value] || rows.get(value));
  for (const row of rows.values()) {
    row.hidden = true;
    row.setAttribute("data-off", "");
  }
  for (const { value, label } of shown) {
    const row = rows.get(value) ?? template.content.firstElementChild.cloneNode(true);
    if (!rows.has(value)) {
      nameRow(row, value);
      for (const area of row.querySelectorAll("textarea")) area.value = guide[value]?.[area.dataset.language] ?? "";
    }
    row.querySelector("[data-part=label]").textContent = label;
    row.hidden = false;
    row.removeAttribute("data-off");
    box.append(row);
  }
}

function nameRow(row, answer) {
  row.dataset.answer = answer;
  for (const area of row.querySelectorAll("textarea")) area.dataset.field = `guide.${answer}.${area.dataset.language}`;
}

function settleExamples(item, answers) {
  for (const select of item.querySelectorAll('[data-field="answer"]')) {
    const wanted = select.value || answers[0]?.value;
    select.replaceChildren(...answers.map(({ value, label }) => new Option(label, value)));
    if (wanted && !answers.some(({ value }) => value === wanted)) select.add(new Option(wanted, wanted));
    select.value = wanted ?? "";
  }
}

function settleBadges(item) {
  const critical = fieldOf(item, "critical");
  const text = fieldOf(item, "kind").value === "text";
  show(item, "badge-critical", !text && critical.value !== "none", critical.selectedOptions[0].textContent);
  show(item, "badge-bonus", !text && fieldOf(item, "bonus").checked);
  const ticked = item.querySelector("[data-part=applies]").querySelectorAll("input:checked").length > 0;
  show(item, "badge-applies", ticked);
}

function show(item, part, on, text) {
  const badge = item.querySelector(`[data-part="${part}"]`);
  badge.hidden = !on;
  if (text) badge.textContent = text;
}
