"""What a batch import has done: its ledger, so that it may be run again."""

from django.db import models


class ImportedFile(models.Model):
    """One file of a folder, once it is a document (`library.importing`).

    Written in the transaction of its deposit. `path` is that of the file below the folder. The
    row outlives its document: what was erased since does not come back by itself.
    """

    path = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    document = models.ForeignKey(
        "library.Document", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("path", "sha256"), name="imported_file_once"),
        )

    def __str__(self) -> str:
        return f"{self.path} {self.document_id}"
