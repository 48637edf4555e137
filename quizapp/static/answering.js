// While answering: the live count, the jump list, and how many are chosen. autosave.js saves.
const form = document.getElementById("answers");
const items = [...form.querySelectorAll("[data-item]")];

function isAnswered(item) {
  if ("tried" in item.dataset) return true; // its first try counts, whatever the second one holds
  const text = item.querySelector(".write");
  return text ? text.value.trim() !== "" : item.querySelector(":checked") !== null;
}

function say(item) {
  const said = item.querySelector("[data-choose]");
  if (!said) return;
  const chosen = item.querySelectorAll(":checked").length;
  const over = chosen - said.dataset.choose;
  said.textContent =
    over > 0 ? `${chosen} chosen: take ${over} away` : `${chosen} of ${said.dataset.choose} chosen`;
  said.classList.toggle("over", over > 0);
  said.hidden = chosen === 0;
}

// An error that the server named goes away when it no longer holds.
function clear(item) {
  if (item.querySelector(".over")) return;
  item.classList.remove("faulty");
  item.querySelector(".error")?.remove();
  item.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
}

function show() {
  const done = items.filter(isAnswered);
  for (const count of document.querySelectorAll("[data-answered]")) count.textContent = done.length;
  for (const link of form.querySelectorAll("[data-for]")) {
    const answered = done.some((item) => item.dataset.item === link.dataset.for);
    link.classList.toggle("answered", answered);
    link.querySelector("[data-state]").textContent = answered ? " answered" : " not answered";
  }
}

form.addEventListener("input", (event) => {
  if (event.target.matches("[data-reading]")) return;
  const item = event.target.closest("[data-item]");
  if (item) {
    say(item);
    if (item.querySelector("fieldset")) clear(item);
  }
  show();
});
items.forEach(say);
show();

// Saving and switching the level load the page again: keep the place among the questions, and in
// the text by its paragraph, as the paragraphs of another level have other heights.
const place = `place:${location.pathname}`;
const text = document.getElementById("text");
const paragraphs = [...text.querySelectorAll(".para")];
const scroller = () =>
  matchMedia("(min-width: 56.26rem)").matches
    ? document.getElementById("questions")
    : document.scrollingElement;
const depth = (box) => text.getBoundingClientRect().top - box.top;

function placeInText() {
  const boxes = paragraphs.map((paragraph) => paragraph.getBoundingClientRect());
  const index = boxes.findIndex((box) => depth(box) < box.height);
  return index < 0 ? [0, 0] : [index, depth(boxes[index]) / boxes[index].height];
}

form.addEventListener("submit", () => {
  const kept = { questions: scroller().scrollTop, text: placeInText() };
  sessionStorage.setItem(place, JSON.stringify(kept));
});
const kept = JSON.parse(sessionStorage.getItem(place));
if (kept) {
  const box = paragraphs[kept.text[0]]?.getBoundingClientRect();
  if (box) text.scrollTop += box.height * kept.text[1] - depth(box);
  if (!location.hash && !document.querySelector(".error-summary")) {
    scroller().scrollTop = kept.questions;
  }
}
sessionStorage.removeItem(place);
