/* A button that opens the <dialog> named in data-dialog. */

export function start(button) {
  button.addEventListener("click", () => {
    const dialog = document.getElementById(button.dataset.dialog);
    if (!dialog.open) dialog.showModal();
  });
}
