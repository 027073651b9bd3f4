/* Ancrage: what the pages gain from JavaScript. Everything works without it.
   Behaviours are asked for by attributes (data-confirm, data-guard, data-filter, data-files…),
   are delegated from the document, and so hold for what htmx brings in. */

const root = document.documentElement;
const live = document.getElementById("live");
const lang = root.lang.startsWith("en") ? "en" : "fr";
const on = (type, act, options) => document.addEventListener(type, act, options);
/* at each focus, and at the one that came before this file did, on a slow network */
const atFocus = (act) => { on("focusin", act); act({ target: document.activeElement ?? root }); };
root.classList.add("js");

/* ---- said aloud, and shown when it is trouble ---- */

function say(sentence) {
  live.textContent = "";
  setTimeout(() => { live.textContent = sentence; }, 60);
}

function trouble(sentence) {
  const notes = document.getElementById("notes");
  const note = document.createElement("div");
  note.className = "note danger";
  note.append(document.createElement("span"), sentence);
  if (notes) { notes.replaceChildren(note); note.scrollIntoView({ block: "nearest" }); }
  say(sentence);
}

/* ---- the summary of errors takes the focus; its links lead into the fields ---- */

const focusErrors = (within) => within.querySelector("[data-errors]")?.focus();
focusErrors(document);

on("click", (event) => {
  const link = event.target.closest("[data-errors] a[href^='#']");
  if (!link) return;
  const field = document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.scrollIntoView({ block: "center" });
  (field.matches("fieldset") ? field.querySelector("input, select, textarea") : field)?.focus();
});

/* ---- boxes that grow, where the browser does not do it by itself ---- */

const grows = CSS.supports("field-sizing", "content");
function grow(box) {
  if (grows || box.tagName !== "TEXTAREA" || !box.scrollHeight) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

/* ---- before leaving with unsaved text ---- */

const dirty = new Set();
const keep = (form) => form.isConnected && form.matches("[data-guard]");
on("input", ({ target }) => {
  grow(target);
  const form = target.closest("form[data-guard]");
  if (form) dirty.add(form);
});
/* the server has it: nothing would be lost */
on("ancrage:kept", ({ target }) => dirty.delete(target));
window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some(keep)) event.preventDefault();
});

/* ---- a question before an act, in a native dialog ---- */

const ask = document.getElementById("ask");
function confirmed(question, label) {
  /* later: a form ignores a submission asked for while its own submit event is being heard */
  if (!ask?.showModal) return new Promise((done) => { setTimeout(() => done(window.confirm(question))); });
  const yes = ask.querySelector("button");
  yes.dataset.usual ??= yes.textContent;
  yes.textContent = label || yes.dataset.usual;
  ask.querySelector("p").textContent = question;
  ask.returnValue = "";
  ask.showModal();
  return new Promise((done) => {
    ask.addEventListener("close", () => done(ask.returnValue === "yes"), { once: true });
  });
}

on("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.method === "dialog") return;
  const asks = button?.dataset.confirm ? button : form;
  if (asks.dataset.confirm && !form.dataset.agreed) {
    event.preventDefault();
    event.stopImmediatePropagation();
    confirmed(asks.dataset.confirm, asks.dataset.confirmYes).then((yes) => {
      if (!yes) return;
      form.dataset.agreed = "1";
      form.requestSubmit(button);
      delete form.dataset.agreed;
    });
    return;
  }
  if (form.method !== "post") return;
  /* the second press of a hurried finger */
  if (form.classList.contains("sending")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.classList.add("sending");
  dirty.delete(form);
}, true);

/* back with the browser's arrow: the form may be sent again */
window.addEventListener("pageshow", (event) => {
  if (event.persisted) free(document);
});
const free = (within) => within.querySelectorAll("form.sending").forEach((f) => f.classList.remove("sending"));

/* a submission stopped by somebody else (a required field, another script) is not a submission */
on("submit", (event) => {
  if (event.defaultPrevented && !event.target.matches("[hx-post], [data-hx-post]")) {
    event.target.classList.remove("sending");
  }
});

/* ---- menus close when one looks elsewhere ---- */

function closeMenus(except) {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
}
on("click", ({ target }) => closeMenus(target.closest("details.menu")));
on("focusin", ({ target }) => closeMenus(target.closest("details.menu")));
on("toggle", ({ target }) => {
  if (target.matches("details.menu[open]")) target.lastElementChild.scrollIntoView({ block: "nearest" });
}, true);
on("keydown", ({ key, target }) => {
  const menu = key === "Escape" && target.closest("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

/* ---- filter box of a directory: accents, case and apostrophes do not matter ---- */

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/œ/gi, "oe")
  .replace(/[’']/g, " ").replace(/\s+/g, " ").toLowerCase().trim();

function filter(box) {
  const list = document.querySelector(box.dataset.filter);
  if (!list) return;
  const words = fold(box.value).split(" ");
  let shown = 0;
  (list.matches("ul, ol") ? [...list.children] : list.querySelectorAll("[data-item]")).forEach((item) => {
    item.dataset.text ??= fold(item.textContent);
    item.hidden = !words.every((word) => item.dataset.text.includes(word));
    if (!item.hidden) shown += 1;
  });
  let none = list.nextElementSibling;
  if (!none?.matches(".none")) {
    none = document.createElement("p");
    none.className = "none pad muted";
    none.textContent = list.dataset.none || "";
    list.after(none);
  }
  none.hidden = shown > 0;
  clearTimeout(filter.wait);
  filter.wait = setTimeout(() => say(shown ? `${live.dataset.found} ${shown}` : none.textContent), 700);
}
on("input", ({ target }) => { if (target.dataset.filter) filter(target); });
on("keydown", (event) => { if (event.key === "Enter" && event.target.dataset.filter) event.preventDefault(); });

/* ---- chosen files, named below the button ---- */

function size(bytes) {
  const unit = bytes < 1e6 ? (lang === "fr" ? "ko" : "kB") : (lang === "fr" ? "Mo" : "MB");
  const number = bytes < 1e6 ? Math.max(1, Math.round(bytes / 1e3)) : Math.round(bytes / 1e5) / 10;
  return `${number.toLocaleString(root.lang)}\u00a0${unit}`;
}
/* a choice that is sent at once brings a whole page: who makes it by the keyboard goes on from there */
const CHOSEN = "chosen";
function sendChoice(target) {
  if (target.matches(":focus-visible")) {
    const value = target.type === "checkbox" ? target.value : null;
    try {
      sessionStorage.setItem(CHOSEN, JSON.stringify({ path: location.pathname, name: target.name, value }));
    } catch { /* no storage */ }
  }
  /* boxes that were opened above the list stay open */
  if (location.hash === "#facets") target.form.action = new URL("#facets", target.form.action);
  target.form.requestSubmit();
}
function backToChoice() {
  const { path, name, value } = JSON.parse(sessionStorage.getItem(CHOSEN) || "{}");
  sessionStorage.removeItem(CHOSEN);
  if (path !== location.pathname) return;
  const chosen = [...document.querySelectorAll("[data-submit]")].find((one) => one.name === name && (value ?? one.value) === one.value);
  (chosen?.closest("details:not([open])")?.querySelector("summary") ?? chosen)?.focus();
}
try { backToChoice(); } catch { /* no storage */ }
on("change", ({ target }) => {
  if (target.matches("[data-submit]")) sendChoice(target);
  if (!target.matches("input[type=file][data-files]")) return;
  let list = target.nextElementSibling;
  if (!list?.matches(".files")) {
    list = document.createElement("ul");
    list.className = "files";
    list.setAttribute("role", "status");
    target.after(list);
  }
  const limit = Number(target.dataset.max) || Infinity;
  list.replaceChildren(...[...target.files].map((file) => {
    const line = document.createElement("li");
    line.textContent = `${file.name}, ${size(file.size)}`;
    if (file.size > limit) {
      line.className = "err";
      line.prepend(`${live.dataset.heavy} `);
    }
    return line;
  }));
});

/* ---- copy a link or codes ---- */

on("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText((source.value ?? source.innerText).trim());
  if (button.dataset.done) { say(button.dataset.done); button.textContent = button.dataset.done; }
});

/* ---- the rich editor: loaded at the first focus of a box that wants one, and only then;
   or at once when the box already holds the editor's own HTML, which nobody should have to read ---- */

async function edit(box) {
  const place = document.querySelector("meta[name=ancrage-editor]");
  try {
    const { open } = await import(place.content);
    await open(box, place.dataset, lang);
  } catch {
    box.dataset.editor = "off";
  }
}
const wanted = "textarea[data-editor]:not([data-editor=off])";
atFocus(({ target }) => { if (target.matches(wanted)) edit(target); });

/* ---- suggestions of a search box: loaded at its first focus ---- */

async function suggest(box) {
  if (box.dataset.ready) return;
  box.dataset.ready = "1";
  try {
    const { open } = await import(box.dataset.module);
    open(box);
  } catch {
    /* it stays a plain field */
  }
}
atFocus(({ target }) => { if (target.matches("input[data-suggest]")) suggest(target); });

/* ---- a composer: what helps to write comes when somebody begins to, or selects words to quote ---- */

const composer = document.querySelector("form[data-keep]");
const helped = () => import(composer.dataset.module);
function help({ target }) {
  if (composer?.contains(target) || target.closest?.("a:is([href*='citer='], [href*='repondre='])")) helped().then(({ open }) => open(composer), () => {});
}
if (composer) {
  atFocus(help);
  on("dragenter", help);
  on("selectionchange", () => {
    if (!getSelection().isCollapsed && getSelection().anchorNode?.parentElement?.closest(".said")) helped().then(({ notice }) => notice(), () => {});
  });
}

/* ---- htmx ---- */

const busy = document.querySelector(".busy");
let waiting = 0;
const wait = (change) => { waiting = Math.max(0, waiting + change); busy?.classList.toggle("on", waiting > 0); };

on("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  confirmed(event.detail.question, event.detail.elt.dataset.confirmYes)
    .then((yes) => yes && event.detail.issueRequest(true));
});
on("htmx:beforeRequest", () => wait(1));
on("htmx:afterRequest", ({ detail }) => {
  wait(-1);
  detail.elt.closest("form")?.classList.remove("sending");
  free(document);
});

/* The session ended: the answer is the sign-in page, which has no place inside this one. A text
   being posted goes again as a whole page, so that the server carries it through sign-in. */
on("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  const path = xhr.responseURL ? new URL(xhr.responseURL).pathname : "";
  const signIn = xhr.status === 401 || (path.startsWith("/compte/connexion/") && path !== location.pathname);
  if (signIn) {
    event.detail.shouldSwap = false;
    event.detail.isError = false;
    const form = requestConfig.elt.closest("form");
    dirty.clear();
    if (requestConfig.verb === "post" && form?.querySelector("textarea")) {
      form.submit();
    } else {
      location.assign(`/compte/connexion/?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
    return;
  }
  /* a refusal or a form to mend is an answer to show, not an accident */
  if ([400, 403, 409, 413, 422].includes(xhr.status) && xhr.responseText) {
    const whole = xhr.responseText.trimStart().toLowerCase().startsWith("<!doctype");
    event.detail.shouldSwap = !whole;
    event.detail.isError = whole;
  }
});
on("htmx:sendError", () => trouble(live.dataset.lost));
on("htmx:timeout", () => trouble(live.dataset.lost));
on("htmx:responseError", ({ detail }) => {
  /* an error page says it better than we would; we lift its sentence into this one */
  const page = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  const words = [...page.querySelectorAll("main h1, main p")].slice(0, 2).map((said) => said.textContent.trim());
  trouble(words.join(". ") || live.dataset.failed);
});

on("htmx:beforeSwap", ({ detail }) => {
  /* here the event's own element is the target: who asked is in the request */
  const more = detail.requestConfig.elt.matches("[data-more]") && detail.target;
  if (more) more.dataset.before = more.children.length;
});
on("htmx:afterSettle", ({ target, detail }) => {
  focusErrors(target);
  target.querySelectorAll("textarea").forEach(grow);
  const said = target.matches("[data-announce]") ? target : target.querySelector("[data-announce]");
  if (said) say(said.dataset.announce);
  const start = detail.requestConfig?.elt.matches("[data-more]") && target.dataset.before;
  if (start) {
    const first = target.children[Number(start)];
    delete target.dataset.before;
    first?.querySelector("a, button")?.focus();
  }
  ready(target);
});

/* ---- at the start, and for what arrives ---- */

/* what a page that answers a question found, said once it is there */
const found = document.querySelector("[data-announced]");
if (found) say(found.dataset.announced);

function ready(within) {
  within.querySelectorAll("[data-filter][hidden]").forEach((box) => {
    box.hidden = false;
    if (box.value) filter(box);
  });
  within.querySelectorAll("textarea").forEach(grow);
  within.querySelectorAll(wanted).forEach((box) => {
    if (box.form?.elements[`${box.name}_format`]?.value === "html") edit(box);
  });
}
ready(document);
