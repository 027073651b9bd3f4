/* Ancrage: files sent in pieces, by the tus protocol, over networks that come and go.
   [data-uploads] holds a file input and an empty list, whose data-* are the words said of each
   file. A file that has arrived becomes a hidden field `kept` of the form, in place of the input's
   own. Without this script, the same form sends the files itself. */

/* a piece grows while the network is good, and shrinks when it is lost */
const PIECE = 256 * 1024;
const SMALLEST = 64 * 1024;
const LARGEST = 960 * 1024;
const QUICK = 1500;
const AT_ONCE = 2;
const TUS = { "Tus-Resumable": "1.0.0" };
const WAITS = [1, 2, 4, 8, 15, 30];
const live = document.getElementById("live");
const lang = document.documentElement.lang;

const say = (sentence) => {
  live.textContent = "";
  setTimeout(() => { live.textContent = sentence; }, 60);
};

/* ---- what this window was sending: found again when the page is loaded again. Addresses, under
   numbers made of what the file is: no name stays in the browser ---- */

const STORE = "televersements";
const remembered = () => {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) || "{}");
  } catch {
    return {};
  }
};
const remember = (change) => {
  const all = remembered();
  change(all);
  try {
    sessionStorage.setItem(STORE, JSON.stringify(all));
  } catch {
    /* a window that may keep nothing: a page loaded again begins again */
  }
};

/* FNV-1a, twice over */
function fingerprint(file) {
  let [one, two] = [0x811c9dc5, 0x1b873593];
  for (const char of [file.name, file.size, file.lastModified].join("|")) {
    const code = char.codePointAt(0);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ code, 0x85ebca6b);
  }
  return [location.pathname, file.size, (one >>> 0).toString(36), (two >>> 0).toString(36)].join("|");
}

const bytesOf = (text) => String.fromCharCode(...new TextEncoder().encode(text));
const textOf = (bytes) => new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));

/* ---- one request ---- */

class Trouble extends Error {
  constructor(message, { again = false, ended = false, gone = false, later = false } = {}) {
    super(message);
    Object.assign(this, { again, ended, gone, later });
  }
}

function ask(method, url, { headers = {}, body = null, token, progress, started } = {}) {
  return new Promise((done, fail) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, url);
    xhr.timeout = 120000;
    Object.entries({ ...TUS, "X-CSRFToken": token, ...headers }).forEach((pair) => xhr.setRequestHeader(...pair));
    if (progress) xhr.upload.onprogress = ({ loaded }) => progress(loaded);
    xhr.onload = () => {
      if (xhr.responseURL && new URL(xhr.responseURL).pathname.startsWith("/compte/connexion/")) {
        fail(new Trouble("", { ended: true }));
      } else if (xhr.status < 300) {
        done(xhr);
      } else {
        fail(refusal(xhr));
      }
    };
    xhr.onerror = xhr.ontimeout = () => fail(new Trouble("", { again: true }));
    xhr.onabort = () => fail(new Trouble("", {}));
    started?.(xhr);
    xhr.send(body);
  });
}

function refusal(xhr) {
  let sentence = "";
  try {
    sentence = JSON.parse(xhr.responseText).error.message;
  } catch {
    /* a page, from something between us and the server */
  }
  const again = xhr.status >= 500 || xhr.status === 409 || xhr.status === 423;
  const gone = [404, 410].includes(xhr.status);
  return new Trouble(sentence, { again, ended: xhr.status === 401, gone, later: xhr.status === 429 });
}

/* ---- one file on its way ---- */

class Sending {
  constructor(zone, file, key, known = {}) {
    Object.assign(this, { zone, file, key, name: file?.name ?? known.name, size: file?.size ?? known.size });
    this.url = known.url || "";
    this.stored = "";
    this.offset = 0;
    this.state = "waits";
    this.failures = 0;
    this.reach = PIECE;
    this.draw();
  }

  get open() { return ["waits", "sends", "lost", "looked"].includes(this.state); }

  draw() {
    this.line = document.createElement("li");
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = this.name;
    this.acts = document.createElement("span");
    this.acts.className = "row";
    this.bar = document.createElement("progress");
    this.bar.max = this.size || 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", this.name);
    this.says = document.createElement("span");
    this.says.className = "says";
    this.line.append(name, this.acts, this.bar, this.says);
    this.zone.list.append(this.line);
  }

  show(state, sentence) {
    const words = this.zone.list.dataset;
    this.state = state;
    const percent = this.size ? Math.floor((100 * this.offset) / this.size) : 0;
    this.bar.value = state === "done" || state === "looked" ? this.bar.max : this.offset;
    this.bar.hidden = state === "failed" || state === "again";
    this.says.textContent = sentence
      || (state === "sends" ? words.sends.replace("{percent}", percent.toLocaleString(lang)) : words[state]) || words.failed;
    this.line.classList.toggle("bad-news", ["failed", "ended", "again"].includes(state));
    this.line.dataset.state = state;
    this.offer();
  }

  /* the buttons of a state; the one that had the focus keeps it, or the next one takes it */
  offer() {
    const words = this.zone.list.dataset;
    const wanted = {
      waits: ["cancel"], sends: ["pause", "cancel"], lost: ["pause", "cancel"], looked: [],
      paused: ["resume", "cancel"], ended: ["resume", "cancel"], failed: ["retry", "remove"],
      again: ["remove"], done: ["remove"],
    }[this.state];
    if (this.offered === wanted.join()) return;
    const focused = this.acts.contains(document.activeElement);
    this.offered = wanted.join();
    this.acts.replaceChildren(...wanted.map((act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn quiet small";
      button.dataset.act = act;
      button.textContent = words[act];
      const whose = document.createElement("span");
      whose.className = "sr";
      whose.textContent = ` ${this.name}`;
      button.append(whose);
      button.addEventListener("click", () => this[act]());
      return button;
    }));
    if (focused) (this.acts.querySelector("button") || this.zone.input).focus();
  }

  async start() {
    this.show("sends");
    try {
      if (!this.url) await this.announce();
      else await this.stand();
      while (!this.stored && this.state === "sends") await this.piece();
      if (this.stored) this.arrived();
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      this.meet(trouble);
    } finally {
      this.xhr = null;
      this.zone.next();
    }
  }

  async request(method, url, options = {}) {
    return ask(method, url, { token: this.zone.token, started: (xhr) => { this.xhr = xhr; }, ...options });
  }

  async announce() {
    const filename = btoa(bytesOf(this.name));
    const headers = { "Upload-Length": String(this.size), "Upload-Metadata": `filename ${filename}` };
    const answer = await this.request("POST", this.zone.url, { headers });
    this.url = answer.getResponseHeader("Location");
    this.offset = 0;
    remember((all) => { all[this.key] = this.url; });
  }

  async stand() {
    this.took(await this.request("HEAD", this.url));
  }

  async piece() {
    const start = this.offset;
    const end = Math.min(start + this.reach, this.size);
    const begun = performance.now();
    const answer = await this.request("PATCH", this.url, {
      headers: { "Upload-Offset": String(start), "Content-Type": "application/offset+octet-stream" },
      body: this.file.slice(start, end),
      progress: (loaded) => {
        this.offset = start + Math.min(loaded, end - start);
        if (this.state === "sends") this.show(this.offset >= this.size ? "looked" : "sends");
      },
    });
    if (this.state === "looked") this.state = "sends";
    this.failures = 0;
    if (performance.now() - begun < QUICK) this.reach = Math.min(LARGEST, 2 * this.reach);
    this.took(answer);
    if (this.state === "sends") this.show("sends");
  }

  took(answer) {
    this.offset = Number(answer.getResponseHeader("Upload-Offset"));
    this.stored = answer.getResponseHeader("Upload-File") || "";
  }

  meet(trouble) {
    if (this.state === "paused" || this.state === "gone") return;
    if (trouble.gone && this.url && this.file) {
      /* swept meanwhile: from the start */
      this.forget();
      this.url = "";
      this.show("waits");
    } else if (trouble.ended) {
      this.show("ended");
      say(`${this.name} ${this.zone.list.dataset.ended}`);
    } else if (trouble.again && this.failures < WAITS.length) {
      if (this.failures === 0) say(`${this.name} ${this.zone.list.dataset.lost}`);
      this.reach = Math.max(SMALLEST, this.reach / 2);
      this.show("lost");
      this.timer = setTimeout(() => { if (this.state === "lost") this.show("waits"); this.zone.next(); }, WAITS[this.failures] * 1000);
      this.failures += 1;
    } else {
      this.later = trouble.later;
      this.show("failed", trouble.message);
      say(`${this.name}: ${this.says.textContent}`);
    }
  }

  arrived() {
    this.field ??= document.createElement("input");
    Object.assign(this.field, { type: "hidden", name: "kept", value: this.stored });
    this.line.append(this.field);
    this.show("done");
    say(`${this.name} ${this.zone.list.dataset.done}`);
    this.line.dispatchEvent(new Event("input", { bubbles: true }));
  }

  pause() {
    clearTimeout(this.timer);
    this.show("paused");
    this.xhr?.abort();
    say(`${this.name} ${this.zone.list.dataset.paused}`);
  }

  resume() {
    this.failures = 0;
    this.show("waits");
    this.zone.next();
  }

  /* from the start, unless it was only too much at once: what arrived is still there */
  retry() {
    if (!this.later) {
      this.forget();
      this.url = "";
      this.offset = 0;
    }
    this.resume();
  }

  cancel() {
    clearTimeout(this.timer);
    this.state = "gone";
    this.xhr?.abort();
    this.remove();
  }

  remove() {
    this.state = "gone";
    if (this.url) ask("DELETE", this.url, { token: this.zone.token }).catch(() => {});
    this.forget();
    this.line.remove();
    this.zone.files = this.zone.files.filter((one) => one !== this);
    this.zone.input.focus();
    this.zone.next();
  }

  forget() {
    remember((all) => { delete all[this.key]; });
  }
}

/* ---- a place where files are dropped or chosen ---- */

class Zone {
  constructor(place) {
    this.place = place;
    this.url = place.dataset.uploads;
    this.input = place.querySelector("input[type=file]");
    this.list = place.querySelector(".uploads");
    this.form = place.closest("form");
    this.files = [];
    this.input.addEventListener("change", () => { this.take(this.input.files); this.input.value = ""; });
    this.drops();
    this.form.addEventListener("submit", (event) => this.leave(event));
    window.addEventListener("online", () => this.hurry());
    this.find();
  }

  /* signing in again in another tab changes the token: the cookie has the one of now */
  get token() {
    const cookie = document.cookie.match(/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/);
    return cookie?.[1] ?? this.form.elements.csrfmiddlewaretoken.value;
  }

  drops() {
    const carries = (event) => event.dataTransfer?.types.includes("Files");
    ["dragenter", "dragover"].forEach((type) => this.place.addEventListener(type, (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      this.place.classList.add("over");
    }));
    this.place.addEventListener("dragleave", (event) => {
      if (!this.place.contains(event.relatedTarget)) this.place.classList.remove("over");
    });
    this.place.addEventListener("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      this.place.classList.remove("over");
      this.take(event.dataTransfer.files);
    });
  }

  take(chosen) {
    const files = this.input.multiple ? [...chosen] : [...chosen].slice(0, 1);
    if (!this.input.multiple && files.length) [...this.files].forEach((one) => one.cancel());
    for (const file of files) {
      const key = fingerprint(file);
      const before = this.files.find((one) => one.key === key);
      if (before && before.file) continue;
      if (before) before.line.remove();
      this.files = this.files.filter((one) => one !== before);
      this.files.push(new Sending(this, file, key, { url: remembered()[key] }));
      this.files.at(-1).show("waits");
    }
    this.next();
  }

  /* what was sent, or was on its way, before this page was loaded again */
  async find() {
    const here = `${location.pathname}|`;
    for (const [key, url] of Object.entries(remembered())) {
      if (!key.startsWith(here)) continue;
      try {
        const answer = await ask("HEAD", url, { token: this.token });
        const metadata = answer.getResponseHeader("Upload-Metadata").split(" ")[1];
        const known = { url, name: textOf(atob(metadata)), size: Number(answer.getResponseHeader("Upload-Length")) };
        if (this.files.some((one) => one.key === key)) continue;
        const one = new Sending(this, null, key, known);
        this.files.push(one);
        one.took(answer);
        if (one.stored) one.arrived();
        else one.show("again");
      } catch (trouble) {
        if (trouble.gone) remember((all) => { delete all[key]; });
      }
    }
  }

  next() {
    const sending = this.files.filter((one) => one.xhr || one.state === "sends").length;
    const waiting = this.files.filter((one) => one.state === "waits" && one.file);
    waiting.slice(0, Math.max(0, AT_ONCE - sending)).forEach((one) => one.start());
    if (this.leaving && !this.files.some((one) => one.open)) {
      const button = this.leaving;
      this.leaving = null;
      if (!this.files.some((one) => one.state === "failed")) this.form.requestSubmit(button.isConnected ? button : null);
    }
  }

  hurry() {
    this.files.filter((one) => one.state === "lost").forEach((one) => {
      clearTimeout(one.timer);
      one.show("waits");
    });
    this.next();
  }

  /* the form waits for its files; then they are the form's, and no longer this window's */
  leave(event) {
    if (event.defaultPrevented) return;
    if (this.files.some((one) => one.open)) {
      event.preventDefault();
      this.leaving = event.submitter || this.form.querySelector("button");
      say(this.list.dataset.first);
      return;
    }
    this.files.filter((one) => one.state === "done").forEach((one) => one.forget());
  }
}

document.querySelectorAll("[data-uploads]").forEach((place) => new Zone(place));
