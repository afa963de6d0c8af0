"use strict";
// Without ampersands and less-than signs, so that the page is XML.
document.getElementById("without-script").remove();

// A part is in the page while its element is open.
const partOf = (details) => document.getElementById(details.dataset.part)?.textContent;

const draw = (details) => {
  if (details.childElementCount === 1) {
    details.insertAdjacentHTML("beforeend", partOf(details) ?? "");
  }
};

document.addEventListener("toggle", ({ target }) => {
  const [summary] = target.children;
  if (!partOf(target)) return;
  if (!target.open) {
    target.replaceChildren(summary);
    return;
  }
  draw(target);
  // An element above that was closed by this one has moved it; a row that was found stays in sight.
  if (!target.querySelector("[aria-current]")) summary.scrollIntoView({ block: "nearest" });
}, true);

// "Find an agent": the browser's own search does not see what is not in the page.
const form = document.getElementById("find");
form.hidden = false;

const rowsOf = (root) => [...root.querySelectorAll(".names > li")];

const agents = () => [...form.parentElement.querySelectorAll("details:not(:has(details))")]
  .flatMap((details) => {
    const names = partOf(details)?.split("\x3c/ol>", 1)[0];
    const root = names ? new DOMParser().parseFromString(names, "text/html") : details;
    return rowsOf(root).map(({ textContent }, row) => ({ name: textContent, details, row }));
  });

const show = ({ details, row }) => {
  document.querySelector("[aria-current]")?.removeAttribute("aria-current");
  draw(details);
  const found = rowsOf(details)[row];
  found.setAttribute("aria-current", "true");
  for (let each = details; each; each = each.parentElement.closest("details")) each.open = true;
  found.scrollIntoView({ block: "center" });
};

let known, asked, next;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  known ??= agents();
  const wanted = form.elements.agent.value.trim().toLowerCase();
  next = wanted === asked ? next + 1 : 0;
  asked = wanted;
  const found = known.filter(({ name }) => name.toLowerCase().includes(wanted));
  const agent = found[next % found.length];
  form.querySelector("output").value = agent
    ? `${agent.name}, ${next % found.length + 1} of ${found.length}`
    : "No agent has this in the name.";
  if (agent) show(agent);
});
