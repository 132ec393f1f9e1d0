/* Keys of sections, items, answers and reasons. A key says the title in Latin letters and follows it while the thing is
   new; what earlier versions have keeps its key, because by it reports know the same thing again.

     const keys = keepKeys(desk, card);
     keys.give(node)      a key for a node that has none, and whether it follows its title
     keys.follow(node)    after the title was changed: {old, key} if the key has changed */

import { entries, fieldOf } from "./checklist_document.js";

const LONGEST = 48;
const FALLBACK = { sections: "section", items: "item", options: "option", reasons: "reason" };

export function keepKeys(desk, card) {
  const letters = JSON.parse(desk.dataset.letters);
  const known = JSON.parse(desk.dataset.known);

  const stem = (node) => {
    const latin = [...titleOf(node).toLowerCase()].map((letter) => letters[letter] ?? letter).join("");
    const otherwise = FALLBACK[node.parentElement.dataset.list];
    const text = latin.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, LONGEST).replace(/_+$/, "") || otherwise;
    return /^[a-z]/.test(text) ? text : `${otherwise}_${text}`;
  };
  const taken = (node) => {
    const name = node.parentElement.dataset.list;
    const others = name === "items" ? [...card.querySelectorAll('[data-list="items"] > [data-node]')] : entries(node.parentElement);
    return new Set([...others.filter((other) => other !== node).map((other) => fieldOf(other, "key").value), ...(known[name] ?? [])]);
  };
  const made = (node) => {
    const base = stem(node);
    const used = taken(node);
    let key = base;
    for (let number = 2; used.has(key); number += 1) key = `${base}_${number}`;
    return key;
  };

  return {
    give(node) {
      const field = fieldOf(node, "key");
      if (!field) return;
      if (!field.value) field.value = made(node);
      const fixed = known[node.parentElement.dataset.list]?.includes(field.value);
      node.dataset.follows = String(!fixed && field.value.replace(/_\d+$/, "") === stem(node).replace(/_\d+$/, ""));
    },
    follow(node) {
      if (node.dataset.follows !== "true") return null;
      const field = fieldOf(node, "key");
      const old = field.value;
      field.value = made(node);
      return { old, key: field.value };
    },
  };
}

export function titleOf(node) {
  return ["ru", "en"].map((language) => fieldOf(node, `title.${language}`)?.value.trim()).find(Boolean) ?? "";
}
