"use strict";
// Puts the part that belongs to an element into it when the element is first opened.
document.getElementById("without-script").remove();
document.addEventListener("toggle", ({ target }) => {
  const part = document.getElementById(target.dataset.part);
  if (part) {
    target.insertAdjacentHTML("beforeend", part.textContent);
    part.remove();
  }
}, true);
