/* Moments of calls pinned to blocks of a script: buttons with data-audio (address), data-start and data-end (seconds).
   One sound at a time; the same button stops it. */

export function start(root) {
  const audio = new Audio();
  let playing = null;
  let until = null;
  const mark = (button, on) => button?.setAttribute("aria-pressed", String(on));
  const stop = () => {
    audio.pause();
    mark(playing, false);
    playing = null;
  };
  const play = (button) => {
    stop();
    const { audio: address, start: from, end } = button.dataset;
    until = end ? Number(end) : null;
    playing = button;
    mark(button, true);
    if (audio.getAttribute("src") !== address) audio.src = address;
    audio.currentTime = Number(from);
    audio.play().catch(stop);
  };
  audio.addEventListener("timeupdate", () => {
    if (until !== null && audio.currentTime >= until) stop();
  });
  audio.addEventListener("ended", stop);
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-audio]");
    if (!button) return;
    if (button === playing) stop();
    else play(button);
  });
}
