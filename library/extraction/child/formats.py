"""Which reader opens which type. Readers are imported as they are needed: most files need one."""

from __future__ import annotations

from typing import IO

from library.extraction.child.reader import Reader
from library.extraction.child.trouble import Broken

OFFICE = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."


def opened(content: IO[bytes], content_type: str) -> Reader:
    """The reader of a file of that type. Raises `Trouble`."""
    if content_type == "application/pdf":
        from library.extraction.child.pdf import Pdf

        return Pdf(content)
    if content_type.startswith(OFFICE):
        return _office(content, content_type)
    if content_type.startswith(ODF):
        from library.extraction.child.opendocument import OpenDocument

        kind = {"spreadsheet": "table", "presentation": "page"}
        return OpenDocument(content, kind.get(content_type.removeprefix(ODF), "text"))
    if content_type.startswith("image/"):
        from library.extraction.child.pictures import Picture

        return Picture(content)
    if content_type.startswith(("audio/", "video/")):
        from library.extraction.child.media import Media

        return Media(content, content_type)
    return _plain(content, content_type)


def _office(content: IO[bytes], content_type: str) -> Reader:
    from library.extraction.child.office import Sheets, Slides, Word

    if "spreadsheetml" in content_type:
        return Sheets(content)
    return Slides(content) if "presentationml" in content_type else Word(content)


def _plain(content: IO[bytes], content_type: str) -> Reader:
    from library.extraction.child.plain import Plain, Rtf

    if content_type == "application/rtf":
        return Rtf(content)
    if content_type.startswith("text/"):
        return Plain(content)
    raise Broken
