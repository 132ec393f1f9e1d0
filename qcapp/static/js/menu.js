/* A <details> menu closes on Esc and when the focus or a click goes elsewhere. */

export function start(menu) {
  const close = () => { menu.open = false; };
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) close();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) close();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      close();
      menu.querySelector("summary").focus();
      event.stopPropagation();
    }
  });
}
