"""Storages: static files with hashed names, and none that is public for uploads."""

import re
from typing import Any

from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class NoPublicStorage(Storage):
    """The default storage refuses: a file without an alias would bypass its one door."""

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("Files have one door: core.files (storage alias “private”).")

    _open = _save = delete = exists = listdir = size = url = _refuse


# Of what our packages ship: source maps (70 MB), and words in other languages than ours.
UNUSED = re.compile(r"\.map$|/(?:translations|i18n)/(?!(?:fr|en)\b)[^/]+$")


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; what no page of ours can ask for is left out."""

    manifest_strict = True
    max_post_process_passes = 5

    def post_process(self, paths: dict, dry_run: bool = False, **options: Any) -> Any:
        kept = {name: path for name, path in paths.items() if not UNUSED.search(name)}
        yield from super().post_process(kept, dry_run, **options)
