/* The rich editor (CKEditor 5), fetched when somebody begins to write and not before.
   The plain box stays the truth: it is what the form sends, and what remains if the bundle
   cannot come. */

const TOOLBAR = ["bold", "italic", "link", "bulletedList", "numberedList", "blockQuote", "|", "undo", "redo"];
/* What the bundle knows and our allow-list does not keep: a pasted address must stay an address,
   not become a frame that the server takes out. */
const UNWANTED = ["MediaEmbed", "HtmlEmbed", "TodoList", "CodeBlock", "Table", "TableToolbar", "TableProperties", "TableCellProperties", "TableCaption", "Highlight", "Font", "Alignment", "PageBreak", "HorizontalLine", "SourceEditing", "ShowBlocks", "GeneralHtmlSupport", "Style", "FullPage", "ImageResize", "ImageStyle", "Heading", "IndentBlock", "Markdown"];
const editors = new WeakMap();
let bundle;

function script(src) {
  return new Promise((done, fail) => {
    const tag = document.createElement("script");
    tag.src = src;
    tag.onload = done;
    tag.onerror = () => fail(new Error(src));
    document.head.append(tag);
  });
}

function style(href) {
  const tag = document.createElement("link");
  tag.rel = "stylesheet";
  tag.href = href;
  const loaded = new Promise((done, fail) => { tag.onload = done; tag.onerror = fail; });
  document.head.append(tag);
  return loaded;
}

/* here a file that one sends is « téléversé » */
function sayInQuebec() {
  Object.assign(window.CKEDITOR_TRANSLATIONS?.fr?.dictionary ?? {}, {
    "Upload image from computer": "Téléverser une image",
    "Upload from computer": "Téléverser",
    "Upload failed": "Le téléversement a échoué",
    "Upload in progress": "Téléversement en cours",
  });
}

function load(place) {
  bundle ??= Promise.all([
    style(place.style),
    style(place.look),
    script(place.bundle).then(() => place.french && script(place.french).then(sayInQuebec)),
  ]).catch((error) => { bundle = undefined; throw error; });
  return bundle;
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

/* HTML drops a space at either end of a line, and one of two: the editor reads a no-break space
   there as the plain space it was */
const kept = (html) => html.replace(/  /g, " &nbsp;").replace(/^ | $/gm, "&nbsp;");

/* what was typed as plain lines, as the paragraphs the editor reads */
const asHtml = (text) => text.split(/\n{2,}/).map((block) => {
  const lines = block.split("\n");
  const quoted = lines.every((line) => line.startsWith(">"));
  const said = quoted ? lines.map((line) => line.replace(/^>+ ?/, "")).join("\n") : block;
  const html = `<p>${kept(escaped(said)).replace(/\n/g, "<br>")}</p>`;
  return quoted ? `<blockquote>${html}</blockquote>` : html;
}).join("");

const formatOf = (box) => box.form?.elements[`${box.name}_format`];

/* Our policy lets nobody write a style into the page: the editor draws no progress bar over a
   picture, and says its sides as attributes alone. A plugin, so that it acts before any text. */
class WithoutStyles {
  constructor(editor) { this.editor = editor; }
  afterInit() {
    const { editing, data, plugins } = this.editor;
    for (const kind of ["imageBlock", "imageInline"]) {
      editing.downcastDispatcher.off(`attribute:uploadStatus:${kind}`, plugins.get("ImageUploadProgress").uploadStatusChange);
      for (const side of ["width", "height"]) {
        const say = (event, { item, attributeNewValue: value }, { consumable, mapper, writer }) => {
          consumable.consume(item, event.name);
          const image = plugins.get("ImageUtils").findViewImgElement(mapper.toViewElement(item));
          if (value === null) writer.removeAttribute(side, image);
          else writer.setAttribute(side, value, image);
        };
        for (const { downcastDispatcher } of [editing, data]) downcastDispatcher.on(`attribute:${side}:${kind}`, say, { priority: "highest" });
      }
    }
  }
}

/* ---- naming somebody ---- */

const live = document.getElementById("live");
/* a name has four words at most, and is not the rest of a sentence */
const LONGEST = 40;

/* Who may be meant by what follows an "@": asked of the server, for the space of the form. What
   found nobody is not asked again with more letters. */
function whoIsMeant(box) {
  let nobody = null;
  box.dataset.refused = "";
  return async (query) => {
    const hopeless = nobody !== null && query.startsWith(nobody);
    const words = query.split(/\s+/).length;
    if (query !== query.trimStart() || query.length > LONGEST || words > 4 || hopeless) return [];
    if (box.dataset.refused && query.startsWith(box.dataset.refused)) return [];
    const space = box.form.elements.space?.value || box.form.dataset.space || "";
    const answer = await fetch(`${box.dataset.mentions}?${new URLSearchParams({ espace: space, q: query })}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return [];
    const { people, said } = await answer.json();
    nobody = people.length ? null : query;
    if (people.length) live.textContent = said;
    return people;
  };
}

function person({ id, name, about, reached }) {
  const line = document.createElement("span");
  line.className = reached ? "person" : "person unreached";
  line.id = `mention-${id.slice(1)}`;
  line.append(Object.assign(document.createElement("span"), { textContent: name }));
  if (about) line.append(" ", Object.assign(document.createElement("small"), { textContent: about }));
  return line;
}

/* The list is a listbox of which the text knows the option in hand, as ARIA 1.2 describes it; who
   does not read the space is named in plain words. */
function tellMentions(box, editor) {
  const { view } = editor.editing;
  const balloon = editor.plugins.get("ContextualBalloon");
  const area = view.document.getRoot();
  let list = null;
  const write = (said) => view.change((writer) => {
    for (const [name, value] of Object.entries(said)) {
      if (value) writer.setAttribute(name, value, area);
      else writer.removeAttribute(name, area);
    }
  });
  function tell() {
    let chosen = "";
    list.querySelectorAll(".person").forEach((option) => {
      const on = option.classList.contains("ck-on");
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(on));
      option.parentElement.setAttribute("role", "presentation");
      if (on) chosen = option.id;
    });
    write({ "aria-activedescendant": chosen });
  }
  const watch = new MutationObserver(tell);
  write({ "aria-autocomplete": "list", "aria-haspopup": "listbox" });
  balloon.on("change:visibleView", (event, name, shown) => {
    watch.disconnect();
    list = shown?.element?.matches(".ck-mentions") ? shown.element : null;
    if (!list) return write({ "aria-controls": "", "aria-activedescendant": "" });
    list.id = `${box.id}-people`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.dataset.people);
    write({ "aria-controls": list.id });
    watch.observe(list, { subtree: true, childList: true, attributeFilter: ["class"] });
    tell();
  });
  editor.commands.get("mention").on("execute", (event, [{ mention, range }]) => {
    if (mention.reached !== false) return;
    event.stop();
    box.dataset.refused = mention.name;
    editor.model.change((writer) => editor.model.insertContent(writer.createText(`${mention.text} `), range));
  }, { priority: "highest" });
}

function config(box, lang) {
  const settings = {
    extraPlugins: [WithoutStyles],
    licenseKey: "GPL",
    removePlugins: UNWANTED,
    language: { ui: lang, content: lang },
    toolbar: { items: [...TOOLBAR], shouldNotGroupWhenFull: false },
    placeholder: box.placeholder,
    ui: { viewportOffset: { bottom: document.querySelector(".tabs")?.offsetHeight ?? 0 } },
    link: { defaultProtocol: "https://" },
    image: { toolbar: ["imageTextAlternative"], insert: { integrations: ["upload"] } },
  };
  if (box.dataset.mentions) settings.mention = { feeds: [{ marker: "@", minimumCharacters: 1, feed: whoIsMeant(box), itemRenderer: person }] };
  if (box.dataset.upload) {
    settings.toolbar.items.splice(6, 0, "uploadImage");
    settings.simpleUpload = {
      uploadUrl: box.dataset.upload,
      withCredentials: true,
      headers: { "X-CSRFToken": box.form?.elements.csrfmiddlewaretoken?.value ?? "" },
    };
  }
  return settings;
}

/* Opens the editor over `box`, with what it holds and the caret at the end.
   Rejects, leaving the plain box as it was, when the bundle cannot be had. */
export async function open(box, place, lang) {
  if (editors.has(box) || box.dataset.opening) return;
  box.dataset.opening = "1";
  try {
    await load(place);
    if (!box.isConnected) return;
    const focused = document.activeElement === box;
    const read = formatOf(box)?.value === "html" ? (text) => text : asHtml;
    const typed = box.value;
    const required = box.required;
    box.required = false;
    let editor;
    try {
      editor = await window.ClassicEditor.create(box, { ...config(box, lang), initialData: read(typed) });
    } catch (error) {
      box.required = required;
      throw error;
    }
    editors.set(box, editor);
    /* the box was hers until now: what she typed while the editor was being made comes along */
    if (box.value !== typed) editor.setData(read(box.value));
    box.value = editor.getData();
    box.dataset.open = "1";
    sayFormat(box);
    label(box, editor);
    if (box.dataset.mentions) tellMentions(box, editor);
    editor.model.document.on("change:data", () => {
      box.value = editor.getData();
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    if (focused) {
      editor.model.change((writer) => writer.setSelection(editor.model.document.getRoot(), "end"));
      editor.editing.view.focus();
    }
  } finally {
    delete box.dataset.opening;
  }
}

/* Adds plain lines at the end of the text ("> " begins a quotation), and puts the caret below them.
   Rejects when the editor cannot be had. */
export async function add(box, lines, place, lang) {
  await open(box, place, lang);
  const editor = editors.get(box);
  if (!editor) throw new Error("no editor");
  const { model, data } = editor;
  const end = model.document.getRoot();
  const last = end.getChild(end.childCount - 1);
  model.change((writer) => {
    const added = data.toModel(data.processor.toView(`${asHtml(lines)}<p></p>`));
    if (last?.is("element", "paragraph") && last.isEmpty) writer.remove(last);
    writer.append(added, end);
    writer.setSelection(end, "end");
  });
  editor.editing.view.focus();
  editor.editing.view.scrollToTheSelection();
}

/* the server reads the box as HTML from now on: `<name>_format` says so */
function sayFormat(box) {
  let format = formatOf(box);
  if (!format) {
    format = document.createElement("input");
    format.type = "hidden";
    format.name = `${box.name}_format`;
    box.after(format);
  }
  format.value = "html";
}

/* the editable area keeps the name and the description of the box it stands for */
function label(box, editor) {
  const name = box.labels?.[0];
  const description = box.getAttribute("aria-describedby");
  editor.editing.view.change((writer) => {
    const area = editor.editing.view.document.getRoot();
    if (name) writer.setAttribute("aria-label", name.textContent.trim(), area);
    if (description) writer.setAttribute("aria-describedby", description, area);
  });
  name?.addEventListener("click", (event) => { event.preventDefault(); editor.editing.view.focus(); });
}

/* a replaced editor would live on in memory */
document.addEventListener("htmx:beforeCleanupElement", ({ target }) => {
  const editor = editors.get(target);
  if (!editor) return;
  editors.delete(target);
  editor.destroy().catch(() => {});
});
