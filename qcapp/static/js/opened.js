/* On what is loaded into a <dialog>: opens the dialog it stands in. */

export function start(content) {
  const dialog = content.closest("dialog");
  if (!dialog.open) dialog.showModal();
}
