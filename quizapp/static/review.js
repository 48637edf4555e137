// Show another question's places in the text without loading the whole page: the server's own page
// is fetched and its text pane takes the place of this one.
const text = document.querySelector("[data-text]");

function reveal() {
  text.querySelector("mark")?.scrollIntoView({ block: "center", behavior: "instant" });
}

function take(page, id) {
  const fresh = page?.querySelector("[data-text] .column");
  if (!fresh) return;
  text.querySelector(".column").replaceWith(document.adoptNode(fresh));
  for (const card of document.querySelectorAll("[data-card]")) {
    if (card.dataset.card === id) card.setAttribute("aria-current", "true");
    else card.removeAttribute("aria-current");
  }
  reveal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-show]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  // An XMLHttpRequest parses the page itself, which the policy on trusted types allows.
  const request = new XMLHttpRequest();
  request.responseType = "document";
  request.open("GET", link.href);
  request.onload = () => {
    if (request.status !== 200) return location.assign(link.href);
    history.replaceState(null, "", link.href.split("#")[0]);
    take(request.response, link.dataset.show);
  };
  request.onerror = () => location.assign(link.href);
  request.send();
});

reveal();
