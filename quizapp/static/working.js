// Who is where, refreshed while the page is in view. Texts change in place; the focus never moves.
const PAUSE = 10_000;
const PATIENCE = 3;
const table = document.querySelector("[data-live]");
const said = document.querySelector("[data-said]");
const refreshed = document.querySelector("[data-refreshed]");
const words = { "not started": "Not started", working: "Working", "handed in": "Handed in" };
let etag = "";
let failures = 0;
let timer;
let last = refreshed.textContent.replace("As of ", "");

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function makeRow(seat) {
  const row = document.getElementById("seat").content.firstElementChild.cloneNode(true);
  row.dataset.student = seat.id;
  row.dataset.state = seat.state;
  row.querySelector("a").href = table.dataset.address.replace("STUDENT", seat.id);
  return row;
}

// Returns true when this student has handed in since the last look.
function fill(row, seat) {
  const finished = row.dataset.state !== "handed in" && seat.state === "handed in";
  row.dataset.state = seat.state;
  put(row.querySelector("[data-name]"), seat.name);
  put(row.querySelector("[data-says]"), words[seat.state]);
  put(row.querySelector("[data-answered]"), seat.asked ? `${seat.answered} of ${seat.asked}` : "–");
  put(row.querySelector("[data-when]"), seat.when || "–");
  const left = row.querySelector("[data-left]");
  if (left) put(left, seat.left || "–");
  const bar = row.querySelector("progress");
  bar.max = seat.asked || 1;
  bar.value = seat.answered;
  return finished;
}

// What the button for everybody gives: to each the minutes that hold afterwards.
function aim(seats) {
  const form = document.querySelector("[data-more]");
  if (!form) return;
  for (const input of form.querySelectorAll("[name=target]")) input.remove();
  for (const { id, target } of seats) {
    if (target === null) continue;
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "target", value: `${id}:${target}` });
    form.append(input);
  }
}

function show(state) {
  aim(state.seats);
  for (const [name, count] of Object.entries(state.totals)) {
    put(document.querySelector(`[data-total="${name}"]`), String(count));
  }
  const body = table.tBodies[0];
  const rows = new Map([...body.rows].map((row) => [row.dataset.student, row]));
  const finished = [];
  let before = null;
  for (const seat of state.seats) {
    const row = rows.get(seat.id) ?? makeRow(seat);
    const place = before ? before.nextElementSibling : body.firstElementChild;
    // Moving a row would take the focus out of it; the others move around it.
    if (row !== place && !row.contains(document.activeElement)) {
      if (before) before.after(row);
      else body.prepend(row);
    }
    if (fill(row, seat)) finished.push(seat.name);
    rows.delete(seat.id);
    before = row;
  }
  for (const row of rows.values()) if (!row.contains(document.activeElement)) row.remove();
  if (finished.length === 1) put(said, `${finished[0]} has handed in.`);
  if (finished.length > 1) put(said, `${finished.length} students have handed in.`);
}

async function refresh() {
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(table.dataset.live, { headers, cache: "no-store", redirect: "error" });
  if (answer.status !== 304) {
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
    etag = answer.headers.get("ETag") ?? "";
  }
  last = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  put(refreshed, `As of ${last}, refreshed by itself`);
}

async function tick() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    await refresh();
    failures = 0;
  } catch {
    failures += 1;
  }
  if (failures < PATIENCE) timer = setTimeout(tick, PAUSE);
  else put(refreshed, `Not refreshed since ${last}. Press Refresh to try again.`);
}

if (table) {
  timer = setTimeout(tick, PAUSE);
  document.addEventListener("visibilitychange", () => {
    if (failures < PATIENCE) tick();
  });
}
