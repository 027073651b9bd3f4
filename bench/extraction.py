"""Reads what would take a server down, and what is only long; real OCR where tesseract is there.

    .venv/bin/python -m bench.extraction [--fuzz 200] [--json var/extraction.json]

Each file is given to `library.extraction.extract` as a deposit would be, in a process of its own,
so that its children's figures are theirs alone: seconds on the clock, and the most memory that was
resident. A line is wrong when it took over 20 s or 300 MB, or did not end as it must.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from PIL import Image, ImageDraw, ImageFont

from core import files
from core.files import images, store, types
from core.files.errors import FileRefused
from core.models import StoredFile
from library.extraction import extract as extraction
from library.extraction import ocr, pages
from library.reading import STOPPED
from tests.library.extraction import samples

SECONDS, MEGABYTES = 20, 300
OCR_PHRASE = "La boussole retrouve le nordet"


def stored(content_type: str, path: Path) -> StoredFile:
    """A file as the storage would have it, without a row."""
    found = StoredFile(content_type=content_type)
    found.file.name = str(path)
    return found


@contextmanager
def opened(found: StoredFile) -> Iterator[Any]:
    with Path(found.file.name or "").open("rb") as content:
        yield content


files.opened = opened  # type: ignore[assignment]


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


# --------------------------------------------------------------------------------- one case


@dataclass
class Figures:
    """`megabytes` is the most that was resident, in the door's process or in the child's."""

    outcome: str
    seconds: float
    megabytes: float
    detail: dict[str, Any] = field(default_factory=dict)


def made(number: int, path: Path) -> Figures:
    CASES[number].make(path)
    return Figures("made", 0, 0)


def at_the_door(number: int, path: Path) -> Figures:
    """What `core.files.accept` does with an upload of this file before it keeps it."""
    asked = CASES[number]
    ending = next(one.extension for one in types.TYPES if one.content_type == asked.content_type)
    before = own_peak()
    started = time.monotonic()
    outcome = "accepted"
    try:
        store.check_size(path.stat().st_size)
        with path.open("rb") as content:
            type_ = types.recognise(content, f"a.{ending}")
            if type_.family == "image":
                images.redrawn(content, type_.content_type)
    except FileRefused as refusal:
        outcome = f"refused: {type(refusal).__name__}"
    seconds = time.monotonic() - started
    return Figures(outcome, seconds, own_peak() - before)


def in_a_child(number: int, path: Path) -> Figures:
    asked = CASES[number]
    started = time.monotonic()
    found = extraction.extract(stored(asked.content_type, path))
    seconds = time.monotonic() - started
    outcome = "read" if found.pages else "no text"
    if found.failure:
        failure = STOPPED.get(found.failure, found.failure)
        outcome = f"read, {failure}" if found.pages else found.failure
    return Figures(outcome, seconds, children_peak(), {"pages": found.page_count})


def own_peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def children_peak() -> float:
    """A child begins as a copy of its parent: that one must be smaller than what is measured."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000


STAGES = {"make": made, "door": at_the_door, "read": in_a_child}


def in_a_process(*arguments: str) -> Figures:
    answer = subprocess.run(
        [sys.executable, "-m", "bench.extraction", "--one", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        return Figures(f"bench failed: {answer.stderr.strip()[-200:]}", 0, 0)
    return Figures(**json.loads(answer.stdout.splitlines()[-1]))


def measured(number: int) -> Figures:
    """One case: made, shown to the door, read by a child; each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "file")
        in_a_process("make", str(number), place)
        door = Figures("", 0, 0)
        if CASES[number].door:
            door = in_a_process("door", str(number), place)
            if door.outcome != "accepted":
                return door
        read = in_a_process("read", str(number), place)
    read.seconds += door.seconds
    read.detail["door_megabytes"] = round(door.megabytes)
    return read


# -------------------------------------------------------------------------------------- fuzz


def fuzzed(count: int) -> Figures:
    """So many files of every format with some bytes changed, cut or repeated, one after another."""
    draw = random.Random(20261125)
    outcomes: dict[str, int] = {}
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for number in range(count):
            ending = list(samples.EVERY_FORMAT)[number % len(samples.EVERY_FORMAT)]
            content_type, content = samples.EVERY_FORMAT[ending]
            path.write_bytes(changed(content, draw))
            started = time.monotonic()
            found = extraction.extract(stored(content_type, path))
            slowest = max(slowest, time.monotonic() - started)
            outcome = found.failure or ("read" if found.pages else "no text")
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
    peak = children_peak()
    return Figures("all answered", slowest, peak, outcomes)


def changed(content: bytes, draw: random.Random) -> bytes:
    raw = bytearray(content)
    for _change in range(draw.randint(1, 12)):
        place = draw.randrange(len(raw))
        how = draw.random()
        if how < 0.6:
            raw[place] = draw.randrange(256)
        elif how < 0.75:
            del raw[place : place + draw.randint(1, 40)]
        elif how < 0.9:
            raw[place:place] = raw[max(0, place - 60) : place] * draw.randint(1, 30)
        else:
            raw[place : place + 8] = b"\xff" * 8
        if not raw:
            return b"\x00"
    return bytes(raw)


# ----------------------------------------------------------------------------- pages and OCR


def drawing() -> Figures:
    """A page of the honest hundred, at the larger width, the median of five."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        hundred_pages(path)
        scan = stored(samples.PDF, path)
        times = []
        for number in range(40, 45):
            started = time.monotonic()
            pages.render_page(scan, number, 1600, keep=False)
            times.append(time.monotonic() - started)
    peak = children_peak()
    return Figures("drawn", sorted(times)[2], peak)


def recognised() -> Figures:
    """A page that is a picture of letters, through the real tesseract."""
    if not ocr.is_available():
        return Figures("tesseract is not installed", 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(picture_of_letters())
        started = time.monotonic()
        text = ocr.recognise(stored(samples.PDF, path), 1)
    seconds = time.monotonic() - started
    peak = children_peak()
    good = OCR_PHRASE in " ".join(text.split())
    return Figures("recognised" if good else f"misread: {text[:80]!r}", seconds, peak)


def picture_of_letters() -> bytes:
    """A PDF whose page is one picture of a page of text, as a scanner would make it."""
    page = Image.new("L", (1_700, 2_200), "white")
    font = ImageFont.load_default(36)
    draw = ImageDraw.Draw(page)
    draw.text((150, 200), f"{OCR_PHRASE}.", "black", font)
    chance = random.Random(7)
    for row in range(30):
        draw.text((150, 300 + 55 * row), sentence(chance), "black", font)
    out = io.BytesIO()
    page.save(out, "PDF", resolution=200)
    return out.getvalue()


OTHERS: dict[str, tuple[Callable[[], Figures], str]] = {
    "one page drawn at 1,600 pixels": (drawing, "drawn"),
    "one scanned page through tesseract": (recognised, "recognised"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--fuzz", type=int, default=200)
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(*options.one).__dict__))
        return
    rows = [(asked.name, measured(number), asked.expected) for number, asked in enumerate(CASES)]
    rows += [(name, in_a_process(name), (said,)) for name, (_run, said) in OTHERS.items()]
    fuzz = f"{options.fuzz} fuzzed files, the slowest"
    rows.append((fuzz, in_a_process("fuzz", str(options.fuzz)), ("all answered",)))
    report(rows, options.json)


def one(what: str, *rest: str) -> Figures:
    if what in OTHERS:
        return OTHERS[what][0]()
    if what == "fuzz":
        return fuzzed(int(rest[0]))
    number, path = rest
    return STAGES[what](int(number), Path(path))


def report(rows: list[tuple[str, Figures, tuple[str, ...]]], path: Path | None) -> None:
    wrong = 0
    for name, found, expected in rows:
        good = (
            found.outcome in expected
            and found.seconds <= SECONDS
            and (found.megabytes <= MEGABYTES or "tesseract" in name)
        )
        wrong += not good
        mark = " " if good else "✗"
        print(
            f"{mark} {name:45} {found.outcome:24} {found.seconds:6.2f} s {found.megabytes:6.0f} MB "
            f"{json.dumps(found.detail) if found.detail else ''}"
        )
    versions = {
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
    }
    print(json.dumps(versions | {"wrong": wrong}))
    if path is not None:
        found = {name: figures.__dict__ for name, figures, _expected in rows}
        path.write_text(json.dumps({"versions": versions, "results": found}, indent=2))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
