"""python -m library.extraction.child '{"do": "read", "type": "application/pdf", …}' < file"""

from __future__ import annotations

import base64
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from library.extraction.child import formats
from library.extraction.child.text import clean
from library.extraction.child.trouble import Broken, NoPicture, TooBig, Trouble
from library.extraction.limits import MAX_PAGES, MAX_TEXT, THUMBNAILS, Limits

if TYPE_CHECKING:
    from PIL import Image

    from library.extraction.child.reader import Reader

Answer = dict[str, Any]
OPEN_FILES = 32


def confine(limits: Limits) -> None:
    """Give up, for good, what the reading of one file does not need."""

    def limit(name: int, soft: int, hard: int | None = None) -> None:
        resource.setrlimit(name, (soft, soft if hard is None else hard))

    os.umask(0o077)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_AS, limits.memory)
    limit(resource.RLIMIT_CPU, limits.cpu, limits.cpu + 1)
    limit(resource.RLIMIT_FSIZE, limits.output)
    limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    limit(resource.RLIMIT_NPROC, 0)
    # Should whoever waits for the answer die, nobody else would stop this.
    signal.setitimer(signal.ITIMER_REAL, limits.wall)


def read(content: IO[bytes], job: Answer) -> Iterator[Answer]:
    """The pages that hold text, then what is known of the whole, then its pictures."""
    reader = formats.opened(content, job["type"])
    most = job.get("pages") or MAX_PAGES
    count = total = 0
    cut = False
    for count, raw in enumerate(reader.texts(), 1):
        if count > most or total >= MAX_TEXT:
            cut = True
            count -= 1
            break
        text = clean(raw[:MAX_TEXT])[: MAX_TEXT - total]
        cut = cut or len(raw) > MAX_TEXT
        total += len(text)
        if text:
            yield {"page": count, "text": text}
    pages = (reader.page_count or count) if reader.paged else None
    facts = {
        key: clean(value) if isinstance(value, str) else value
        for key, value in reader.facts().items()
    }
    yield {"pages": pages, "cut": cut, "damaged": reader.damaged, "facts": facts}
    if not job.get("pages"):
        yield from thumbnails(reader)


def thumbnails(reader: Reader) -> Iterator[Answer]:
    from library.extraction.child.pictures import narrowed

    picture = reader.picture(max(THUMBNAILS))
    if picture is None:
        return
    for width in THUMBNAILS:
        yield {"thumbnail": width, **shown(narrowed(picture, width), quality=78)}


def shown(image: Image.Image, *, quality: int) -> Answer:
    """A picture in WebP, as an answer can carry it."""
    from library.extraction.child.pictures import encoded

    webp = base64.b64encode(encoded(image, quality=quality)).decode()
    return {"webp": webp, "width": image.width, "height": image.height}


def draw(content: IO[bytes], job: Answer) -> Iterator[Answer]:
    """One page, to be read on a screen."""
    from library.extraction.child.pdf import Pdf
    from library.extraction.child.pictures import on_white

    reader = formats.opened(content, job["type"])
    if not isinstance(reader, Pdf):
        raise NoPicture
    yield shown(on_white(reader.drawn(job["page"], job["width"])), quality=80)


def recognise(content: IO[bytes], job: Answer) -> Iterator[Answer]:
    """Become tesseract, at work on one page: the text it answers is no JSON."""
    from library.extraction.child.recognition import become_tesseract, picture_of

    become_tesseract(
        picture_of(content, job["type"], job["page"]), job["program"], job["languages"]
    )
    yield {}


JOBS = {"read": read, "draw": draw, "recognise": recognise}


def main() -> None:
    job = json.loads(sys.argv[1])
    confine(Limits(**job["limits"]))
    answer: Answer = {}
    for answer in answers(job):
        line = json.dumps(answer, ensure_ascii=False) + "\n"
        sys.stdout.buffer.write(line.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    sys.exit("trouble" in answer)


def answers(job: Answer) -> Iterator[Answer]:
    """What the job answers; of an error its name, and never what it quotes."""
    try:
        yield from JOBS[job["do"]](sys.stdin.buffer, job)
        yield {"done": True}
    except Trouble as trouble:
        yield {"trouble": type(trouble).__name__}
    except MemoryError:
        yield {"trouble": TooBig.__name__}
    except Exception:
        # Whatever a stranger's file made of a reader.
        yield {"trouble": Broken.__name__}


if __name__ == "__main__":
    main()
