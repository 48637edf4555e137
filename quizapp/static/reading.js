// Reading settings apply at once and are kept quietly; the cookie makes them hold on every page.
const root = document.documentElement;
const controls = [...document.querySelectorAll("input[data-reading]")];

function apply(input) {
  const first = controls.find((other) => other.name === input.name);
  if (input === first) delete root.dataset[input.name];
  else root.dataset[input.name] = input.value;
}

function keep() {
  const values = controls.filter((input) => input.checked).map((input) => input.value);
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `reading=${values.join(".")}; path=/; max-age=31536000; samesite=lax${secure}`;
}

for (const input of controls) {
  input.addEventListener("change", () => {
    apply(input);
    keep();
  });
}

const panel = document.querySelector("details.reading");
document.addEventListener("click", (event) => {
  if (panel?.open && !panel.contains(event.target)) panel.open = false;
});
panel?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  panel.open = false;
  panel.querySelector("summary").focus();
});
