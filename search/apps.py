from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = pgettext_lazy("page", "Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.content import (
            for_each_kind,
            register_holding,
            register_neighbours,
            register_resembling,
        )

        # They register themselves.
        from search import checking, digest, handlers, mail  # noqa: F401
        from search.holding import holding
        from search.similar import resembling, similar

        for_each_kind(handlers.subscribe)
        register_neighbours(similar)
        register_resembling(resembling)
        register_holding(holding)
