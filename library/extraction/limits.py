"""How much the reading of one file may take. Known to both sides; imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass

# What is kept of a file: the rest of a longer one is not searched.
MAX_PAGES = 2_000
MAX_TEXT = 2_000_000
# What all the parts of an office file may weigh once inflated.
MAX_INFLATED = 40_000_000
MAX_PIXELS = 40_000_000
# The picture of the first page, in pixels of width.
THUMBNAILS = (96, 320)


@dataclass(frozen=True, slots=True)
class Limits:
    """memory  bytes of address space: nothing resident can exceed it
    cpu     seconds of processor
    wall    seconds on the clock
    output  bytes of what it answers
    """

    memory: int = 315_000_000
    cpu: int = 10
    wall: float = 15
    output: int = 12_000_000


READ = Limits()
# Somebody waits for these.
PROPOSE = Limits(cpu=3, wall=4)
DRAW = Limits(cpu=6, wall=10, output=8_000_000)
# One page through tesseract, which brings its own models.
RECOGNISE = Limits(memory=1_000_000_000, cpu=45, wall=60)
