/* A button that prints the page; without JavaScript the browser's own menu does. */
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) window.print();
});
