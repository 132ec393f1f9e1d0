/* Moves through the items of a card and answers them by key. The hot key of an answer stands in its data-key.

     const items = walkItems(sheet, { changed });
     items.current   items.move(±1)   items.answer("y")   items.comment()   items.go(key)   items.skipSection()   items.article() */

import { walkRows } from "./rows.js";

export function walkItems(sheet, { changed }) {
  const all = [...sheet.querySelectorAll(".item")];
  const [summary, outcome] = ["summary", "outcome"].map((kind) => all.find((item) => item.dataset.kind === kind));
  const skipped = new WeakMap();
  const rows = walkRows(sheet, { find: () => all, arrive: reveal });
  const { choose, go, move } = rows;
  const explain = (item) => {
    const reasons = item.querySelector("[data-part=reasons]");
    const open = reasons && !reasons.querySelector(":checked");
    focusOn(open ? reasons : item.querySelector("[data-part=why] textarea"));
  };
  const comment = () => {
    const why = rows.current.querySelector("[data-part=why]");
    if (why) why.hidden = false;
    const field = (why ?? rows.current).querySelector("textarea");
    if (field) focusOn(field);
  };
  const take = (radio) => {
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const answer = (key) => {
    const reasons = document.activeElement?.closest("[data-part=reasons]");
    if (reasons && /^[1-9]$/.test(key)) {
      const reason = reasons.querySelectorAll("input")[Number(key) - 1];
      if (!reason) return;
      take(reason);
      comment();
      return;
    }
    const radio = [...rows.current.querySelectorAll("input[data-key]")].find((each) => each.dataset.key === key);
    if (!radio) return;
    take(radio);
    if ("bad" in radio.dataset) explain(rows.current);
    else if (rows.current.dataset.kind === "outcome") go(summary);
    else move(1);
  };

  // What is open in the section becomes N/A, and the next section's turn comes; pressed there again, it is taken back.
  const skipSection = () => {
    const section = rows.current.closest(".sheet-section");
    if (!section) return;
    const within = [...section.querySelectorAll(".item")];
    const open = within.filter((item) => !isAnswered(item)).map(notApplicable).filter(Boolean);
    if (open.length) {
      open.forEach(take);
      skipped.set(section, open);
      go(all[all.indexOf(within.at(-1)) + 1]);
    } else {
      const taken = (skipped.get(section) ?? []).filter((radio) => radio.checked);
      for (const radio of taken) radio.checked = false;
      if (taken.length) {
        changed();
        go(taken[0].closest(".item"));
      }
    }
  };

  // The focus stays off the radio buttons, so that Space goes on meaning play and pause.
  sheet.addEventListener("mousedown", (event) => {
    if (event.target.closest(".choice")) event.preventDefault();
  });
  sheet.addEventListener("click", (event) => {
    if (!event.target.closest("[data-skip]")) return;
    choose(event.target.closest(".sheet-section").querySelector(".item"));
    skipSection();
  });
  sheet.addEventListener("change", (event) => {
    const item = event.target.closest(".item");
    if (event.target.type !== "radio") return;
    settle(item);
    if (event.target.matches("[data-bad]") && !document.activeElement?.closest("textarea")) item.querySelector("[data-part=why]").hidden = false;
    changed();
  });
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const field = event.target.closest("textarea, input[type=text]");
    if (!field || field.name === "summary") return;
    event.preventDefault();
    if (field.closest(".mark")) go(field.closest(".item"));
    else move(1);
  });

  return {
    get current() { return rows.current; },
    answer, comment, move, skipSection,
    go: (key) => go(all.find((item) => item.dataset.item === key)),
    explain: (key) => {
      const item = all.find((each) => each.dataset.item === key);
      go(item);
      if (item.querySelector("[data-bad]:checked")) explain(item);
    },
    outcome: () => go(outcome),
    article: () => rows.current.querySelector("[data-article]")?.click(),
    enter: () => (rows.current.dataset.kind === "summary" || rows.current.querySelector("[data-bad]:checked") ? comment() : move(1)),
    begin() {
      const first = all.find((item) => !isAnswered(item)) ?? summary;
      choose(first);
      first.focus({ preventScroll: true });
      if (first !== all[0]) first.scrollIntoView({ block: "start" });
    },
    settleAll: () => all.forEach(settle),
  };
}

/* A comment is asked for after a bad answer and kept wherever there is one; a reason belongs to bad answers alone. */
function settle(item) {
  const why = item.querySelector("[data-part=why]");
  if (!why) return;
  const bad = item.querySelector("[data-bad]:checked") !== null;
  if (!bad) for (const reason of why.querySelectorAll("input:checked")) reason.checked = false;
  why.hidden = !bad && why.querySelector("textarea").value === "";
  const reasons = why.querySelector("[data-part=reasons]");
  if (reasons) reasons.hidden = !bad;
}

function notApplicable(item) {
  return item.querySelector('input[data-key][value="na"]');
}

function isAnswered(item) {
  if (item.dataset.kind === "text") return item.querySelector("textarea").value !== "";
  return ["summary", "outcome"].includes(item.dataset.kind) || item.querySelector("input[data-key]:checked") !== null;
}

/* The item stays where it is; only a field below the edge of the window is brought in. */
function focusOn(field) {
  field.focus({ preventScroll: true });
  field.scrollIntoView({ block: "nearest" });
}

function reveal(item) {
  const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  item.scrollIntoView({ block: "start", behavior: smooth ? "smooth" : "auto" });
}
