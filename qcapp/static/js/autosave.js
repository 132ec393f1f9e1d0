/* Keeps a draft safe: saves it soon after every change, keeps an unsaved copy in this browser, tries again, never
   overwrites what another window saved.

     const keeper = keepDraft({ desk, collect, show, saved, conflict });
     keeper.changed(delay)    something was answered or typed; the save follows `delay` ms after the last change
     keeper.publish(moment)   saves and publishes, at once or at a local "2026-11-22T18:00"; resolves to the first item that is missing, or leaves the page;
                              the server may ask back ("ask"), and is asked again with "?sure" after a yes
     keeper.leftover()        the draft an earlier window could not save, {draft, clash}, or null
     keeper.settle("mine" | "theirs")   after a conflict

   Forms that remove the draft say what they have seen of it, in fields with data-seen.

   collect() gives the whole draft; show(state, sentence) tells whoever writes it; saved(answer) gets the server's answer;
   conflict() asks. The page that lets a draft be published names the addresses in the desk's data attributes. */

import { leave, mayLeave } from "./unsaved.js";

const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 30000;

export function keepDraft({ desk, collect, show, saved, conflict }) {
  const prefix = `qcapp.review.${desk.dataset.draft}.`;
  const self = crypto.randomUUID();
  let revision = Number(desk.dataset.revision);
  let turn = 0;
  let changes = 0; // how often something changed
  let stored = 0; // how many of these changes the server has
  let running = null;
  let timer = 0;
  let retryMs = FIRST_RETRY_MS;
  let clash = null; // the other window's revision, while nobody has decided

  const tellForms = () => {
    const seen = { revision, window: self };
    for (const field of document.querySelectorAll("input[data-seen]")) field.value = seen[field.dataset.seen];
  };
  const send = (url, { keepalive = false, more = {} } = {}) => {
    turn += 1;
    const body = JSON.stringify({ ...collect(), ...more, revision, window: self, turn });
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": desk.dataset.csrf };
    return fetch(url, { method: "POST", body, headers, keepalive });
  };
  const keepCopy = () => write(prefix + self, { draft: collect(), revision, window: self, turn: turn + 1, at: Date.now() });
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  };
  const tryAgain = () => {
    show("offline");
    later(retryMs);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  };

  const understand = async (response, sent) => {
    if (response.status >= 500) return tryAgain();
    if (response.redirected || !response.headers.get("Content-Type")?.includes("json")) return show("signed-out");
    const answer = await response.json();
    if (response.status === 409 && answer.revision !== undefined) {
      clash = answer.revision;
      show("refused", answer.error);
      return conflict();
    }
    if (answer.revision === undefined && !answer.url) return show("refused", answer.error);
    retryMs = FIRST_RETRY_MS;
    stored = sent;
    revision = answer.revision ?? revision;
    tellForms();
    if (changes === stored) remove([prefix + self]);
    else later(0);
    if (answer.revision !== undefined) {
      show("saved", answer.saved);
      saved(answer);
    }
    return answer;
  };
  const exchange = async (url, more) => {
    const sent = changes;
    let response;
    try {
      response = await send(url, { more });
    } catch {
      return tryAgain(); // fetch only fails without an answer: no connection
    }
    return understand(response, sent);
  };
  const inTurn = async (url, more) => {
    while (running) await running;
    clearTimeout(timer);
    running = exchange(url, more).finally(() => { running = null; });
    return running;
  };
  async function save() {
    if (clash !== null || running || changes === stored) return;
    show("saving");
    await inTurn(desk.dataset.save);
  }

  tellForms();
  addEventListener("online", () => later(0));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && changes > stored) later(0);
  });
  addEventListener("pagehide", () => {
    if (changes === stored || clash !== null) return;
    keepCopy();
    send(desk.dataset.save, { keepalive: true }).catch(() => { /* the copy in this browser is restored by the next visit */ });
  });

  return {
    changed(delay) {
      changes += 1;
      keepCopy();
      if (clash !== null) return;
      if (!running) show("typing");
      later(delay);
    },
    async publish(moment) {
      if (clash !== null) return conflict();
      if (!mayLeave(desk.dataset.textUnsaved)) return;
      changes += 1;
      let answer = await (moment ? inTurn(desk.dataset.schedule, { publish_at: moment }) : inTurn(desk.dataset.publish));
      if (answer?.ask && confirm(answer.ask)) answer = await inTurn(`${desk.dataset.publish}?sure`);
      if (answer?.url) leave(answer.url);
      return answer?.first;
    },
    leftover() {
      const copies = Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => ({ key, ...read(key) }));
      const lost = copies.filter((copy) => copy.window !== desk.dataset.window || copy.turn > Number(desk.dataset.turn));
      remove(copies.map((copy) => copy.key));
      const copy = lost.sort((a, b) => b.at - a.at)[0];
      if (!copy) return null;
      const clean = copy.revision === revision || copy.window === desk.dataset.window;
      if (!clean) clash = revision;
      return { draft: copy.draft, clash: !clean };
    },
    settle(whose) {
      if (whose === "theirs") {
        changes = stored;
        remove([prefix + self]);
        location.reload();
        return;
      }
      revision = clash;
      clash = null;
      changes += 1;
      later(0);
    },
  };
}

function write(key, value) {
  try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* a full or closed store: the server has all but the last words */ }
}

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return {}; }
}

function remove(keys) {
  for (const key of keys) localStorage.removeItem(key);
}
