"""The history that some rows keep of themselves."""

from __future__ import annotations

import functools
from typing import Any

from simple_history.manager import HistoryManager


class KeptHistoryManager(HistoryManager):
    """simple_history's manager, whose class is made once a process: the package makes it anew each
    time that `history` is looked at, which is at each save."""

    @classmethod
    @functools.cache
    def from_queryset(cls, queryset_class: Any, class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)
