/* Records by the microphone and sends what was recorded, or a file. Markup: exams/_recorder.html.
   What could not be sent stays in this window: it can be sent again or saved. While anything is unsent, data-busy is set. */

import { bindKeys } from "./keys.js";
import { clockTime } from "./player.js";

// The first that the browser writes, and what such a file is called.
const TYPES = { "audio/webm;codecs=opus": "webm", "audio/mp4": "m4a", "audio/ogg;codecs=opus": "ogg" };
const BITS_PER_SECOND = 32000;
// Both people speak into one microphone: what filters "the other one" would take the further of them away.
const MICROPHONE = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true };

export function start(box) {
  const part = (name) => box.querySelector(`[data-recorder="${name}"]`);
  const type = window.MediaRecorder && Object.keys(TYPES).find((each) => MediaRecorder.isTypeSupported(each));
  let recorder = null;
  let unsent = null; // the file that is on its way, or could not be sent
  let sending = false;

  const say = (text, tone = "") => {
    part("state").textContent = text;
    part("state").dataset.tone = tone;
  };
  const settle = () => {
    const recording = recorder !== null;
    part("start").hidden = recording || !type || !navigator.mediaDevices;
    part("stop").hidden = !recording;
    part("upload").hidden = recording;
    part("elapsed").hidden = !recording;
    for (const name of ["start", "file"]) part(name).disabled = unsent !== null;
    part("upload").toggleAttribute("data-disabled", unsent !== null);
    part("progress").hidden = !sending;
    part("failed").hidden = sending || unsent === null;
    box.toggleAttribute("data-recording", recording);
    box.toggleAttribute("data-busy", recording || unsent !== null);
  };

  const record = async () => {
    let sound;
    try {
      sound = await navigator.mediaDevices.getUserMedia({ audio: MICROPHONE });
    } catch (error) {
      say(error.name === "NotAllowedError" ? box.dataset.textDenied : box.dataset.textNoMicrophone, "bad");
      return;
    }
    const pieces = [];
    const begun = Date.now();
    const show = () => { part("elapsed").textContent = clockTime((Date.now() - begun) / 1000); };
    const ticking = setInterval(show, 500);
    recorder = new MediaRecorder(sound, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
    recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    // Also when the microphone is pulled out.
    recorder.addEventListener("stop", () => {
      clearInterval(ticking);
      for (const track of sound.getTracks()) track.stop();
      recorder = null;
      send(new File(pieces, `${box.dataset.name}-${begun}.${TYPES[type]}`, { type }));
    });
    recorder.start(1000);
    show();
    say(box.dataset.textRecording, "bad");
    settle();
  };
  const stop = () => recorder?.stop();

  function send(file) {
    [unsent, sending] = [file, true];
    part("progress").value = 0;
    say(box.dataset.textSending);
    settle();
    const data = new FormData();
    data.append("csrf_token", box.dataset.csrf);
    data.append("recording", file);
    const request = new XMLHttpRequest();
    request.open("POST", box.dataset.url);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", ({ loaded, total }) => { part("progress").value = loaded / total; });
    request.upload.addEventListener("load", () => say(box.dataset.textWorking));
    request.addEventListener("load", () => (request.status === 200 && request.response?.html ? sent(request.response.html) : failed(request.response?.error)));
    request.addEventListener("error", () => failed());
    request.send(data);
  }

  function sent(html) {
    part("recorded").innerHTML = html;
    drop();
  }

  function failed(reason) {
    sending = false;
    part("why").textContent = reason ?? box.dataset.textLost;
    URL.revokeObjectURL(part("keep").href);
    part("keep").href = URL.createObjectURL(unsent);
    part("keep").download = unsent.name;
    say("");
    settle();
  }

  function drop() {
    [unsent, sending] = [null, false];
    say("");
    settle();
  }

  part("start").addEventListener("click", record);
  part("stop").addEventListener("click", stop);
  part("retry").addEventListener("click", () => send(unsent));
  part("drop").addEventListener("click", drop);
  part("file").addEventListener("change", ({ target }) => {
    if (target.files.length) send(target.files[0]);
    target.value = "";
  });
  addEventListener("beforeunload", (event) => { if ("busy" in box.dataset) event.preventDefault(); });
  bindKeys({ r: () => (recorder ? stop() : !part("start").hidden && !part("start").disabled && record()) });
  if (!type || !navigator.mediaDevices) say(box.dataset.textUnsupported);
  settle();
}
