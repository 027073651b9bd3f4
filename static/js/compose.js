/* Ancrage: what a composer gains from JavaScript. The text is kept by the server while it is typed;
   files are dropped or pasted anywhere in the form; a message, or what is selected of it, is quoted
   without leaving the page; threads that resemble a new one are shown while it is written.
   Loaded at the first use of a composer (ancrage.js); without it, the form is a form. */

const PAUSE = 2500;
const PATIENCE = 5000;
/* what a browser lets go with a page that closes */
const LAST = 60_000;
const live = document.getElementById("live");
const root = document.documentElement;
const opened = new WeakSet();
/* of the form: they change by themselves, and are not what somebody typed */
const OURS = ["csrfmiddlewaretoken", "writer", "submission", "brouillon"];

const say = (sentence) => { live.textContent = ""; setTimeout(() => { live.textContent = sentence; }, 60); };

export function open(form) {
  if (opened.has(form)) return;
  opened.add(form);
  keep(form);
  if (form.elements.files) takeFiles(form);
  if (form.dataset.similar) look(form);
}

/* ---- kept while it is typed ---- */

function typed(form) {
  const fields = new URLSearchParams();
  new FormData(form).forEach((value, name) => { if (typeof value === "string") fields.append(name, value); });
  return fields;
}

function content(form) {
  const fields = typed(form);
  OURS.forEach((name) => fields.delete(name));
  return fields.toString();
}

function keep(form) {
  const state = form.querySelector("[data-state]");
  const box = form.elements.text;
  let kept = "";
  let touched = false;
  let waiting = 0;
  let saving = null;
  let leaving = false;

  function later() {
    touched = true;
    if (!waiting && !leaving) waiting = setTimeout(save, PAUSE);
  }

  function save(last = false) {
    clearTimeout(waiting);
    waiting = 0;
    if (!touched || form.classList.contains("sending")) return;
    /* one at a time: each knows the revision that the one before made */
    if (saving && !last) return later();
    const now = content(form);
    const nothing = !form.elements.brouillon.value && !box.value.trim() && !form.elements.title?.value.trim();
    if (now === kept || nothing) return;
    saving = send(now, last).finally(() => { saving = null; });
  }

  async function send(now, last) {
    const body = typed(form);
    try {
      const answer = await fetch(form.dataset.keep, {
        method: "POST", body, redirect: "error", headers: { Accept: "application/json" },
        keepalive: last && body.toString().length < LAST,
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
      kept = now;
      if (content(form) === kept) form.dispatchEvent(new Event("ancrage:kept", { bubbles: true }));
      else later();
    } catch {
      state.textContent = form.dataset.unkept;
      later();
    }
  }

  function show({ said, sheet, revision, other, ended }) {
    form.elements.brouillon.value = revision;
    if (sheet) form.elements.submission.value = sheet;
    state.textContent = said;
    const worry = ended || other?.said || "";
    if (!worry) return;
    state.append(" ", worry, " ");
    if (!ended) state.append(Object.assign(document.createElement("a"), { href: other.url, textContent: other.open, target: "_blank" }));
    if (state.dataset.said !== worry) say(worry);
    state.dataset.said = worry;
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !leaving && form.isConnected) save(true);
  });
  /* what is published is not to be kept again by a request that comes after it */
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    clearTimeout(waiting);
    if (!saving) return;
    event.preventDefault();
    const button = event.submitter;
    saving.finally(() => setTimeout(() => form.requestSubmit(button)));
  });
  window.addEventListener("pageshow", ({ persisted }) => { if (persisted) leaving = false; });
  /* what was typed while this was being loaded */
  if (box.value !== box.defaultValue && !box.dataset.open) later();
}

/* ---- files, dropped or pasted ---- */

function takeFiles(form) {
  const input = form.elements.files;
  const brings = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  /* a picture goes into the text, where the editor puts it */
  const shown = (target, files) => target.closest?.(".ck-editor__editable") && files.every(({ type }) => type.startsWith("image/"));
  let inside = 0;

  function attach(files) {
    const held = new DataTransfer();
    [...input.files, ...files].forEach((file) => held.items.add(file));
    input.files = held.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    say(`${form.dataset.attached} ${files.map(({ name }) => name).join(", ")}`);
  }

  function mark(change) {
    inside = Math.max(0, change ? inside + change : 0);
    form.classList.toggle("dropping", inside > 0);
  }
  form.addEventListener("dragenter", (event) => { if (brings(event)) mark(1); });
  form.addEventListener("dragleave", (event) => { if (brings(event)) mark(-1); });
  form.addEventListener("dragover", (event) => { if (brings(event)) event.preventDefault(); });
  form.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    mark(0);
    const files = [...event.dataTransfer.files];
    if (shown(event.target, files)) return;
    event.preventDefault();
    event.stopPropagation();
    attach(files);
  }, true);
  form.addEventListener("paste", (event) => {
    const files = [...event.clipboardData?.files ?? []];
    if (!files.length || shown(event.target, files)) return;
    event.preventDefault();
    event.stopPropagation();
    attach(files);
  }, true);
}

/* ---- threads that resemble the one being written ---- */

function look(form) {
  const place = document.getElementById("similar");
  let waiting = 0;
  let question = null;
  async function ask() {
    question?.abort();
    question = new AbortController();
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "text", "text_format", "title", "space"]) body.append(name, form.elements[name]?.value ?? "");
    try {
      const answer = await fetch(form.dataset.similar, { method: "POST", body, redirect: "error", signal: question.signal });
      if (!answer.ok) return;
      const html = (await answer.text()).trim();
      if (place.dataset.html !== html) place.innerHTML = html;
      place.dataset.html = html;
    } catch {
      /* given up, or no connection: it is only a help */
    }
  }
  const later = () => { clearTimeout(waiting); waiting = setTimeout(ask, PAUSE / 2); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  later();
}

/* ---- quoting a message, or what is selected of it ---- */

let selected = null;
const QUOTE = "a[href*='citer=']";
const ANSWER = "a[href*='repondre=']";

function label(post, sentence) {
  const link = post?.querySelector(QUOTE);
  if (!link) return;
  link.dataset.usual ??= link.textContent;
  link.textContent = sentence || link.dataset.usual;
}

export function notice() {
  const form = document.getElementById("repondre");
  const chosen = getSelection();
  const words = chosen.toString().trim();
  if (!words || !form?.dataset.quote) return;
  const said = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".said");
  const place = said(chosen.anchorNode);
  if (!place || place !== said(chosen.focusNode)) return;
  const post = place.closest("article.post");
  if (selected && selected.post !== post) label(selected.post, "");
  selected = { post, words };
  label(post, form.dataset.quote);
}

function forget() {
  label(selected?.post, "");
  selected = null;
}

/* the words of a message, without what it quotes itself */
function whole(post) {
  const blocks = [...post.querySelectorAll(".said :is(p, li, h3, h4, pre)")];
  return blocks.filter((one) => !one.closest("blockquote") && !one.querySelector("p")).map((one) => one.innerText.trim()).filter(Boolean).join("\n");
}

/* what is written answers this message */
function aim(form, post, id) {
  form.elements.parent.value = id;
  const replied = form.querySelector("[data-replied]");
  replied.hidden = false;
  replied.textContent = `${replied.dataset.replied} ${post.querySelector(".by strong").textContent.trim()}`;
}

async function quote(form, post, id, words) {
  const box = form.elements.text;
  aim(form, post, id);
  const lines = words.split("\n").map((line) => `> ${line}`.trimEnd()).join("\n");
  const place = document.querySelector("meta[name=ancrage-editor]");
  try {
    const editor = await import(place.content);
    await editor.add(box, lines, place.dataset, root.lang.startsWith("en") ? "en" : "fr");
  } catch {
    box.value = `${box.value.trimEnd()}${box.value.trim() ? "\n\n" : ""}${lines}\n\n`;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }
  say(form.dataset.quoted);
}

document.addEventListener("pointerdown", ({ target }) => { if (!target.closest(`${QUOTE}, .said`)) forget(); });
document.addEventListener("click", (event) => {
  const link = event.target.closest(`${QUOTE}, ${ANSWER}`);
  const form = document.getElementById("repondre");
  if (!link || !form?.dataset.quote || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const post = link.closest("article.post");
  const asked = new URL(link.href).searchParams;
  if (asked.has("repondre")) {
    event.preventDefault();
    open(form);
    aim(form, post, asked.get("repondre"));
    (form.querySelector(".ck-editor__editable") ?? form.elements.text).focus();
    return;
  }
  const words = selected?.post === post ? selected.words : whole(post);
  if (!words) return;
  event.preventDefault();
  forget();
  open(form);
  quote(form, post, asked.get("citer"), words);
});
