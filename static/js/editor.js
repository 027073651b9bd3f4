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

function config(box, lang) {
  const settings = {
    extraPlugins: [WithoutStyles],
    licenseKey: "GPL",
    removePlugins: UNWANTED,
    language: { ui: lang, content: lang },
    toolbar: { items: [...TOOLBAR], shouldNotGroupWhenFull: false },
    placeholder: box.placeholder,
    link: { defaultProtocol: "https://" },
    image: { toolbar: ["imageTextAlternative"], insert: { integrations: ["upload"] } },
  };
  if (box.dataset.mentions) {
    settings.mention = {
      feeds: [{
        marker: "@",
        minimumCharacters: 1,
        feed: async (query) => {
          const answer = await fetch(box.dataset.mentions + encodeURIComponent(query), { headers: { Accept: "application/json" } });
          return answer.ok ? answer.json() : [];
        },
        itemRenderer: (item) => {
          const line = document.createElement("span");
          line.textContent = item.name || item.id;
          return line;
        },
      }],
    };
  }
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
