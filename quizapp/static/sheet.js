// On a phone the text is a sheet over the questions: it keeps its place, Esc closes it, and closing
// leads back to the control that opened it.
const text = document.querySelector("[data-text]");
const narrow = matchMedia("(max-width: 56.25rem)");
const behind = [...document.querySelectorAll("#questions, .dock, .bar")];
let opener = null;

function open(control) {
  opener = control;
  text.classList.add("open");
  text.setAttribute("role", "dialog");
  text.setAttribute("aria-modal", "true");
  for (const part of behind) part.inert = true;
  text.focus({ preventScroll: true });
}

function close() {
  if (!text.classList.contains("open")) return;
  text.classList.remove("open");
  text.removeAttribute("role");
  text.removeAttribute("aria-modal");
  for (const part of behind) part.inert = false;
  opener?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const control = event.target.closest('[data-sheet-open], [data-show], a[href="#text"]');
  if (!control || !narrow.matches) return;
  event.preventDefault();
  open(control);
});
document.querySelector("[data-sheet-close]").addEventListener("click", close);
text.addEventListener("click", (event) => {
  if (event.target.closest('a[href^="#card-"]')) close();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !text.querySelector(":popover-open")) close();
});
narrow.addEventListener("change", close);
