/* Sends the recordings of a form one by one and shows for each how far it is and what became of it.
   While the server cannot take anything in (503, 507) it says why and the file is sent again later.
   Without this module the form sends everything in one request. Markup: templates/imports/new.html. */

const SAMPLE = 200;
const LATER = [503, 507];
const TONES = { imported: "good", duplicate: "info", refused: "bad" };

export function start(form) {
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const files = form.elements.files;
  let sending = false;

  for (const input of form.querySelectorAll('input[type="file"]')) {
    for (const name of ["dragenter", "dragover"]) input.addEventListener(name, () => input.classList.add("over"));
    for (const name of ["dragleave", "drop"]) input.addEventListener(name, () => input.classList.remove("over"));
  }
  window.addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    lock(true);
    showErrors([]);
    try {
      const batch = await begin();
      if (batch) await sendAll(batch);
    } catch {
      showErrors([form.dataset.broken]);
    }
    sending = false;
    lock(false);
  });

  async function begin() {
    const data = new FormData(form);
    data.delete("files");
    // Some names are enough to know whether they speak of local time; a form may not have thousands of fields.
    for (const file of [...files.files].slice(0, SAMPLE)) data.append("names", file.name);
    const response = await fetch(form.dataset.begin, { method: "POST", body: data, headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (response.ok) return answer;
    showErrors(answer.errors ?? [answer.error]);
    return null;
  }

  async function sendAll(batch) {
    part("list").replaceChildren();
    const rows = [...files.files].map((file) => addRow(file));
    part("progress").hidden = false;
    let done = 0;
    const count = () => {
      part("status").textContent = part("status").dataset.text.replace("{done}", done).replace("{all}", rows.length);
      part("all").value = rows.length ? done / rows.length : 1;
    };
    count();
    for (const row of rows) {
      row.show(await send(batch.files_url, row));
      done += 1;
      count();
    }
    const finished = await fetch(batch.finish_url, { method: "POST", body: token() });
    if (!finished.ok) throw new Error("finish");
    sending = false;
    window.location.assign(finished.url);
  }

  async function send(url, row) {
    for (;;) {
      const { status, response, wait_s } = await post(url, row);
      if (status === 200 && response) return response.results[0];
      if (!LATER.includes(status)) throw new Error(String(status));
      row.waits(response?.error ?? "");
      await new Promise((resolve) => setTimeout(resolve, wait_s * 1000));
    }
  }

  function post(url, row) {
    const data = token();
    data.append("files", row.file);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", url);
      request.responseType = "json";
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => row.sent(event.loaded / event.total));
      request.addEventListener("load", () => resolve({
        status: request.status,
        response: request.response,
        wait_s: Number(request.getResponseHeader("Retry-After")) || 30,
      }));
      request.addEventListener("error", () => reject(new Error("network")));
      request.send(data);
    });
  }

  function addRow(file) {
    const item = part("row").content.firstElementChild.cloneNode(true);
    const [name, badge, bar, reason] = item.children;
    name.textContent = file.name;
    bar.setAttribute("aria-label", file.name);
    part("list").append(item);
    return {
      file,
      sent(share) {
        bar.value = share;
        badge.textContent = share < 1 ? form.dataset.sending : form.dataset.working;
        reason.textContent = "";
        item.scrollIntoView({ block: "nearest" });
      },
      waits(why) {
        bar.value = 0;
        badge.textContent = form.dataset.waiting;
        reason.textContent = why;
      },
      show(result) {
        bar.remove();
        badge.textContent = result.label;
        badge.classList.add(`badge-${TONES[result.kind] ?? "info"}`);
        reason.textContent = result.reason ?? "";
      },
    };
  }

  function token() {
    const data = new FormData();
    data.append("csrf_token", form.elements.csrf_token.value);
    return data;
  }

  function showErrors(errors) {
    const box = part("errors");
    box.hidden = errors.length === 0;
    box.replaceChildren(...errors.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
    if (errors.length) box.scrollIntoView({ block: "center" });
  }

  function lock(locked) {
    form.querySelector('button[type="submit"]').disabled = locked;
  }
}
