/* What is wrong with the draft, as the server told it: in a list that leads there, and beside each field it concerns.
   A field somebody is typing in is left in peace until it is left.

     const problems = keepProblems(card, list)
     problems.show(found)   found: [{path, where, text}]
     problems.go(number)    to the place of a problem, unfolding what hides it */

import { find } from "./checklist_document.js";

export function keepProblems(card, box, { unfold }) {
  let found = [];
  const summary = box.querySelector("summary");
  const list = box.querySelector("ul");

  const mark = () => {
    for (const told of card.querySelectorAll("[data-part=problem]")) told.remove();
    for (const field of card.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
    for (const node of card.querySelectorAll(".has-problem")) node.classList.remove("has-problem");
    found.forEach(({ path, text }, number) => {
      const place = find(card, path);
      if (place === document.activeElement) return;
      const told = Object.assign(document.createElement("p"), { className: "error", id: `problem-${number}`, textContent: text });
      told.dataset.part = "problem";
      if (place.matches("[data-field]")) {
        place.setAttribute("aria-invalid", "true");
        place.setAttribute("aria-describedby", told.id);
      }
      const holder = place.matches("[data-node]") ? place.querySelector("[data-part=row]") ?? place : place.closest("[data-part=row], .field, .ed-line") ?? place;
      holder.after(told);
      for (let node = place.closest("[data-node]"); node && node !== card; node = node.parentElement.closest("[data-node]")) {
        node.classList.add("has-problem");
      }
    });
  };

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-problem]");
    if (button) go(Number(button.dataset.problem));
  });
  card.addEventListener("focusout", () => setTimeout(mark));

  function go(number) {
    const problem = found[number];
    if (!problem) return;
    const place = find(card, problem.path);
    unfold(place);
    const field = place.matches("input, textarea, select") ? place : place.querySelector("textarea, input:not([type=hidden]), select, button") ?? place;
    field.focus();
    field.scrollIntoView({ block: "center" });
    mark();
  }

  return {
    go,
    show(problems) {
      found = problems;
      box.hidden = found.length === 0;
      summary.textContent = summary.dataset.text.replace("{count}", found.length);
      list.replaceChildren(...found.map(({ where, text }, number) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "button-plain", textContent: where || "…" });
        button.dataset.problem = number;
        const line = document.createElement("li");
        line.append(button, ` ${text}`);
        return line;
      }));
      mark();
    },
    open() { box.open = true; },
  };
}
