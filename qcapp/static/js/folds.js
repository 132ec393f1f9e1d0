/* A <details open> that starts folded on a telephone, where it would push the page's content out of sight. */

export function start(details) {
  if (window.matchMedia("(max-width: 700px)").matches) details.open = false;
}
