"""Makes real files of a text: PDF, Word and Excel, without any program that would make them.

The demonstration's documents are written here, and the tests borrow these to have something to
read. The same paper always gives the same bytes.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True)
class Section:
    """What stands on one page, or on one sheet: a heading, if any, and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    title: str
    authors: str = ""
    publisher: str = ""
    year: int = 2026
    language: str = "fr-CA"
    sections: tuple[Section, ...] = field(default=())
    # All on one page, for what is meant to be pinned on a wall.
    short: bool = False


# -------------------------------------------------------------------------------------- PDF

WIDTH, HEIGHT, MARGIN = 612, 792, 72
# Widths of Helvetica in thousandths, from the space on; an accented letter has its letter's.
ADVANCES = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 "
    "556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 "
    "722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 "
    "556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 "
    "260 334 584"
)
ADVANCE = {chr(32 + place): int(width) for place, width in enumerate(ADVANCES.split())}
BOLD = 1.07


@dataclass(frozen=True)
class Style:
    font: str
    size: int
    leading: int
    after: int
    before: int = 0


TITLE = Style("F2", 26, 33, 16)
HEADING = Style("F2", 18, 24, 8, before=20)
BODY = Style("F1", 14, 22, 12)
SMALL = Style("F1", 10, 14, 4)


def pdf(paper: Paper) -> bytes:
    """The paper as a PDF of letter size, in Helvetica, with its title, author and language."""
    return _assembled(_pages(paper), paper)


class _Sheet:
    """The drawing orders of one page, from the top down."""

    def __init__(self) -> None:
        self.orders: list[bytes] = []
        self.y = HEIGHT - MARGIN

    def write(self, text: str, style: Style) -> None:
        self.y -= style.before
        for line in _wrapped(text, style):
            self.y -= style.leading
            self.place(line, style, self.y)
        self.y -= style.after

    def place(self, line: str, style: Style, y: int) -> None:
        shown = line.encode("cp1252", "replace")
        for sign in (b"\\", b"(", b")"):
            shown = shown.replace(sign, b"\\" + sign)
        place = f"BT /{style.font} {style.size} Tf {MARGIN} {y} Td (".encode()
        self.orders.append(place + shown + b") Tj ET")

    def bar(self) -> None:
        self.orders.append(f"0.04 0.33 0.37 rg 0 {HEIGHT - 18} {WIDTH} 18 re f 0 g".encode())

    def room_for(self, lines: int, style: Style) -> bool:
        return self.y - lines * style.leading > MARGIN


def _pages(paper: Paper) -> list[bytes]:
    sheets = [_Sheet()]
    sheets[0].bar()
    sheets[0].write(paper.title, TITLE)
    for line in _signature(paper):
        sheets[0].write(line, SMALL)
    for number, section in enumerate(paper.sections):
        if number and not paper.short:
            sheets.append(_Sheet())
        if section.heading:
            sheets[-1].write(section.heading, HEADING)
        for paragraph in section.paragraphs:
            if not sheets[-1].room_for(len(list(_wrapped(paragraph, BODY))), BODY):
                sheets.append(_Sheet())
            sheets[-1].write(paragraph, BODY)
    for number, sheet in enumerate(sheets, 1):
        sheet.place(f"{paper.publisher or paper.title[:60]} – page {number}", SMALL, 40)
    return [b"\n".join(sheet.orders) for sheet in sheets]


def _signature(paper: Paper) -> list[str]:
    """Who wrote it, who published it, when; once where they are the same."""
    said = (paper.authors, paper.publisher, str(paper.year))
    return [line for line in dict.fromkeys(said) if line]


def _wrapped(text: str, style: Style) -> Iterator[str]:
    room = (WIDTH - 2 * MARGIN) * 1000 / style.size / (BOLD if style.font == "F2" else 1)
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and _advance(longer) > room:
            yield line
            line = word
        else:
            line = longer
    yield line


def _advance(text: str) -> int:
    return sum(ADVANCE.get(unicodedata.normalize("NFD", char)[0], 556) for char in text)


def _assembled(pages: list[bytes], paper: Paper) -> bytes:
    """Objects 1 to 5 are the catalogue, the tree, two fonts and the facts; then, for each page,
    itself and what it draws."""
    kids = " ".join(f"{6 + 2 * place} 0 R" for place in range(len(pages)))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /Lang ({paper.language}) >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
        f"<< /Title {_said(paper.title)} /Author {_said(paper.authors)} /Producer (Ancrage) "
        f"/CreationDate (D:{paper.year}0101000000Z) >>".encode(),
    ]
    for place, drawn in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents "
            f"{7 + 2 * place} 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn))
    return pdf_of(objects, "/Root 1 0 R /Info 5 0 R")


def _said(text: str) -> str:
    return f"<{(codecs.BOM_UTF16_BE + text.encode('utf-16-be')).hex()}>"


def pdf_of(objects: Iterable[bytes], trailer: str) -> bytes:
    """A PDF file of these objects, numbered from 1, with the table that finds them."""
    out = io.BytesIO(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    size = f"trailer\n<< /Size {len(places) + 1} {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    out.write(size.encode())
    return out.getvalue()


# ------------------------------------------------------------------------------ Word, Excel

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
TYPES = "application/vnd.openxmlformats-officedocument"
CORE = "application/vnd.openxmlformats-package.core-properties+xml"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def packaged(parts: dict[str, str | bytes]) -> bytes:
    """A zip file of these parts, without a date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def _frame(paper: Paper, main: str, types: dict[str, str]) -> dict[str, str | bytes]:
    """The parts that say what the others are, where the main one is, and who wrote it."""
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{type_}"/>' for part, type_ in types.items()
    )
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'{overrides}<Override PartName="/docProps/core.xml" ContentType="{CORE}"/></Types>',
        "_rels/.rels": _relations(
            (f"{OFFICE}/relationships/officeDocument", main),
            (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": f'{XML}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.'
        'org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(paper.title)}</dc:title><dc:creator>{escape(paper.authors)}"
        f'</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">{paper.year}-01-01T00:00:00Z'
        f"</dcterms:created><dc:language>{paper.language}</dc:language></cp:coreProperties>",
    }


def _relations(*found: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{type_}" Target="{target}"/>'
        for number, (type_, target) in enumerate(found, 1)
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def docx(paper: Paper) -> bytes:
    """The paper as a Word file: a title, headings, one page a section."""
    body = [_paragraph(paper.title, "Title"), *map(_paragraph, _signature(paper))]
    for number, section in enumerate(paper.sections):
        cut = bool(number) and not paper.short
        if section.heading:
            body.append(_paragraph(section.heading, "Heading1", cut=cut))
            cut = False
        for paragraph in section.paragraphs:
            body.append(_paragraph(paragraph, cut=cut))
            cut = False
    margins = 'w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="720"'
    page = (
        f'<w:sectPr><w:pgSz w:w="12240" w:h="15840"/><w:pgMar {margins} w:footer="720" '
        'w:gutter="0"/></w:sectPr>'
    )
    types = {
        "word/document.xml": f"{TYPES}.wordprocessingml.document.main+xml",
        "word/styles.xml": f"{TYPES}.wordprocessingml.styles+xml",
    }
    return packaged(
        {
            **_frame(paper, "word/document.xml", types),
            "word/_rels/document.xml.rels": _relations(
                (f"{OFFICE}/relationships/styles", "styles.xml")
            ),
            "word/styles.xml": _word_styles(paper.language),
            "word/document.xml": f'{XML}<w:document xmlns:w="{WORD}"><w:body>{"".join(body)}{page}'
            "</w:body></w:document>",
        }
    )


def _paragraph(text: str, style: str = "", *, cut: bool = False) -> str:
    said = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    page = '<w:r><w:br w:type="page"/></w:r>' if cut else ""
    return f'<w:p>{said}{page}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _word_styles(language: str) -> str:
    def style(name: str, id_: str, size: int, before: int) -> str:
        return (
            f'<w:style w:type="paragraph" w:styleId="{id_}"><w:name w:val="{name}"/>'
            f'<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/>'
            f'<w:spacing w:before="{before}" w:after="120"/></w:pPr><w:rPr><w:b/>'
            f'<w:sz w:val="{size}"/></w:rPr></w:style>'
        )

    return (
        f'{XML}<w:styles xmlns:w="{WORD}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts '
        f'w:ascii="Arial" w:hAnsi="Arial"/><w:sz w:val="22"/><w:lang w:val="{language}"/></w:rPr>'
        '</w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" '
        'w:styleId="Normal"><w:name w:val="Normal"/><w:pPr><w:spacing w:after="160"/></w:pPr>'
        f"</w:style>{style('Title', 'Title', 44, 0)}{style('heading 1', 'Heading1', 30, 240)}"
        "</w:styles>"
    )


def xlsx(paper: Paper) -> bytes:
    """The paper as an Excel file: what it is on the first sheet, then one sheet a section."""
    first = [paper.title, *_signature(paper)]
    sheets = [("Présentation", first)]
    for number, section in enumerate(paper.sections, 1):
        rows = [part for text in section.paragraphs for part in re.split(r"(?<=[.?!]) ", text)]
        sheets.append((_sheet_name(section.heading, number), [section.heading, *rows]))
    parts = [f"worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, (name, _rows) in enumerate(sheets, 1)
    )
    types = {"xl/workbook.xml": f"{TYPES}.spreadsheetml.sheet.main+xml"}
    types |= {f"xl/{part}": f"{TYPES}.spreadsheetml.worksheet+xml" for part in parts}
    return packaged(
        {
            **_frame(paper, "xl/workbook.xml", types),
            "xl/workbook.xml": f'{XML}<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}/relationships">'
            f"<sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": _relations(
                *((f"{OFFICE}/relationships/worksheet", part) for part in parts)
            ),
            **{
                f"xl/{part}": _sheet(rows)
                for part, (_name, rows) in zip(parts, sheets, strict=True)
            },
        }
    )


def _sheet_name(heading: str, number: int) -> str:
    """At most 31 signs, without those that Excel refuses."""
    return re.sub(r"[\[\]:*?/\\]", " ", heading)[:31].strip() or f"Feuille {number}"


def _sheet(rows: Iterable[str]) -> str:
    cells = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{escape(row)}</t></is></c></row>'
        for number, row in enumerate(rows, 1)
    )
    return (
        f'{XML}<worksheet xmlns="{SHEET}"><cols><col min="1" max="1" width="110" customWidth="1"/>'
        f"</cols><sheetData>{cells}</sheetData></worksheet>"
    )
