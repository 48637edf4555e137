// While answering: the live count, the jump list, how many are chosen, and a guard against leaving
// with answers that are not saved.
const form = document.getElementById("answers");
const items = [...form.querySelectorAll("[data-item]")];
let unsaved = form.querySelector(".error-summary") !== null;

function isAnswered(item) {
  const text = item.querySelector(".write");
  return text ? text.value.trim() !== "" : item.querySelector(":checked") !== null;
}

function say(item) {
  const said = item.querySelector("[data-choose]");
  if (!said) return;
  const chosen = item.querySelectorAll(":checked").length;
  said.textContent = `${chosen} of ${said.dataset.choose} chosen`;
  said.hidden = chosen === 0;
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
  unsaved = true;
  document.querySelector("[data-saved]")?.remove();
  const item = event.target.closest("[data-item]");
  if (item) say(item);
  show();
});
form.addEventListener("submit", () => {
  unsaved = false;
});
addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
items.forEach(say);
show();

// Saving and switching the level load the page again: keep the place among the questions.
const place = `place:${location.pathname}`;
const scroller = () =>
  matchMedia("(min-width: 56.26rem)").matches
    ? document.getElementById("questions")
    : document.scrollingElement;
form.addEventListener("submit", () => sessionStorage.setItem(place, scroller().scrollTop));
if (sessionStorage.getItem(place) && !location.hash && !document.querySelector(".error-summary")) {
  scroller().scrollTop = Number(sessionStorage.getItem(place));
}
sessionStorage.removeItem(place);
