/* A button that a key presses as well: data-key="n". Not while somebody types, see keys.js. */

import { bindKeys } from "./keys.js";

export function start(button) {
  bindKeys({ [button.dataset.key]: () => button.click() });
}
