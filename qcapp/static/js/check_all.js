/* A check box that sets all others of its form with the name data-name, and shows when only some of them are set. */

export function start(box) {
  const others = () => [...box.form.querySelectorAll(`input[type=checkbox][name="${CSS.escape(box.dataset.name)}"]`)];
  const settle = () => {
    const set = others().filter((other) => other.checked).length;
    box.checked = set > 0 && set === others().length;
    box.indeterminate = set > 0 && set < others().length;
  };
  box.addEventListener("change", () => {
    for (const other of others()) other.checked = box.checked;
  });
  box.form.addEventListener("change", (event) => {
    if (event.target !== box) settle();
  });
  settle();
}
