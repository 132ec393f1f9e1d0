/* Asks before a page is left with something typed in a form that was not sent. A form that comes back refused has not
   been saved either; one that is gone from the page asks nothing.

     isUnsaved(form)      something typed in it was not sent
     mayLeave(question)   asks before something follows that leaves the page; after a no, the form has the focus
     leave(address)       goes there without being asked once more */

const changed = new Set();
const unsaved = () => [...changed].filter((form) => form.isConnected);

export const isUnsaved = (form) => changed.has(form);

export function mayLeave(question) {
  const [form] = unsaved();
  if (!form || window.confirm(question)) return true;
  form.querySelector("textarea, input:not([type=hidden])")?.focus();
  return false;
}

export function leave(address) {
  changed.clear();
  location.assign(address);
}

export function start(form) {
  if (form.querySelector("[aria-invalid=true], [role=alert]")) changed.add(form);
  form.addEventListener("input", () => changed.add(form));
  form.addEventListener("submit", () => changed.delete(form));
  form.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt === form && !detail.successful) changed.add(form);
  });
}

window.addEventListener("beforeunload", (event) => {
  if (unsaved().length) event.preventDefault();
});
