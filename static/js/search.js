/* Ancrage: suggestions while one types in a search box. A combobox with a listbox, as ARIA 1.2
   describes it: the focus stays in the box, arrows move, Enter takes, Escape closes.
   Loaded at the first focus of such a box (ancrage.js), which is a plain field until then. */

const PAUSE = 180;
const SHORTEST = 2;
const live = document.getElementById("live");

export function open(box) {
  const list = document.createElement("ul");
  list.id = `${box.id}-list`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.listed);
  box.closest(".seek-field").append(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  let active = -1;
  let question = null;
  let waiting = 0;

  function close() {
    clearTimeout(waiting);
    question?.abort();
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    move(-1);
  }

  function move(to) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = to;
    const option = list.children[active];
    if (!option) return box.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", option.id);
  }

  /* The answer of the latest question only: an earlier one is given up. */
  async function ask() {
    question?.abort();
    const asked = box.value.trim();
    if (asked.length < SHORTEST) return close();
    question = new AbortController();
    const space = box.form.elements.communaute?.value || "";
    const url = `${box.dataset.suggest}?${new URLSearchParams({ q: asked, communaute: space })}`;
    try {
      const answer = await fetch(url, { signal: question.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return close();
      show(await answer.json());
    } catch {
      /* given up, or no connection: the box is still a box */
    }
  }

  function show({ suggestions, said }) {
    if (!suggestions.length || document.activeElement !== box) return close();
    move(-1);
    list.replaceChildren(...suggestions.map(draw));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    live.textContent = said;
  }

  function draw({ text, url, icon, about }, place) {
    const option = document.createElement("li");
    option.id = `${list.id}-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.url = url || "";
    option.dataset.text = text;
    option.append(drawing(icon), Object.assign(document.createElement("span"), { textContent: text }));
    if (about) option.append(Object.assign(document.createElement("small"), { textContent: about }));
    return option;
  }

  function drawing(name) {
    const svg = box.parentElement.querySelector("svg").cloneNode(true);
    const use = svg.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name}`));
    return svg;
  }

  /* A title leads to its page; words are searched. */
  function take(option) {
    const { url, text } = option.dataset;
    close();
    if (url) return location.assign(url);
    box.value = text;
    box.form.requestSubmit();
  }

  box.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (!event.isComposing) waiting = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    const closed = list.hidden;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (closed) return ask();
      if (event.key === "ArrowDown") move(active < last ? active + 1 : -1);
      else move(active < 0 ? last : active - 1);
    } else if (event.key === "Escape" && !closed) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && !closed && active >= 0) {
      event.preventDefault();
      take(list.children[active]);
    }
  });
  /* the press of a mouse must not take the focus away before the click */
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const option = target.closest("[role=option]");
    if (option) take(option);
  });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);

  /* what was typed while this was being loaded */
  if (box.value !== box.defaultValue) ask();
}
