/* Ancrage: one section of a practice sheet. What is typed is saved every few seconds, and the page
   says who else has the section open. Without it, the form is a form. */

const PAUSE = 3000;
const PATIENCE = 5000;
const HEARTBEAT = 20_000;
/* what a browser lets go with a page that closes */
const LAST = 60_000;
/* of those that were sent without an answer: they may have been saved, and are then not somebody else's */
const ATTEMPTS = 5;
/* of the form: they change by themselves, and are not what somebody typed */
const OURS = ["csrfmiddlewaretoken", "writer", "revision", "began", "draft", "unanswered", "seen", "then"];
const live = document.getElementById("live");
const form = document.querySelector("form[data-section]");
const { unanswered } = form.elements;
const state = form.querySelector("[data-state]");
const say = (sentence) => { live.textContent = ""; setTimeout(() => { live.textContent = sentence; }, 60); };

const typed = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));

function content() {
  const fields = typed();
  OURS.forEach((name) => fields.delete(name));
  return fields.toString();
}

function ask(url, body, last = false) {
  return fetch(url, {
    method: "POST", body, redirect: "error", headers: { Accept: "application/json" },
    keepalive: last && body.toString().length < LAST, signal: AbortSignal.timeout(PATIENCE),
  }).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  });
}

/* ---- saved while it is typed ---- */

let kept = "unsaved" in form.dataset ? null : content();
let waiting = 0;
let saving = null;
let leaving = false;
let worried = "";

function later() {
  if (!waiting && !leaving) waiting = setTimeout(save, PAUSE);
}

function save(last = false) {
  clearTimeout(waiting);
  waiting = 0;
  if (leaving || "closed" in form.dataset) return;
  /* one at a time: each knows the revision that the one before made */
  if (saving) {
    if (last) saving.finally(() => save(true));
    else later();
    return;
  }
  const now = content();
  if (now === kept) return;
  saving = ask(form.dataset.section, typed(), last).then((answer) => {
    kept = now;
    unanswered.value = "";
    if (answer.began) {
      form.elements.revision.value = answer.revision;
      form.elements.began.value = answer.began;
    }
    state.textContent = answer.worry ? `${answer.said}. ${answer.worry}` : answer.said;
    if (answer.worry && answer.worry !== worried) say(answer.worry);
    worried = answer.worry;
    if (content() === kept) form.dispatchEvent(new Event("ancrage:kept", { bubbles: true }));
    else later();
  }, () => {
    unanswered.value = [...unanswered.value.split("\n"), now].slice(-ATTEMPTS).join("\n");
    state.textContent = form.dataset.unkept;
    later();
  }).finally(() => { saving = null; });
}

form.addEventListener("input", later);
form.addEventListener("change", later);
/* what is sent by hand is not to be saved again by a request that comes after it */
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
if (kept === null) later();

/* ---- how much a short text takes ---- */

for (const count of form.querySelectorAll("[data-count]")) {
  const box = document.getElementById(count.dataset.count);
  const most = Number(count.dataset.most);
  let was = false;
  box.addEventListener("input", () => {
    const n = [...box.value.trim()].length;
    const words = count.dataset.words.replace("{n}", n);
    const over = n > most;
    if (over) {
      const strong = document.createElement("strong");
      strong.textContent = count.dataset.over;
      count.replaceChildren(strong, ` ${words}`);
    } else count.textContent = words;
    /* said once when the text becomes too long, and not at each letter */
    if (over && !was) say(count.textContent);
    was = over;
  });
}

/* ---- who else is there ---- */

const others = document.querySelector("[data-others]");

async function beat() {
  if (document.visibilityState === "hidden" || leaving) return;
  const body = new URLSearchParams({ writer: form.elements.writer.value });
  try {
    const answer = await ask(form.dataset.present, body);
    if (others.textContent.trim() !== answer.others) others.firstElementChild.textContent = answer.others;
    others.hidden = !answer.others;
  } catch {
    /* it is only a help */
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save(true);
  else beat();
});
setInterval(beat, HEARTBEAT);
beat();
