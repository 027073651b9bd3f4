/* A button that prints the page; without JavaScript it does not show, and the browser's own menu does. */
document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) window.print();
});
