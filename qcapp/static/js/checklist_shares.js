/* What every section and item weighs in the whole score when everything applies, told beside its weight at once. */

import { entries, fieldOf, listOf } from "./checklist_document.js";
import { titleOf } from "./checklist_keys.js";

export function showShares(card, outline, words) {
  const per = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const told = (share) => words.share.replace("{share}", per.format(share));
  const sections = entries(listOf(card, "sections"));
  const whole = sections.reduce((sum, section) => sum + weightOf(section), 0);
  let number = 0;

  outline.replaceChildren(...sections.map((section, place) => {
    const ofSection = whole ? (weightOf(section) / whole) * 100 : 0;
    const items = entries(listOf(section, "items"));
    const counting = items.filter((item) => counts(item) && !isBonus(item)).reduce((sum, item) => sum + weightOf(item), 0);
    tell(section, ofSection ? told(ofSection) : words.uncounted);
    for (const item of items) {
      number += 1;
      item.querySelector("[data-part=number]").textContent = `${number}.`;
      const share = counting ? (ofSection * weightOf(item)) / counting : 0;
      tell(item, counts(item) && ofSection ? `${isBonus(item) ? "+" : ""}${told(share)}` : words.uncounted);
    }
    return lineOf(section, place, ofSection ? `${per.format(ofSection)}\u00a0%` : "–");
  }));
}

function tell(node, text) {
  const share = node.querySelector("[data-part=share]");
  if (share.textContent !== text) share.textContent = text;
}

function lineOf(section, place, share) {
  section.id = `section-${place + 1}`;
  const line = document.createElement("li");
  const link = Object.assign(document.createElement("a"), { href: `#${section.id}`, textContent: titleOf(section) || "…" });
  const part = Object.assign(document.createElement("span"), { className: "muted num", textContent: share });
  line.append(link, part);
  return line;
}

function weightOf(node) {
  const weight = Number(fieldOf(node, "weight").value.replace(",", ".").trim());
  return Number.isFinite(weight) && weight > 0 ? weight : 0;
}

function counts(item) {
  return fieldOf(item, "kind").value !== "text";
}

function isBonus(item) {
  return fieldOf(item, "bonus").checked;
}
