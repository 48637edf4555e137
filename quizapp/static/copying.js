// A button beside a link copies it. Plain http has no clipboard to write to: there the selected
// text is copied, and where even that is refused, it stays selected for the reader to copy.
async function copy(button) {
  const input = document.getElementById(button.dataset.copy);
  input.select();
  let done = false;
  try {
    await navigator.clipboard.writeText(input.value);
    done = true;
  } catch {
    done = document.execCommand("copy");
  }
  if (done) button.focus();
  button.textContent = done ? "Copied" : "Selected";
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", () => copy(button));
}
