// The editor: checks while one types, leads from a message to its line, and warns before leaving
// with changes. Without this script the buttons Check and Save do the same by loading the page.
const form = document.getElementById("editor");
const text = document.getElementById("text");
const verdict = form.querySelector("[data-verdict]");
const list = form.querySelector("[data-problems]");
const cursor = form.querySelector("[data-cursor]");
const words = form.querySelector("[data-unsaved-words]");
const LINE_END = /[\n\u0085\u2028\u2029]/g; // as the reader of YAML counts lines
const PAUSE = 600;
let unsaved = "unsaved" in form.dataset;
let timer = 0;
let running = null;

function make(tag, name, content = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = content;
  return made;
}

// Words in `back quotes` stand in the file as they are.
function quoted(parent, message) {
  const begun = message.slice(0, 1).toUpperCase() + message.slice(1);
  begun.split("`").forEach((part, n) => parent.append(n % 2 ? make("code", "", part) : part));
  return parent;
}

function entry(problem) {
  const item = make("li", problem.severity === "warning" ? "advice" : "");
  const place = make("a", "place", `Line ${problem.line}, column ${problem.column}`);
  place.href = "#text";
  place.dataset.line = problem.line;
  place.dataset.column = problem.column;
  const said = make("p");
  said.append(place);
  if (problem.severity === "warning") said.append(" ", make("span", "quiet", "advice"));
  said.append(make("br"));
  item.append(quoted(said, problem.message));
  if (problem.source) {
    const line = make("code");
    const [before, at, after] = problem.source;
    line.append(before, make("mark", "", at), after);
    const box = make("pre", "source");
    box.append(line);
    item.append(box);
  }
  if (problem.fix) item.append(quoted(make("p", "fix", "→ "), problem.fix));
  return item;
}

function say(sentence, tone) {
  if (verdict.textContent !== sentence) verdict.textContent = sentence;
  verdict.className = `verdict-line ${tone}`;
}

function show(answer) {
  const errors = answer.problems.filter((problem) => problem.severity === "error").length;
  if (answer.good) say("No errors. It can be saved.", "right");
  else say(`${errors} ${errors === 1 ? "error: mend it" : "errors: mend them"}, then save.`, "wrong");
  const problems = make("ol", "problems");
  problems.append(...answer.problems.map(entry));
  list.replaceChildren(...(answer.problems.length ? [problems] : []));
  text.setAttribute("aria-invalid", String(!answer.good));
}

async function check() {
  running?.abort();
  running = new AbortController();
  const body = new FormData();
  const name = document.getElementById("name")?.value;
  body.set("text", text.value);
  body.set("name", name ?? form.getAttribute("action").split("/").at(-2));
  const headers = { "X-CSRFToken": form.elements.csrf_token.value };
  try {
    const { signal } = running;
    const answer = await fetch(form.dataset.check, { method: "POST", body, headers, signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    show(await answer.json());
  } catch (error) {
    if (error.name !== "AbortError") say("The check cannot be reached. Your text is still here.", "wrong");
  }
}

// Columns count characters as people do; a position in a text of JavaScript counts halves of some.
function startOf(line, column) {
  let start = 0;
  for (let n = 1; n < line; n += 1) {
    LINE_END.lastIndex = start;
    if (!LINE_END.test(text.value)) break;
    start = LINE_END.lastIndex;
  }
  LINE_END.lastIndex = 0;
  const [rest] = text.value.slice(start).split(LINE_END, 1);
  return start + [...rest].slice(0, column - 1).join("").length;
}

function jump(line, column) {
  const start = startOf(line, column);
  text.focus({ preventScroll: true });
  text.setSelectionRange(start, start + 1);
  const height = Number.parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = (line - 3) * height;
  text.scrollIntoView({ block: "nearest" });
  tell();
}

function tell() {
  const lines = text.value.slice(0, text.selectionStart).split(LINE_END);
  cursor.textContent = `Line ${lines.length}, column ${[...lines.at(-1)].length + 1}`;
}

function mark() {
  words.hidden = !unsaved;
}

form.addEventListener("input", (event) => {
  unsaved = true;
  mark();
  if (event.target !== text) return;
  verdict.classList.add("old");
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
});
form.addEventListener("click", (event) => {
  const place = event.target.closest("[data-line]");
  if (!place) return;
  event.preventDefault();
  jump(Number(place.dataset.line), Number(place.dataset.column));
});
form.addEventListener("submit", () => {
  unsaved = false;
});
document.addEventListener("selectionchange", () => {
  if (document.activeElement === text) tell();
});
addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
addEventListener("pageshow", mark);
