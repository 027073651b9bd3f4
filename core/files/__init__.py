"""The one door for files: everything that is sent, attached or shown as a file passes here.

`accept` looks at the content (never at the name), draws images again, keeps the file outside
public media; `attach` ties it to an object; `find_readable` and `serve` give it to whom may read
that object and to nobody else. Pages name a file by `/fichiers/<uuid>/` (`core:file`).
"""

from core.files.derived import keep_derived, keep_original, opened
from core.files.errors import (
    ActiveContent,
    Bomb,
    FileRefused,
    ForeignFile,
    Infected,
    Locked,
    NotAnImage,
    QuotaExceeded,
    TooLarge,
    TooManyFiles,
    TooManyPixels,
    TypeMismatch,
    UnknownType,
    UnreadableFile,
    Withheld,
    WrongEncoding,
)
from core.files.pictures import forget_kept, forget_made, keep, keep_made, kept, made, made_once
from core.files.serving import find_readable, serve, serve_picture
from core.files.store import (
    accept,
    accept_photo,
    attach,
    bring,
    copy,
    examine,
    release,
    remove,
    rename,
    rescan_withheld,
    sweep_files,
    used_by,
)

__all__ = [
    "ActiveContent",
    "Bomb",
    "FileRefused",
    "ForeignFile",
    "Infected",
    "Locked",
    "NotAnImage",
    "QuotaExceeded",
    "TooLarge",
    "TooManyFiles",
    "TooManyPixels",
    "TypeMismatch",
    "UnknownType",
    "UnreadableFile",
    "Withheld",
    "WrongEncoding",
    "accept",
    "accept_photo",
    "attach",
    "bring",
    "copy",
    "examine",
    "find_readable",
    "forget_kept",
    "forget_made",
    "keep",
    "keep_derived",
    "keep_made",
    "keep_original",
    "kept",
    "made",
    "made_once",
    "opened",
    "release",
    "remove",
    "rename",
    "rescan_withheld",
    "serve",
    "serve_picture",
    "sweep_files",
    "used_by",
]
