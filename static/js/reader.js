/* Ancrage: reading a document page by page. Links do the work; keys and fetching the next page
   ahead come on top. */

const typing = (target) => target.closest("input, textarea, select, [contenteditable], audio, video");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || typing(event.target)) return;
  const link = document.querySelector(`.leaves [data-key="${event.key}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});

/* The next page, once this one is there and nobody counts each byte. */
const shown = document.querySelector(".leaf img[data-next]");
const sparing = navigator.connection?.saveData;
function ahead() {
  const next = new Image();
  next.sizes = shown.sizes;
  next.srcset = shown.srcset.replaceAll(shown.getAttribute("src"), shown.dataset.next);
}
if (shown?.dataset.next && !sparing) {
  if (shown.complete) ahead();
  else shown.addEventListener("load", ahead, { once: true });
}
