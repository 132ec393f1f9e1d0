/* On a live fragment: reloads the page once when the fragment that replaces this one says data-reload. */

export function start(fragment) {
  fragment.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.responseText.includes('data-reload="true"')) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });
}
