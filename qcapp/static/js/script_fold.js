/* The manager's script in the review workspace: one fold a section, which comes to the item one looks at. */

export function scriptOf(item) {
  return item.closest(".sheet-section")?.querySelector(".script-fold") ?? null;
}

export function toggleScript(item) {
  const fold = scriptOf(item);
  if (!fold) return;
  const here = item.contains(fold);
  item.querySelector(".item-title").after(fold);
  fold.open = !here || !fold.open;
  if (fold.open) fold.scrollIntoView({ block: "nearest" });
}
