// The time that is left, from the seconds that the server sent and those that have passed since, which
// the clock of the computer cannot move. Hidden until asked for; said at 10 and 2 minutes either way.
// Where there is no end, the page asks now and then, for one may be set: then that is said.
// What counts is decided by the server: at the end the page sends what it has, and asks.
const MARKS = [600, 120];
const SETTLED = 16; // seconds after the end, by which the server hands in
const box = document.querySelector("[data-time]");
const toggle = box.querySelector("[data-time-show]");
const shown = box.querySelector("[data-time-left]");
const said = box.querySelector("[data-time-said]");
const UP = "Time is up. Your answers are being handed in.";
const MORE = "You have been given more time.";
const STAYS_SAID = 15;
const ASKS = 150; // seconds at most between two looks
let left = Number(box.dataset.left || Infinity); // when the page began to load, which is zero on this scale
let since = 0;
let before = left + 5; // what passed while the page was on its way is still said
let over = false;
let quietAt = 0;
let askAt = Infinity;
let asking = new AbortController();

const passed = () => performance.now() / 1_000;
const remaining = () => left - (passed() - since);
const put = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

function inWords(seconds) {
  const minutes = Math.ceil(seconds / 60);
  if (minutes <= 0) return "no time";
  if (seconds < 60) return "less than 1 minute";
  if (minutes < 60) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function announce(text) {
  put(said, text);
  said.classList.toggle("hidden", !shown.hidden && text.endsWith(" left")); // seen beside it
  quietAt = passed() + STAYS_SAID;
}

function flush() {
  const leaving = new CustomEvent("leaving", { detail: [] });
  document.dispatchEvent(leaving);
  return Promise.all(leaving.detail);
}

// A request without an answer is given up when the next look is due.
async function ask() {
  plan();
  asking.abort();
  asking = new AbortController();
  try {
    const reply = await fetch(box.dataset.time, { redirect: "error", signal: asking.signal });
    if (!reply.ok) return;
    const { left: now, handed_in: isHandedIn } = await reply.json();
    if (isHandedIn) {
      await flush();
      location.assign(box.dataset.receipt);
    } else set(now);
    plan();
  } catch {
    // No answer, or none that can be read: the next look is planned.
  }
}

// Nobody asks at the same moment as the rest of the class, and nobody often.
function plan() {
  const now = remaining();
  if (over) askAt = passed() + Math.max(now + SETTLED, 3) + 2 * Math.random();
  else askAt = passed() + Math.min(Math.max(now - MARKS[0] - 60, 50), ASKS) + 20 * Math.random();
}

function set(seconds) {
  box.hidden = seconds === null; // no limit any more
  if (seconds > remaining() + 30) {
    before = seconds;
    if (!over) announce(MORE);
  }
  if (seconds !== null && seconds > 0 && seconds < remaining() - 30) {
    before = seconds;
    setTimeout(announce, 200, `Your time ends in ${inWords(seconds)}.`); // what was hidden is not heard
  }
  [left, since] = [seconds ?? Infinity, passed()];
  tick();
}

async function end() {
  over = true;
  announce("Time is up");
  document.dispatchEvent(new CustomEvent("trouble", { detail: { text: UP } }));
  await flush();
  plan();
}

function goOn() {
  over = false;
  announce(MORE);
  document.dispatchEvent(new CustomEvent("trouble", { detail: { text: "" } }));
  plan();
}

function tick() {
  const now = remaining();
  put(shown, now === Infinity ? "" : `${inWords(now)} left`);
  if (now <= 0 && !over) end();
  if (now > 0 && over) goOn();
  if (now > 0 && MARKS.some((mark) => before > mark && now <= mark)) announce(`${inWords(now)} left`);
  before = now;
  if (!over && passed() > quietAt) put(said, "");
  if (passed() > askAt) ask();
}

function show(open) {
  toggle.ariaExpanded = String(open);
  shown.hidden = !open;
}

toggle.addEventListener("click", () => {
  show(shown.hidden);
  try {
    localStorage.setItem("time", shown.hidden ? "hidden" : "shown");
  } catch {
    // A browser that keeps nothing on the device: hidden again on the next page.
  }
});
try {
  show(localStorage.getItem("time") === "shown");
} catch {
  show(false);
}
document.addEventListener("left", (event) => set(event.detail));
document.addEventListener("visibilitychange", () => document.hidden || ask()); // clocks stop in sleep
box.querySelector("[data-time-until]").hidden = true;
toggle.hidden = false;
plan();
tick();
setInterval(tick, 1_000);
