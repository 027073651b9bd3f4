"""What a file is, from its content and never from its name; and the name it deserves."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import IO

from core.files import archives
from core.files.errors import (
    ActiveContent,
    Locked,
    TypeMismatch,
    UnknownType,
    UnreadableFile,
    WrongEncoding,
)

MAX_NAME = 150


@dataclass(frozen=True, slots=True)
class FileType:
    """An accepted type. Names may use any extension of the same `family` by mistake: photos and
    recordings often do, and nobody is deceived by it."""

    extension: str
    content_type: str
    family: str
    aliases: tuple[str, ...] = ()


OFFICE = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
PDF = FileType("pdf", "application/pdf", "pdf")
RTF = FileType("rtf", "application/rtf", "rtf")
TXT = FileType("txt", "text/plain", "text", ("text",))
CSV = FileType("csv", "text/csv", "text")
PNG = FileType("png", "image/png", "image")
JPEG = FileType("jpg", "image/jpeg", "image", ("jpeg", "jpe", "jfif"))
WEBP = FileType("webp", "image/webp", "image")
GIF = FileType("gif", "image/gif", "image")
MP3 = FileType("mp3", "audio/mpeg", "media")
M4A = FileType("m4a", "audio/mp4", "media", ("m4b",))
OGG = FileType("ogg", "audio/ogg", "media", ("oga", "opus"))
MP4 = FileType("mp4", "video/mp4", "media", ("m4v",))
WEBM = FileType("webm", "video/webm", "media")
ARCHIVED = {
    archives.Kind.DOCX: FileType("docx", f"{OFFICE}.wordprocessingml.document", "docx"),
    archives.Kind.XLSX: FileType("xlsx", f"{OFFICE}.spreadsheetml.sheet", "xlsx"),
    archives.Kind.PPTX: FileType("pptx", f"{OFFICE}.presentationml.presentation", "pptx"),
    archives.Kind.ODT: FileType("odt", f"{ODF}.text", "odt"),
    archives.Kind.ODS: FileType("ods", f"{ODF}.spreadsheet", "ods"),
    archives.Kind.ODP: FileType("odp", f"{ODF}.presentation", "odp"),
}
TYPES = (PDF, RTF, TXT, CSV, PNG, JPEG, WEBP, GIF, MP3, M4A, OGG, MP4, WEBM, *ARCHIVED.values())
BY_EXTENSION = {ext: type_ for type_ in TYPES for ext in (type_.extension, *type_.aliases)}
# Shown in the page; anything else is downloaded.
INLINE = {PNG.content_type, JPEG.content_type, WEBP.content_type, GIF.content_type}

HEAD = 4096
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office before 2007, and Office with a password
MARKUP = re.compile(
    rb"\s*(?:<\?(?:xml|php|=)|<!doctype|<!--|<%|#!|</?(?:html|head|body|script|svg|iframe|table|div"
    rb"|style|meta|link|form|img|object|embed|p|a|title|h1)[\s>/]|\{\\rtf|%!PS|@echo|MIME-Version:"
    rb"|Windows Registry|<job|<hta)",
    re.I,
)
# In an RTF file: objects of other programs, which may be programs.
RTF_OBJECT = re.compile(rb"\\objdata|\\objupdate|\\objautlink|\\ddeauto", re.I)


def recognise(content: IO[bytes], name: str) -> FileType:
    """The type of a file. `name` only helps between twins (txt and csv, m4a and mp4).

    Raises the errors of `core.files.errors` for what is not accepted, damaged or dangerous, and
    `TypeMismatch` when the name says another accepted type than the content.
    """
    content.seek(0)
    head = content.read(HEAD)
    if not head:
        raise UnreadableFile
    said = BY_EXTENSION.get(_extension(name))
    found = _by_magic(content, head, said)
    if found is None and said in {TXT, CSV, None} and not _is_other_text(name):
        found = _text(content, head, said)
    if found is None:
        # Nothing we take: a sentence about the name when it promised one of ours.
        if head.startswith(OLE) and said is not None:
            raise Locked
        raise TypeMismatch if said is not None else UnknownType
    if said is not None and said.family != found.family:
        raise TypeMismatch
    if said is None and _is_dangerous(name):
        raise TypeMismatch
    return found


def _by_magic(content: IO[bytes], head: bytes, said: FileType | None) -> FileType | None:
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK"):
        return ARCHIVED.get(archives.inspect(content))
    if head.startswith(b"{\\rtf1"):
        content.seek(0)
        if RTF_OBJECT.search(content.read()):
            raise ActiveContent
        return RTF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    return _media(head, said)


def _media(head: bytes, said: FileType | None) -> FileType | None:
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else None
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in {b"M4A ", b"M4B "}:
            return M4A
        if brand in {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"}:
            return M4A if said is M4A else MP4
        return MP4 if brand in {b"M4V ", b"M4VH", b"MSNV", b"dash"} else None
    if head.startswith(b"ID3") or _is_mpeg_audio_frame(head):
        return MP3
    return None


def _is_mpeg_audio_frame(head: bytes) -> bool:
    """Eleven bits of synchronisation, layer III, and a rate that exists."""
    if len(head) < 4 or head[0] != 0xFF:
        return False
    synchronised, layer = head[1] & 0xE0 == 0xE0, head[1] & 0x06
    return synchronised and layer == 0x02 and head[2] >> 4 not in {0, 15} and head[2] & 0x0C != 0x0C


def _text(content: IO[bytes], head: bytes, said: FileType | None) -> FileType | None:
    """Text in UTF-8 that is neither markup nor a script, else None."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) and said is not None:
        raise WrongEncoding
    content.seek(0)
    raw = content.read()
    if re.search(rb"[\x00-\x08\x0e-\x1f]", raw):
        return None
    if MARKUP.match(raw.removeprefix(b"\xef\xbb\xbf")):
        return None
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        if said is None:
            return None
        raise WrongEncoding from None
    return said or TXT


# ------------------------------------------------------------------------------------ names

# Extensions that a system would run or a browser would draw: never part of an accepted name's
# promise, whatever the content.
DANGEROUS = frozenset(
    {
        *("apk", "app", "asp", "aspx", "bash", "bat", "bin", "cgi", "chm", "cmd", "com", "cpl"),
        *("deb", "dll", "dmg", "docm", "dotm", "exe", "hta", "htm", "html", "inf", "iso", "jar"),
        *("js", "jse", "jsp", "lnk", "mht", "mhtml", "mjs", "msc", "msi", "msp", "php", "pif"),
        *("pl", "potm", "ppam", "ppsm", "pptm", "ps1", "py", "rb", "reg", "rpm", "scf", "scr"),
        *("sh", "shtml", "sldm", "svg", "svgz", "swf", "url", "vb", "vbe", "vbs", "wasm", "wsc"),
        *("wsf", "wsh", "xap", "xbap", "xht", "xhtml", "xlam", "xlsb", "xlsm", "xltm", "xml"),
        *("xsl", "xslt", "zip"),
    }
)
# Text by its bytes, but with a meaning of its own that we do not take.
OTHER_TEXT = frozenset({"css", "eml", "ics", "json", "md", "sql", "tex", "toml", "vcf", "yaml"})


def _extension(name: str) -> str:
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def _is_dangerous(name: str) -> bool:
    return _extension(clean_name(name)) in DANGEROUS


def _is_other_text(name: str) -> bool:
    return _extension(clean_name(name)) in DANGEROUS | OTHER_TEXT


def clean_name(name: str) -> str:
    """A name without path, controls, invisible or direction signs, nor leading dots; in NFC."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = "".join(
        " " if char.isspace() else char
        for char in name
        if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cn", "Cs"}
    )
    # What Windows refuses in a name.
    name = re.sub(r'[<>:"|?*]+', "_", name)
    return re.sub(r" {2,}", " ", name).strip(" .")


def display_name(name: str, type_: FileType) -> str:
    """The name under which a file is shown and downloaded; its extension tells the truth."""
    stem = clean_name(name)
    root, dot, extension = stem.rpartition(".")
    if dot and (extension.lower() in BY_EXTENSION or extension.lower() in DANGEROUS):
        stem = root
    # A name that was nothing but its extension.
    stem = "" if not dot and stem.lower() in BY_EXTENSION else stem.rstrip(" .")
    stem = stem or "fichier"
    return f"{stem[: MAX_NAME - len(type_.extension) - 1].rstrip(' .')}.{type_.extension}"
