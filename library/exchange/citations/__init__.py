"""Citations: one document in the formats of reference managers, or as a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from library.exchange.citations import bibtex, csl, ris
from library.exchange.citations.sentence import sentence
from library.exchange.record import Record

__all__ = ["FORMATS", "Format", "sentence"]


@dataclass(frozen=True)
class Format:
    """How a citation is written and what its file is; `label` is a name, not translated."""

    label: str
    content_type: str
    write: Callable[[Record], str]


# By the extension of their file, which is also in the address.
FORMATS = {
    "bib": Format("BibTeX", "application/x-bibtex", bibtex.write),
    "ris": Format("RIS", "application/x-research-info-systems", ris.write),
    "json": Format("CSL-JSON", "application/vnd.citationstyles.csl+json", csl.write),
}
