"""A file of every format with one known phrase on its second page, and files made to harm."""

from __future__ import annotations

import io
import zipfile
import zlib

from PIL import Image

from home.demo.papers import Paper, Section, docx, packaged, pdf, pdf_of

OFFICE = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
PDF = "application/pdf"
DOCX = f"{OFFICE}.wordprocessingml.document"
XLSX = f"{OFFICE}.spreadsheetml.sheet"
PPTX = f"{OFFICE}.presentationml.presentation"
ODT, ODS, ODP = f"{ODF}.text", f"{ODF}.spreadsheet", f"{ODF}.presentation"
RTF, TXT, CSV = "application/rtf", "text/plain", "text/csv"

PHRASE = "La boussole retrouve l’œuvre du nordet"
FIRST = (
    "Ce guide est écrit pour les équipes qui accompagnent des jeunes et leurs parents dans le "
    "retour en classe. Il dit ce qui a été essayé, ce qui a tenu et ce qui reste à faire."
)
PAPER = Paper(
    title="Guide du nordet",
    authors="Équipe des vents",
    publisher="Racines et Relais",
    year=2024,
    sections=(Section("Résumé", (FIRST,)), Section("Suite", (f"{PHRASE}.", "Fin."))),
)

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OD = "urn:oasis:names:tc:opendocument:xmlns"
CORE = (
    '<cp:coreProperties xmlns:cp="x" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Guide du nordet</dc:title><dc:creator>'
    "Équipe des vents</dc:creator><dcterms:created>2024-02-03T00:00:00Z</dcterms:created>"
    "</cp:coreProperties>"
)


def relations(*targets: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{R}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


# ------------------------------------------------------------------------------------- Word


def word(body: str, **parts: str) -> bytes:
    """A Word file of that body; `parts` by their name without folder nor ending."""
    kinds = tuple((kind, f"{kind}.xml") for kind in parts)
    return packaged(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Override PartName='
            f'"/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>',
            "_rels/.rels": relations(("officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": relations(*kinds),
            "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:mc="mc" xmlns:r="{R}"><w:body>'
            f"{body}</w:body></w:document>",
            **{f"word/{name}.xml": content for name, content in parts.items()},
        }
    )


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


# ------------------------------------------------------------------------------- PowerPoint


def slide(title: str, *lines: str) -> str:
    shown = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
    return (
        f'<p:sld xmlns:p="{P}" xmlns:a="{A}"><p:cSld><p:spTree>'
        '<p:sp><p:nvSpPr><p:nvPr><p:ph type="ctrTitle"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r>'
        f"<a:t>{title}</a:t></a:r></a:p></p:txBody></p:sp>"
        f"<p:sp><p:nvSpPr/><p:txBody>{shown}</p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )


def pptx(*slides: str, **extra: bytes) -> bytes:
    """The slides in that order, though their files are numbered the other way round."""
    names = [f"slides/slide{len(slides) - place}.xml" for place in range(len(slides))]
    listed = "".join(
        f'<p:sldId id="{255 + number}" r:id="rId{number}"/>' for number in range(1, len(slides) + 1)
    )
    return packaged(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Override PartName='
            f'"/ppt/presentation.xml" ContentType="{PPTX}.main+xml"/></Types>',
            "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
            "docProps/core.xml": CORE,
            "ppt/presentation.xml": f'<p:presentation xmlns:p="{P}" xmlns:r="{R}"><p:sldIdLst>'
            f"{listed}</p:sldIdLst></p:presentation>",
            "ppt/_rels/presentation.xml.rels": relations(*(("slide", name) for name in names)),
            **{f"ppt/{name}": content for name, content in zip(names, slides, strict=True)},
            **extra,
        }
    )


# ------------------------------------------------------------------------------------ Excel


def workbook(
    sheets: dict[str, str], shared: str = "", states: dict[str, str] | None = None
) -> bytes:
    """Sheets by their name; `states` of those that are not shown."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}" '
        f'state="{(states or {}).get(name, "visible")}"/>'
        for number, name in enumerate(sheets, 1)
    )
    parts = [("worksheet", f"worksheets/s{number}.xml") for number in range(1, len(sheets) + 1)]
    if shared:
        parts.append(("sharedStrings", "sharedStrings.xml"))
    rows = [f"<worksheet><sheetData>{rows}</sheetData></worksheet>" for rows in sheets.values()]
    return packaged(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Override PartName='
            f'"/xl/workbook.xml" ContentType="{XLSX}.main+xml"/></Types>',
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns:r="{R}"><sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(*parts),
            "xl/sharedStrings.xml": f"<sst>{shared}</sst>",
            **{f"xl/worksheets/s{number}.xml": content for number, content in enumerate(rows, 1)},
        }
    )


# ----------------------------------------------------------------------------- OpenDocument


def open_document(kind: str, body: str, styles: str = "", **parts: str) -> bytes:
    """`kind` is text, spreadsheet or presentation."""
    spaces = " ".join(
        f'xmlns:{prefix}="{OD}:{name}:1.0"'
        for prefix, name in {
            "office": "office", "text": "text", "table": "table", "draw": "drawing",
            "style": "style", "presentation": "presentation",
        }.items()
    )  # fmt: skip
    space = 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    return packaged(
        {
            "mimetype": f"{ODF}.{kind}",
            "content.xml": f"<office:document-content {spaces} {space}><office:automatic-styles>"
            f"{styles}</office:automatic-styles><office:body><office:{kind}>{body}"
            f"</office:{kind}></office:body></office:document-content>",
            "meta.xml": '<office:document-meta xmlns:office="o" xmlns:meta="m" xmlns:dc="d">'
            "<dc:title>Guide du nordet</dc:title><meta:initial-creator>Équipe des vents"
            "</meta:initial-creator><meta:creation-date>2024-02-03T10:00:00</meta:creation-date>"
            "</office:document-meta>",
            **parts,
        }
    )


BREAKING = (
    '<style:style style:name="P1"><style:paragraph-properties fo:break-before="page"/>'
    "</style:style>"
)

# ----------------------------------------------------------------- one of each, with a phrase


def rtf_of(text: str) -> str:
    """As Word writes it: accents by their code in the page, other signs by their number."""
    return "".join(
        char
        if ord(char) < 128
        else f"\\'{char.encode('cp1252').hex()}"
        if ord(char) < 256
        else f"\\u{ord(char)}?"
        for char in text
    )


RICH = (
    r"{\rtf1\ansi\ansicpg1252{\info{\title Guide du nordet}{\author " + rtf_of("Équipe des vents")
    + r"}}{\fonttbl{\f0 Arial;}}{\pict\pngblip " + "89504e47" * 200 + r"}"
    + rtf_of(FIRST) + r"\par\page " + rtf_of(PHRASE) + r".\par Fin.}"
)  # fmt: skip
SLIDES = (slide("Guide du nordet", FIRST), slide("Suite", f"{PHRASE}.", "Fin."))
ROW = "<row><c t='inlineStr'><is><t>{}</t></is></c></row>"

EVERY_FORMAT: dict[str, tuple[str, bytes]] = {
    "pdf": (PDF, pdf(PAPER)),
    "docx": (DOCX, docx(PAPER)),
    "xlsx": (XLSX, workbook({"Un": ROW.format(FIRST), "Deux": ROW.format(f"{PHRASE}.")})),
    "pptx": (PPTX, pptx(*SLIDES)),
    "odt": (
        ODT,
        open_document(
            "text",
            f"<text:h>Guide du nordet</text:h><text:p>{FIRST}</text:p>"
            f'<text:p text:style-name="P1">{PHRASE}.</text:p>',
            BREAKING,
        ),
    ),
    "ods": (
        ODS,
        open_document(
            "spreadsheet",
            "".join(
                f'<table:table table:name="{name}"><table:table-row><table:table-cell><text:p>'
                f"{text}</text:p></table:table-cell></table:table-row></table:table>"
                for name, text in (("Un", FIRST), ("Deux", f"{PHRASE}."))
            ),
        ),
    ),
    "odp": (
        ODP,
        open_document(
            "presentation",
            "".join(
                f'<draw:page><draw:frame presentation:class="title"><text:p>{title}</text:p>'
                f"</draw:frame><draw:frame><text:p>{text}</text:p></draw:frame></draw:page>"
                for title, text in (("Guide du nordet", FIRST), ("Suite", f"{PHRASE}."))
            ),
        ),
    ),
    "rtf": (RTF, RICH.encode("ascii")),
    "txt": (TXT, f"Guide du nordet\n\n{FIRST}\n\x0c{PHRASE}.\n".encode()),
    "csv": (CSV, f"titre;mots\nGuide;{FIRST}\n\x0cSuite;{PHRASE}\n".encode()),
}

# ----------------------------------------------------------------------------- what may harm

DTD = '<!DOCTYPE w [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def with_declarations(content: bytes, part: str, declarations: str = DTD) -> bytes:
    """The same package, with a DTD at the head of one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            after.writestr(name, declarations.encode() + text if name == part else text)
    return out.getvalue()


def bomb(kind: str, weight: int = 42_000_000) -> bytes:
    """An office file of some kilobytes whose text part is blanks, for so many bytes."""
    blanks = " " * weight
    if kind == "docx":
        return word(f"{blanks}")
    if kind == "xlsx":
        return workbook({"Un": blanks})
    return open_document("text", blanks)


def locked_pdf() -> bytes:
    """A PDF whose password is not the empty one."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <"
        + b"41" * 32
        + b"> /U <"
        + b"42" * 32
        + b"> >>",
    ]
    return pdf_of(objects, "/Root 1 0 R /Encrypt 3 0 R /ID [<00><00>]")


def drawn_pdf(*contents: bytes, box: str = "0 0 612 792", extra: bytes = b"") -> bytes:
    """A page for each of these drawing orders, with one font F1."""
    count = len(contents)
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for place, orders in enumerate(contents):
        packed = zlib.compress(orders)
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {5 + 2 * place} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode(),
            b"<< /Length %d /Filter /FlateDecode %b >>\nstream\n%b\nendstream"
            % (len(packed), extra, packed),
        ]
    return pdf_of(objects, "/Root 1 0 R")


def line(text: str, y: int = 700, size: int = 12) -> bytes:
    shown = text.encode("cp1252")
    return b"BT /F1 %d Tf 72 %d Td (%b) Tj ET\n" % (size, y, shown)


def scanned_pdf(pages: int = 1) -> bytes:
    """Pages that hold no letter: black bars where words would be."""
    return drawn_pdf(*[b"0 0 0 rg 100 600 200 12 re f\n"] * pages)


def photo(size: tuple[int, int] = (640, 400), format_: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, format_)
    return out.getvalue()


def wall_of_pixels(width: int, height: int) -> bytes:
    """A PNG of a few bytes that promises so many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(name + data)
        return len(data).to_bytes(4, "big") + name + data + checksum.to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    body = chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body
