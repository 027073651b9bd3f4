from library.models.collection import Collection, CollectionItem
from library.models.document import Document, DocumentTerm, Licence
from library.models.imported import ImportedFile
from library.models.version import Download, Page, Version

__all__ = [
    "Collection",
    "CollectionItem",
    "Document",
    "DocumentTerm",
    "Download",
    "ImportedFile",
    "Licence",
    "Page",
    "Version",
]
