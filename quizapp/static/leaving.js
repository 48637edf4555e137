// A step to another page waits until the answers that are not saved yet have been sent, or, where none
// wait, until the server has answered at all. When that cannot be, the page stays: the browser's own
// error page would be the end of the work here. The box for troubles is written here, for autosave.js
// too, which asks for it with the event "trouble".
const box = document.querySelector("[data-trouble]");
const again = box.querySelector("[data-again]");
const links = document.querySelectorAll("[data-to-trouble]"); // from wherever the page is scrolled to
const PATIENCE = 3_000;
const STAYS = "The server cannot be reached, so this page stays open, with your answers in it.";
const NOTHING_LOST = "The server cannot be reached, so this page stays open. Nothing that was saved is lost.";
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

// A server that is slow is there: only one that refuses, or cannot be found, is not.
async function isThere() {
  if (!navigator.onLine) return false;
  const asking = new AbortController();
  const slow = setTimeout(() => asking.abort(), PATIENCE);
  try {
    return (await fetch(box.dataset.trouble, { method: "HEAD", cache: "no-store", signal: asking.signal })).ok;
  } catch {
    return asking.signal.aborted;
  } finally {
    clearTimeout(slow);
  }
}

// Whoever has something to send adds a promise that tells whether all of it was sent. Returns why the
// page has to stay, or nothing.
async function ask() {
  const leaving = new CustomEvent("leaving", { detail: [] });
  document.dispatchEvent(leaving);
  if (leaving.detail.length === 0) return (await isThere()) ? "" : NOTHING_LOST;
  const sent = (await Promise.all(leaving.detail)).every(Boolean);
  return sent && navigator.onLine ? "" : STAYS;
}

async function walk(go) {
  latest = go;
  const text = await ask();
  if (latest !== go) return;
  if (text) say({ text, file: text === STAYS, retry: go });
  else if (!released) go();
}

function hold(event, go) {
  if (released) return;
  event.preventDefault();
  walk(go);
}

document.addEventListener("trouble", (event) => say(event.detail));
again.addEventListener("click", () => walk(step));
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
  if (!link || !plain || link.target || event.defaultPrevented || link.getAttribute("href").startsWith("#")) return;
  hold(event, () => location.assign(link.href));
});
addEventListener("pageshow", () => {
  released = false;
});
