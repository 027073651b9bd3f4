"""nDCG: how good an order is, beside the best one that the judgements allow."""

from __future__ import annotations

import math
from collections.abc import Sequence

DEPTH = 10


def dcg(grades: Sequence[int], depth: int = DEPTH) -> float:
    """Discounted cumulative gain of what was found, best place first.

    The gain of a grade is 2^grade less one, and place i divides it by log2(i + 1): Burges and
    others, “Learning to rank using gradient descent”, ICML 2005; the discounted sum is that of
    Järvelin and Kekäläinen, “Cumulated gain-based evaluation of IR techniques”, ACM TOIS 20(4),
    2002.
    """
    return sum(
        (2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades[:depth], 1)
    )


def ndcg(found: Sequence[int], judged: Sequence[int], depth: int = DEPTH) -> float:
    """`found`: grades in the order of the answer; `judged`: those of all that could be found."""
    best = dcg(sorted(judged, reverse=True), depth)
    return dcg(found, depth) / best if best else 0.0
