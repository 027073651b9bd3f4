"""A folder of files becomes documents: `manage.py import_documents` (docs/library-metadata.md).

`sheet` reads what a table says of each file; `batch` deposits them one by one, each with its line
of the ledger (`library.models.ImportedFile`), so that a second run changes nothing and a run that
was killed goes on.
"""
