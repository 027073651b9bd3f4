"""Small files of every kind, made in memory: what people send, and what they should not."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

OFFICE = "application/vnd.openxmlformats-officedocument"
MAIN = {
    "docx": ("word/document.xml", f"{OFFICE}.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{OFFICE}.spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{OFFICE}.presentationml.presentation.main+xml"),
}
ODF = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """As a browser sends it, whatever it says of its type."""
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def zipped(entries: dict[str, bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            method = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=method)
    return out.getvalue()


def office(extension: str, extra: dict[str, bytes] | None = None, more: str = "") -> bytes:
    part, type_ = MAIN[extension]
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Override PartName="/{part}" ContentType="{type_}"/>{more}</Types>'
    )
    return zipped({"[Content_Types].xml": types.encode(), part: b"<x/>", **(extra or {})})


def open_document(extension: str, extra: dict[str, bytes] | None = None) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{ODF[extension]}".encode()
    entries = {"mimetype": mimetype, "content.xml": b"<x/>", **(extra or {})}
    return zipped(entries, stored=("mimetype",))


def picture(
    format_: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object
) -> bytes:
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize(size)
    image = image.convert("I").convert(mode) if mode == "I;16" else image.convert(mode)
    image.save(out, format_, **options)
    return out.getvalue()


def animation(format_: str, frames: int = 3, size: tuple[int, int] = (16, 16)) -> bytes:
    images = [Image.new("RGB", size, (80 * index % 256, 0, 0)) for index in range(frames)]
    out = io.BytesIO()
    images[0].save(out, format_, save_all=True, append_images=images[1:], duration=50)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises a wall of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(name + data)
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", checksum)

    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


PDF = (
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
RTF = rb"{\rtf1\ansi\deff0 {\fonttbl {\f0 Arial;}} Bonjour \'e0 tous.}"
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect/></svg>'
XML = b'<?xml version="1.0"?><note>Bonjour</note>'
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + b"\x00" * 400
MP3_BARE = b"\xff\xfb\x90\x00" + b"\x00" * 413
M4A = b"\x00\x00\x00\x20ftypM4A \x00\x00\x02\x00isomiso2" + b"\x00" * 64
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00" * 64
OGG = b"OggS\x00\x02" + b"\x00" * 22 + b"\x01vorbis" + b"\x00" * 40
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"\x00" * 40
MATROSKA = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska" + b"\x00" * 40
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200
CSV = "nom;téléphone\r\nÉlodie;inconnu\r\n".encode()
TEXT = "Compte rendu\n\nÀ l’ordre du jour : « rien ».\n".encode()

# name → (content, the type that must be recognised, the name kept)
ACCEPTED = {
    "Guide d’accueil.pdf": (PDF, "application/pdf", "Guide d’accueil.pdf"),
    "lettre.docx": (office("docx"), f"{OFFICE}.wordprocessingml.document", "lettre.docx"),
    "budget.xlsx": (office("xlsx"), f"{OFFICE}.spreadsheetml.sheet", "budget.xlsx"),
    "atelier.pptx": (office("pptx"), f"{OFFICE}.presentationml.presentation", "atelier.pptx"),
    "plan.odt": (open_document("odt"), "application/vnd.oasis.opendocument.text", "plan.odt"),
    "plan.ods": (
        open_document("ods"),
        "application/vnd.oasis.opendocument.spreadsheet",
        "plan.ods",
    ),
    "plan.odp": (
        open_document("odp"),
        "application/vnd.oasis.opendocument.presentation",
        "plan.odp",
    ),
    "note.rtf": (RTF, "application/rtf", "note.rtf"),
    "note.txt": (TEXT, "text/plain", "note.txt"),
    "bom.txt": (b"\xef\xbb\xbf" + TEXT, "text/plain", "bom.txt"),
    "liste.csv": (CSV, "text/csv", "liste.csv"),
    "image.png": (picture("PNG"), "image/png", "image.png"),
    "photo.JPEG": (picture("JPEG"), "image/jpeg", "photo.jpg"),
    "photo.webp": (picture("WEBP"), "image/webp", "photo.webp"),
    "anime.gif": (animation("GIF"), "image/gif", "anime.gif"),
    "son.mp3": (MP3, "audio/mpeg", "son.mp3"),
    "brut.mp3": (MP3_BARE, "audio/mpeg", "brut.mp3"),
    "son.m4a": (M4A, "audio/mp4", "son.m4a"),
    "voix.m4a": (MP4, "audio/mp4", "voix.m4a"),
    "son.ogg": (OGG, "audio/ogg", "son.ogg"),
    "film.mp4": (MP4, "video/mp4", "film.mp4"),
    "film.webm": (WEBM, "video/webm", "film.webm"),
    # The extension tells the truth, whatever the name said within the family.
    "photo.png": (picture("JPEG"), "image/jpeg", "photo.jpg"),
    "sans extension": (PDF, "application/pdf", "sans extension.pdf"),
    "compte rendu v1.2": (TEXT, "text/plain", "compte rendu v1.2.txt"),
    "rapport.final.pdf": (PDF, "application/pdf", "rapport.final.pdf"),
}
