/* Hot keys. `bindKeys({ "Space": play, "j": down, "Ctrl+Enter": publish })` returns a function that unbinds them.

   Names follow the place of the key on the keyboard, so they work with a Russian layout too: letters and digits in lower
   case, "[", "]", "/", "?", "Space", "Enter", "Escape", "ArrowLeft" …, with "Ctrl+", "Alt+", "Shift+" before them
   ("Ctrl+" is also Cmd; Shift is only named with keys that are not characters).
   Nothing fires while somebody types in a field, while a dialog is open, or for Space and Enter on a focused button;
   a binding under "typing:…" fires only in fields ("typing:Ctrl+Enter"). */

const CHARACTERS = { BracketLeft: "[", BracketRight: "]", Slash: "/", Minus: "-", Equal: "=", Comma: ",", Period: "." };

export function keyName(event) {
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) return "?";
  let key = event.key;
  if (/^Key[A-Z]$/.test(event.code)) key = event.code.slice(3).toLowerCase();
  else if (/^(Digit|Numpad)\d$/.test(event.code)) key = event.code.slice(-1);
  else if (event.code === "Space") key = "Space";
  else if (CHARACTERS[event.code]) key = CHARACTERS[event.code];
  const shift = event.shiftKey && key.length > 1 ? "Shift+" : "";
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + shift + key;
}

export function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]") !== null;
}

export function bindKeys(bindings) {
  const listener = (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const name = keyName(event);
    const typing = isTyping(event.target);
    const action = bindings[typing ? `typing:${name}` : name];
    if (!action) return;
    const onControl = event.target instanceof Element && event.target.closest("button, a[href], summary, input");
    if (!typing && onControl && (name === "Space" || name === "Enter")) return;
    event.preventDefault();
    action(event);
  };
  document.addEventListener("keydown", listener);
  return () => document.removeEventListener("keydown", listener);
}
