// Answers that are not saved yet wait on this device (autosave.js puts them there). They are wiped
// when the student leaves, and after a day. The check page and those after handing in send what still
// waits once more, which may then be late, before it is wiped.
const DAY = 86_400_000;
const waiting = () => Object.keys(localStorage).filter((key) => key.startsWith("answers/"));
const wipe = (keys) => keys.forEach((key) => localStorage.removeItem(key));
const read = (key) => JSON.parse(localStorage.getItem(key));
const here = document.querySelector("[data-outbox]");

function isOld(key) {
  try {
    return !(read(key).at > Date.now() - DAY);
  } catch {
    return true;
  }
}

async function send(key) {
  const { item, at: _at, ...sent } = read(key);
  const token = document.querySelector("[name=csrf_token]").value;
  const reply = await fetch(here.dataset.autosave + encodeURIComponent(item), {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(sent),
    redirect: "error",
  });
  if (reply.status >= 500) throw new Error(String(reply.status));
  if (!reply.ok) return;
  const { state, said } = await reply.json();
  wipe([key]);
  if (state !== "late") return;
  const words = document.querySelector("[data-late]");
  words.textContent = said;
  words.hidden = false;
}

const mine = () => waiting().filter((key) => key.startsWith(`answers/${here.dataset.outbox}/`));

async function tidy() {
  wipe(waiting().filter(isOld));
  if (here) for (const key of mine()) await send(key);
}

function isLeft() {
  try {
    return here !== null && mine().length > 0;
  } catch {
    return false; // a browser that keeps nothing on the device
  }
}

// A step to another page (leaving.js) waits for what is left here.
document.addEventListener("leaving", ({ detail }) => {
  if (!isLeft()) return;
  const sent = tidy().then(
    () => true,
    () => false,
  );
  detail.push(sent);
});

document.querySelector("form[data-leave]")?.addEventListener("submit", (event) => {
  const sure = "Some answers are not saved yet. They will be lost when you leave. Leave?";
  try {
    if (waiting().length > 0 && !confirm(sure)) event.preventDefault();
    else wipe(waiting());
  } catch {
    // A browser that keeps nothing on the device has nothing to wipe.
  }
});
tidy().catch(() => {}); // no connection, or no storage: the next page tries again
