// A step to another page waits until the answers that are not saved yet have been sent. When that
// cannot be, the page stays: the browser's own error page would be the end of the work here. The box
// for troubles is written here, for autosave.js too, which asks for it with the event "trouble".
const box = document.querySelector("[data-trouble]");
const again = box.querySelector("[data-again]");
const links = document.querySelectorAll("[data-to-trouble]"); // from wherever the page is scrolled to
const STAYS = "The server cannot be reached, so this page stays open, with your answers in it.";
let released = false;
let step = null;
let latest = null; // of two presses, the later one is meant

function say({ text, file = false, retry = null }) {
  step = retry;
  box.querySelector("[data-words]").textContent = text;
  const download = box.querySelector("[data-download]");
  if (download) download.hidden = !file;
  again.hidden = retry === null;
  box.hidden = text === "";
  for (const link of links) link.hidden = !file;
  if (retry) box.scrollIntoView({ block: "nearest" }); // the answer to what was pressed
}

// Whoever has something to send adds a promise that tells whether all of it was sent. Returns null
// when nobody has.
function ask() {
  const leaving = new CustomEvent("leaving", { detail: [] });
  document.dispatchEvent(leaving);
  if (leaving.detail.length === 0 && navigator.onLine) return null;
  return Promise.all(leaving.detail).then((sent) => navigator.onLine && sent.every(Boolean));
}

async function walk(sent, go) {
  latest = go;
  const well = await sent;
  if (latest !== go) return;
  if (!well) say({ text: STAYS, file: true, retry: go });
  else if (!released) go();
}

function hold(event, go) {
  const sent = released ? null : ask();
  if (sent === null) return;
  event.preventDefault();
  walk(sent, go);
}

document.addEventListener("trouble", (event) => say(event.detail));
again.addEventListener("click", () => walk(ask() ?? true, step));
document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (event.defaultPrevented || target.matches("[data-leave]")) return;
  hold(event, () => {
    released = true;
    target.requestSubmit(submitter);
  });
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !plain || event.defaultPrevented || link.getAttribute("href").startsWith("#")) return;
  hold(event, () => location.assign(link.href));
});
addEventListener("pageshow", () => {
  released = false;
});
