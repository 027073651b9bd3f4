"""Makes a PDF of a page of ours: in this process, or apart, in a child held to limits.

This module imports nothing of the site: the child that runs it (`python -m
practices.exchange.printer`) begins at once and holds no secret. It reads
`{"page": …, "things": {name: text}}` and writes the PDF.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from PIL import ImageFile

STYLE = Path(__file__).with_name("paper.css")
# What a page may name: `papier:style.css`, and what is handed with it.
SCHEME = "papier:"
TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
SECONDS, BYTES = 120, 1_500_000_000


def make(page: str, things: dict[str, str]) -> bytes:
    """The page as a tagged PDF (PDF/UA-1). What it names is one of `things`; any other address, of
    the network or of the disk, is refused."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    # WeasyPrint lets Pillow take truncated pictures in the whole process, the uploads included.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    handed = {"style.css": STYLE.read_text(), **things}

    class Handed(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            name = url.removeprefix(SCHEME)
            if not url.startswith(SCHEME) or name not in handed:
                raise ValueError("A paper asks for nothing but what it is handed.")
            content_type = f"{TYPES[Path(name).suffix]}; charset=utf-8"
            return URLFetcherResponse(url, handed[name].encode(), {"Content-Type": content_type})

    document: Any = HTML(string=page, url_fetcher=Handed())
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return made


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)
    job = json.load(sys.stdin)
    sys.stdout.buffer.write(make(job["page"], job["things"]))


if __name__ == "__main__":
    main()
