"""The index: what the search keeps of every registered kind.

Nothing here is the truth. It is drawn from the rooms by `search.indexing` and may be thrown away
and drawn again (`manage.py rebuild_index`). The engines (`search.engines`) keep their own full-text
structures beside these tables: FTS5 on SQLite, a `tsvector` on PostgreSQL.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audience import Audienced
from search import querysets


class SearchDocument(Audienced):
    """One object of one kind, as it is found.

    The audience columns are copies of the object's own, with its container's state, so that the
    rule is applied inside the query. `title_stems` (title and keywords) and `body_stems` are what
    the engines index: the output of `search.analysis`, separated by spaces. `title_key` is the
    folded title, empty when the title is not the object's own. `body` is the text of excerpts; that
    of a kind with pages is in `SearchPage`. `author` is empty when readers do not see it. `since`
    is when it came, or was published: what saved searches call new. Indexing again keeps it.
    """

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    container_kind = models.CharField(max_length=40, blank=True)
    container_id = models.BigIntegerField(null=True)
    type = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=300)
    title_key = models.CharField(max_length=300, blank=True)
    title_stems = models.TextField(blank=True)
    body = models.TextField(blank=True)
    body_stems = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_name = models.CharField(max_length=300, blank=True)
    author_key = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300)
    dated_at = models.DateTimeField()
    meta = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64)
    since = models.DateTimeField(default=timezone.now)
    indexed_at = models.DateTimeField(auto_now=True)

    objects = querysets.FoundQuerySet.as_manager()

    class Meta(Audienced.Meta):
        constraints = (
            *Audienced.Meta.constraints,
            models.UniqueConstraint(fields=("kind", "object_id"), name="search_document_once"),
        )
        indexes = (
            models.Index(fields=("container_kind", "container_id"), name="search_container"),
            models.Index(fields=("-dated_at", "-id"), name="search_recent"),
            models.Index(
                fields=("title_key",),
                name="search_title",
                condition=~models.Q(title_key=""),
                opclasses=("varchar_pattern_ops",),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"


class SearchPage(models.Model):
    """One page of a kind that has pages: where in a document the words are."""

    document = models.ForeignKey(SearchDocument, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    text = models.TextField()
    # Stems between spaces, the first and last ones too: ' retour class suspens '.
    stems = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("document", "number"), name="search_page_once"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} p. {self.number}"


class Word(Audienced):
    """A word, as written, and in how many documents of one audience it stands.

    There is a row for each word and each cell (level, space, organisation): suggestions and
    corrections start from the cells that the reader reads now, and know no other words.
    """

    cell = models.CharField(max_length=60)
    word = models.CharField(max_length=60)
    key = models.CharField(max_length=60)  # folded
    stem = models.CharField(max_length=60)
    count = models.PositiveIntegerField(default=0)

    objects = querysets.FoundQuerySet.as_manager()

    class Meta(Audienced.Meta):
        constraints = (
            *Audienced.Meta.constraints,
            models.UniqueConstraint(fields=("cell", "word"), name="search_word_once"),
        )
        indexes = (
            models.Index(
                fields=("key",), name="search_word_key", opclasses=("varchar_pattern_ops",)
            ),
            models.Index(fields=("stem",), name="search_word_stem"),
        )

    def __str__(self) -> str:
        return self.word


class SynonymSet(models.Model):
    """Words that mean the same for the community: « PEI, plan d’intervention »."""

    words = models.CharField(
        _("Words"),
        max_length=400,
        help_text=_("Separated by commas. Each finds the others: PEI, plan d’intervention."),
    )
    updated_at = models.DateTimeField(_("Changed on"), auto_now=True)

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("Synonyms")
        ordering = ("words",)

    def __str__(self) -> str:
        return self.words


class SavedSearch(models.Model):
    """A search that somebody wants to hear of again: by a feed, by Monday's mail, or both.

    `query` is the query string of the search page, without cursor. `key` opens the feed, whose
    content is computed for `user` at each reading; None while there is no feed. What came after
    `told_at` is news to her next mail.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches"
    )
    name = models.CharField(_("Name"), max_length=120)
    query = models.CharField(max_length=1500)
    by_mail = models.BooleanField(_("A mail each week"), default=False)
    # Unique where there is one.
    key = models.CharField(max_length=43, unique=True, null=True, editable=False)  # noqa: DJ001
    told_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = (models.UniqueConstraint(fields=("user", "query"), name="saved_search_once"),)

    def __str__(self) -> str:
        return self.name
