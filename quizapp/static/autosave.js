// Saves each answer by itself, about a second after the last change, and says so in the bar. What is
// not saved yet waits on this device until the server has acknowledged it. It is sent again when the
// connection returns and when the page is loaded again.
const PAUSE = 1_000; // after the last change
const LONGEST = 10_000; // after the first change, while somebody types on; and for a reply
const PATIENCE = 3;
const MOST_UNHEARD = 20;
const PASSING = [403, 408, 429]; // not words of ours: of a proxy, which may let it through later
const form = document.getElementById("answers");
const { base, level, csrf_token: token } = form.elements;
const { attempt, autosave: address } = form.dataset;
const made = JSON.parse(base.value);
const prefix = `answers/${attempt}/`;
const page = Math.random().toString(36).slice(2);
const states = document.querySelectorAll("[data-saved]");
const box = document.querySelector("[data-trouble]");
const lines = new Map(); // by question: its element, the entry that waits, and what holds it up
const loose = []; // what older pages left here, beside a newer answer to the same question
const words = {
  trouble:
    "Your answers cannot be saved right now. They are kept on this device, and we go on trying. " +
    "Keep this page open. If it does not help, download your answers and give the file to your teacher.",
  away:
    "This page can no longer save: it is out of date, or you have left on this device. Your answers " +
    "are kept here. Load the page again, or come back with your four words.",
  fixed:
    "A question was checked in another tab or on another device. What you entered here is kept for your " +
    "teacher, but not counted. Load the page again to see it.",
  back: "The connection is back. Everything is saved.",
};
let failures = 0;
let kept = true; // false where the browser keeps nothing on the device
let over = ""; // why nothing more can be saved: "late" or "away"
let any = false;
let timer;
let pumping = null;
let released = false;

const read = (element) => {
  const text = element.querySelector(".write");
  if (text) return text.value === "" ? [] : [text.value];
  return [...element.querySelectorAll(":checked")].map((input) => input.value);
};
const isTried = (element) => "tried" in element.dataset;
const revisionOf = (item) => made[item]?.[0] ?? 0;
const isFaulty = (line) => line.refused || line.element?.querySelector(".over"); // too many chosen
const pending = () =>
  [...loose, ...lines.values()].filter((line) => line.entry && !line.stopped && !isFaulty(line));

function put(line) {
  try {
    localStorage.setItem(line.key, JSON.stringify(line.entry));
  } catch {
    kept = false;
  }
}

function drop(line) {
  line.entry = null;
  try {
    localStorage.removeItem(line.key);
  } catch {
    kept = false;
  }
}

function lineOf(element) {
  const { item } = element.dataset;
  if (!lines.has(item)) lines.set(item, { element, key: `${prefix}${item}/${page}`, entry: null });
  return lines.get(item);
}

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const say = (text, file = false) => tell("trouble", { text, file });

function show() {
  const stuck = failures > 0 || over !== "";
  const refused = [...lines.values()].some(isFaulty);
  let text = "";
  if (over === "late") text = "Not counted: too late";
  else if (stuck && kept) text = "Not saved – kept on this device";
  else if (stuck || refused) text = "Not saved";
  else if ([...lines.values()].some((line) => line.stopped)) text = "Two answers: choose one";
  else if (pending().length > 0) text = "Saving";
  else if (any) text = "Saved";
  if (text === "") return;
  for (const state of states) {
    if (state.textContent === text) continue;
    // "Saving" and "Saved" at every pause would talk over whoever listens to the page.
    state.ariaLive = stuck || refused ? "polite" : "off";
    state.textContent = text;
    state.classList.toggle("unsaved", text !== "Saved");
  }
}

function change(element) {
  const line = lineOf(element);
  line.refused?.remove();
  line.refused = null;
  line.entry = {
    item: element.dataset.item,
    revision: line.entry?.revision ?? revisionOf(element.dataset.item),
    values: read(element),
    level: level.value,
    again: isTried(element),
    unheard: line.entry?.unheard ?? [],
    at: Date.now(),
  };
  put(line);
  line.since ??= Date.now();
  if (failures === 0) {
    clearTimeout(timer);
    timer = setTimeout(pump, Math.min(PAUSE, Math.max(0, line.since + LONGEST - Date.now())));
    if (box.querySelector("[data-words]").textContent === words.back) say("");
  }
  show();
}

async function post(entry, more = { signal: AbortSignal.timeout(LONGEST) }) {
  const { item, at: _at, ...sent } = entry;
  const reply = await fetch(address + encodeURIComponent(item), {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token.value },
    body: JSON.stringify(sent),
    redirect: "manual",
    ...more,
  });
  if (reply.status >= 500 || PASSING.includes(reply.status)) throw new Error(String(reply.status));
  if (reply.ok || reply.status === 422) return reply.json();
  return { state: "away" };
}

function noteUnheard(line, sent) {
  if (!line.entry) return;
  const told = JSON.stringify(sent.values);
  const others = line.entry.unheard.filter((values) => JSON.stringify(values) !== told);
  const [first, ...rest] = [...others, sent.values];
  // The first one is the likeliest to have arrived.
  line.entry.unheard = [first, ...rest.slice(1 - MOST_UNHEARD)];
  if (kept && localStorage.getItem(line.key) !== null) put(line); // wiped by leaving: stays so
}

const heard = {
  saved(line, sent, reply) {
    any = true;
    line.since = null;
    made[sent.item] = reply.base;
    base.value = JSON.stringify(made);
    if (line.entry === sent) drop(line);
    else Object.assign(line.entry, { revision: reply.base[0], unheard: [] });
    if (line.entry) put(line);
  },
  older(line, sent, reply) {
    if (line.entry === sent) drop(line);
    line.stopped = true;
    if (!line.element) return;
    line.element.querySelector(".conflict")?.remove();
    const notice = document.getElementById("conflict").content.firstElementChild.cloneNode(true);
    notice.querySelector("[data-theirs]").textContent = reply.theirs || "nothing";
    notice.querySelector("[data-mine]").textContent = reply.mine || "nothing";
    for (const button of notice.querySelectorAll("button")) button.value += sent.item;
    line.element.prepend(notice);
  },
  refused(line, _sent, reply) {
    line.refused = document.createElement("p");
    line.refused.className = "error";
    line.refused.role = "alert";
    line.refused.textContent = reply.said;
    (line.element ?? form).append(line.refused);
  },
  fixed(line, sent) {
    if (line.entry === sent) drop(line);
    say(words.fixed);
  },
  late(line, sent, reply) {
    if (line.entry === sent) drop(line);
    over = "late";
    say(reply.said);
  },
  away() {
    over = "away";
    say(words.away, true);
  },
};

async function run() {
  clearTimeout(timer);
  for (const line of pending()) {
    if (over === "away") break;
    const sent = line.entry;
    show();
    const answer = post(sent);
    noteUnheard(line, sent); // it may arrive, and the page be gone before it hears so
    const reply = await answer.catch(() => null);
    if (reply === null) {
      failures += 1;
      if (failures >= PATIENCE) say(words.trouble, true);
      timer = setTimeout(pump, Math.min(1_000 * 2 ** failures, 30_000));
      return show();
    }
    if (failures >= PATIENCE || (failures > 0 && !box.hidden)) say(words.back);
    failures = 0;
    if (reply.left !== undefined) tell("left", reply.left);
    heard[reply.state](line, sent, reply);
  }
  if (pending().length > 0 && over !== "away") timer = setTimeout(pump, PAUSE); // typed meanwhile
  return show();
}

function pump() {
  pumping ??= run().finally(() => {
    pumping = null;
  });
  return pumping;
}

function fill(element, values) {
  const text = element.querySelector(".write");
  if (text) text.value = values[0] ?? "";
  else for (const input of element.querySelectorAll("input")) input.checked = values.includes(input.value);
  (text ?? element).dispatchEvent(new Event("input", { bubbles: true }));
}

function restore() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  const entries = keys.map((key) => [key, JSON.parse(localStorage.getItem(key))]);
  for (const [key, entry] of entries.sort((one, other) => other[1].at - one[1].at)) {
    const element = form.querySelector(`[data-item="${CSS.escape(entry.item)}"]`);
    const open = element && !element.querySelector(":disabled") && isTried(element) === entry.again;
    if (open && !lines.has(entry.item)) {
      lines.set(entry.item, { element, key, entry });
      fill(element, entry.values);
    } else loose.push({ element: null, key, entry });
  }
}

function download() {
  const answers = [...form.querySelectorAll("[data-item]")]
    .filter((element) => !element.querySelector(":disabled"))
    .map((element) => {
      const { item } = element.dataset;
      const waits = lines.get(item)?.entry ?? { revision: revisionOf(item), level: level.value };
      const { revision, level: shown, unheard = [] } = waits;
      return { item, revision, values: read(element), level: shown, again: isTried(element), unheard };
    })
    .filter((answer) => answer.revision > 0 || answer.values.length > 0);
  const file = JSON.stringify({ format: "quizapp answers 1", attempt, answers }, null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([file], { type: "application/json" }));
  link.download = `answers-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

try {
  restore();
} catch {
  kept = false;
}
form.addEventListener("input", (event) => {
  const element = event.target.closest("[data-item]");
  if (element) change(element);
});
box.querySelector("[data-download]").addEventListener("click", download);
addEventListener("online", pump);
document.addEventListener("visibilitychange", () => document.hidden || pump());
addEventListener("pagehide", () => {
  for (const line of pending()) {
    noteUnheard(line, line.entry);
    post(line.entry, { keepalive: true }).catch(() => {});
  }
});
addEventListener("beforeunload", (event) => {
  const stuck = pending().length > 0 && (failures > 0 || !kept);
  if (!released && (stuck || form.querySelector(".error-summary"))) event.preventDefault();
});

// Before any step to another page (leaving.js); tells whether everything was sent.
async function flush() {
  do await pump();
  while (pending().length > 0 && failures === 0 && over !== "away");
  return failures === 0;
}

document.addEventListener("leaving", ({ detail }) => {
  if (pumping || pending().length > 0) detail.push(flush());
});
addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  released = true;
  const [act, item] = (event.submitter?.value ?? "").split(":");
  if ((act === "mine" || act === "keep") && lines.get(item)?.entry) drop(lines.get(item));
});
addEventListener("pageshow", () => {
  released = false;
});
if (pending().length > 0) pump();
