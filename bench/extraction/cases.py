"""The files that are read: honest ones, and those made to harm."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from tests.library.extraction import samples


@dataclass(frozen=True)
class Case:
    """`make` writes the file; `expected` are the ways in which it may end."""

    name: str
    content_type: str
    make: Callable[[Path], None]
    expected: tuple[str, ...]
    # Whether the door of files is asked first, as an upload would; it may refuse.
    door: bool = True


CASES: list[Case] = []


def case(name: str, content_type: str, *expected: str, door: bool = True) -> Callable[..., Any]:
    def register(make: Callable[[Path], None]) -> Callable[[Path], None]:
        CASES.append(Case(name, content_type, make, expected, door))
        return make

    return register


def of_bytes(
    name: str, content_type: str, content: Callable[[], bytes], *expected: str, door: bool = True
) -> None:
    CASES.append(Case(name, content_type, lambda path: write(path, content()), expected, door))


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


# ------------------------------------------------------------------------------ honest files


@case("PDF of 100 pages", samples.PDF, "read")
def hundred_pages(path: Path) -> None:
    draw = random.Random(1)
    lines = [
        b"".join(samples.line(sentence(draw), 720 - 18 * row) for row in range(38))
        for _page in range(100)
    ]
    path.write_bytes(samples.drawn_pdf(*lines))


@case("PDF of 2,000 pages", samples.PDF, "read")
def two_thousand_pages(path: Path) -> None:
    draw = random.Random(2)
    path.write_bytes(
        samples.drawn_pdf(
            *(
                b"".join(samples.line(sentence(draw), 700 - 18 * row) for row in range(12))
                for _page in range(2_000)
            )
        )
    )


@case("PDF of 3,000 pages", samples.PDF, "read, Partial")
def too_many_pages(path: Path) -> None:
    path.write_bytes(samples.drawn_pdf(*[samples.line("mot")] * 3_000))


@case("Word file of 300 pages", samples.DOCX, "read")
def long_word(path: Path) -> None:
    draw = random.Random(3)
    cut = '<w:r><w:br w:type="page"/></w:r>'
    body = "".join(
        samples.paragraph(samples.run(sentence(draw)), cut if row % 30 == 0 else "")
        for row in range(9_000)
    )
    path.write_bytes(samples.word(body))


@case("Excel file of 200,000 cells", samples.XLSX, "read", "read, Partial")
def long_sheet(path: Path) -> None:
    rows = "".join(f"<row><c><v>{n}</v></c><c><v>{n * 7}</v></c></row>" for n in range(100_000))
    path.write_bytes(samples.workbook({"Un": rows}))


@case("text of 20 MB", samples.TXT, "read, Partial")
def long_text(path: Path) -> None:
    draw = random.Random(4)
    path.write_text("".join(f"{sentence(draw)}\n" for _line in range(200_000)))


@case("RTF of 3 MB, a picture in it", samples.RTF, "read")
def rich_text(path: Path) -> None:
    draw = random.Random(5)
    picture = r"{\pict\pngblip " + "89504e47" * 300_000 + "}"
    text = "".join(rf"{samples.rtf_of(sentence(draw))}\par " for _line in range(4_000))
    path.write_text(r"{\rtf1\ansi " + picture + text + "}")


@case("photo of 40 million pixels", "image/jpeg", "no text")
def large_photo(path: Path) -> None:
    Image.linear_gradient("L").resize((8_000, 5_000)).convert("RGB").save(path, "JPEG")


@case("PNG of 36 million pixels, transparent", "image/png", "no text")
def large_png(path: Path) -> None:
    Image.linear_gradient("L").resize((6_000, 6_000)).convert("RGBA").save(path, "PNG")


# ------------------------------------------------------------------------------------ bombs


def inflating(weight: int, orders: bytes) -> bytes:
    """A page whose drawing orders weigh so many bytes once inflated."""
    packer = zlib.compressobj(9)
    times = weight // len(orders)
    block = orders * 1_000
    packed = b"".join(packer.compress(block) for _turn in range(times // 1_000)) + packer.flush()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources "
        b"<< /Font << /F1 3 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed),
    ]
    return samples.pdf_of(objects, "/Root 1 0 R")


@case("PDF that inflates to 520 MB of lines", samples.PDF, "TooLong", "TooBig", "no text")
def drawn_bomb(path: Path) -> None:
    path.write_bytes(inflating(520_000_000, b"0 0 m 9 9 l S\n"))


@case("PDF that inflates to 520 MB of letters", samples.PDF, "TooLong", "TooBig", "read, Partial")
def written_bomb(path: Path) -> None:
    path.write_bytes(inflating(520_000_000, b"BT /F1 9 Tf 9 9 Td (mot) Tj ET\n"))


@case("PDF with a picture of a billion pixels", samples.PDF, "TooLong", "TooBig", "no text")
def pictured_bomb(path: Path) -> None:
    packed = zlib.compress(bytes(30_000_000), 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources "
        b"<< /XObject << /I 5 0 R >> >> >>",
        b"<< /Length 28 >>\nstream\nq 612 0 0 792 0 0 cm /I Do Q\nendstream",
        b"<< /Type /XObject /Subtype /Image /Width 32000 /Height 32000 /ColorSpace /DeviceRGB "
        b"/BitsPerComponent 8 /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream"
        % (len(packed), packed),
    ]
    path.write_bytes(samples.pdf_of(objects, "/Root 1 0 R"))


@case(
    "PDF of a thousand nested forms", samples.PDF, "read", "no text", "TooLong", "TooBig", "Broken"
)
def nested_forms(path: Path) -> None:
    forms = 1_000
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources "
        b"<< /XObject << /F 5 0 R >> >> >>",
        b"<< /Length 11 >>\nstream\n/F Do /F Do\nendstream",
    ]
    objects += [
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F %d 0 R "
        b">> >> /Length 11 >>\nstream\n/F Do /F Do\nendstream" % (6 + number)
        for number in range(forms)
    ]
    path.write_bytes(samples.pdf_of(objects, "/Root 1 0 R"))


def lesser_blanks() -> str:
    """Under the ratio at which the door of files refuses."""
    draw = random.Random(6)
    return "".join(" " * draw.randint(1, 400) + "\n" for _line in range(220_000))


def package_bombs() -> None:
    for kind, type_ in (("docx", samples.DOCX), ("xlsx", samples.XLSX), ("odt", samples.ODT)):
        big, small = partial(samples.bomb, kind, 150_000_000), partial(samples.bomb, kind)
        of_bytes(f"{kind} bomb", type_, big, "refused: Bomb")
        of_bytes(f"{kind} bomb, past the door", type_, small, "TooBig", door=False)


package_bombs()
of_bytes(
    "docx bomb, of lesser ratio", samples.DOCX, lambda: samples.word(lesser_blanks()), "TooBig"
)
of_bytes(
    "xlsx: a text of 100 kB in a million cells",
    samples.XLSX,
    lambda: samples.workbook(
        {"Un": '<row><c t="s"><v>0</v></c></row>' * 1_000_000}, f"<si><t>{'mot ' * 25_000}</t></si>"
    ),
    "read, Partial",
    door=False,
)
of_bytes(
    "docx: billion laughs",
    samples.DOCX,
    lambda: samples.with_declarations(samples.EVERY_FORMAT["docx"][1], "word/document.xml"),
    "Doctype",
)
of_bytes(
    "docx: 300,000 elements deep", samples.DOCX, lambda: samples.word("<w:p>" * 300_000), "Broken"
)
of_bytes(
    "docx: one attribute of 38 MB",
    samples.DOCX,
    lambda: samples.word(f'<w:p a="{"x" * 38_000_000}"/>'),
    "no text",
    "TooBig",
    "TooLong",
    door=False,
)
of_bytes(
    "pixel bomb, 60,000 × 60,000",
    "image/png",
    lambda: samples.wall_of_pixels(60_000, 60_000),
    "refused: TooManyPixels",
)
of_bytes(
    "RTF of 8 MB, letter by letter",
    samples.RTF,
    lambda: b"{\\rtf1 " + b"a b c d e " * 800_000 + b"}",
    "TooLong",
    "read, Partial",
)

# ------------------------------------------------------------------- encrypted, cut, NUL, sparse

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CUT = ("refused: UnreadableFile", "Broken", "read", "read, SomePages", "no text")
of_bytes("PDF under a password", samples.PDF, samples.locked_pdf, "Encrypted")
of_bytes(
    "Office file under a password", samples.DOCX, lambda: OLE + bytes(9_000), "refused: Locked"
)


def cut_files() -> None:
    for ending, (type_, content) in samples.EVERY_FORMAT.items():
        if ending not in ("txt", "csv", "rtf"):
            half = content[: len(content) // 2]
            of_bytes(f"{ending} cut in the middle", type_, partial(bytes, half), *CUT)


cut_files()
of_bytes(
    "text laden with NUL",
    samples.TXT,
    lambda: b"avant\x00apr\x00es " * 1_000,
    "refused: TypeMismatch",
)
of_bytes(
    "PDF laden with NUL",
    samples.PDF,
    lambda: samples.drawn_pdf(b"BT /F1 9 Tf 9 9 Td (avant\\000apres\\000) Tj ET"),
    "read",
)
of_bytes(
    "5 MB of NUL, said to be a PDF",
    samples.PDF,
    lambda: bytes(5_000_000),
    "refused: TypeMismatch",
)


def sparse(head: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.write(head)
            file.truncate(1_000_000_000)

    return make


TEXTUAL = ("read", "read, Partial")
CASES += [
    Case("1 GB sparse PDF", samples.PDF, sparse(b"%PDF-1.7\n"), ("refused: TooLarge",)),
    Case(
        "1 GB sparse PDF, past the door",
        samples.PDF,
        sparse(b"%PDF-1.7\n"),
        ("Broken", "TooLong"),
        door=False,
    ),
    Case("1 GB sparse text, past the door", samples.TXT, sparse(b"Bonjour"), TEXTUAL, door=False),
    Case(
        "1 GB sparse docx, past the door",
        samples.DOCX,
        sparse(b"PK\x03\x04"),
        ("Broken",),
        door=False,
    ),
    Case(
        "1 GB sparse MP4, past the door",
        "video/mp4",
        sparse(b"\x00\x00\x00\x18ftypisom"),
        ("no text",),
        door=False,
    ),
]


def sentence(draw: random.Random) -> str:
    words = "le retour en classe se prépare avec les parents et une équipe qui écoute".split()
    return " ".join(draw.choice(words) for _word in range(14))
