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
from search import lookups, querysets  # noqa: F401  (lookups registers itself)

# A word that stands in so many entries of a cell is no rarity there.
USUAL = 50


class Cell(Audienced):
    """A kind and an audience: the entries of one cell are read by the same people.

    The engines keep the words of each cell apart (`c12xecol`: the stem `ecol` in the cell 12), so
    that a search touches the cells of its reader and no other: neither its results, nor its
    order, nor the time it takes depend on what she does not read. `documents` and `months` (month →
    how many) count the published entries.
    """

    code = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    documents = models.IntegerField(default=0)
    months = models.JSONField(default=dict)

    objects = querysets.FoundQuerySet.as_manager()

    def __str__(self) -> str:
        return self.code


class SearchDocument(Audienced):
    """One object of one kind, as it is found.

    The audience columns are copies of the object's own, with its container's state, so that the
    rule is applied inside the query. `title_stems` (title and keywords), `body_stems`, `more_stems`
    and `author_key` (the folded words of a name) are what the engines index: the output of
    `search.analysis`, separated by spaces. The stems of a text are in two columns, since a text is
    ranked by its first pages and a thousand of them are read at once. `title_key` is the folded
    title, empty when the title is not the object's own. `body` is the text of excerpts; that of a
    kind with pages is in `SearchPage`. `author` is empty when readers do not see it. `counted` says
    that its words are in the vocabulary of its cell. `since` is when it came, or was published:
    what saved searches call new. Indexing again keeps it.
    """

    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    container_kind = models.CharField(max_length=40, blank=True)
    container_id = models.BigIntegerField(null=True)
    type = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=300)
    title_key = models.CharField(max_length=300, blank=True)
    title_stems = models.TextField(blank=True)
    keywords = models.TextField(blank=True)
    body = models.TextField(blank=True)
    body_stems = models.TextField(blank=True)
    more_stems = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_name = models.CharField(max_length=300, blank=True)
    author_key = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300)
    dated_at = models.DateTimeField()
    meta = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64)
    counted = models.BooleanField(default=False)
    since = models.DateTimeField(default=timezone.now)
    indexed_at = models.DateTimeField(auto_now=True)

    objects = querysets.EntryQuerySet.as_manager()

    class Meta(Audienced.Meta):
        constraints = (
            *Audienced.Meta.constraints,
            models.UniqueConstraint(fields=("kind", "object_id"), name="search_document_once"),
        )
        indexes = (
            models.Index(fields=("container_kind", "container_id"), name="search_container"),
            models.Index(fields=("cell", "-dated_at"), name="search_recent"),
            models.Index(fields=("since",), name="search_since"),
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


class Word(models.Model):
    """A word, as written, and in how many published entries of one cell it stands.

    Suggestions, corrections and the weight of words start from the cells that the reader reads
    now, and know no other words. `tail` is the key from its end: for who mistypes the beginning.
    """

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="words", db_index=False)
    word = models.CharField(max_length=60)
    key = models.CharField(max_length=60)  # folded
    tail = models.CharField(max_length=60)
    stem = models.CharField(max_length=60)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("cell", "word"), name="search_word_once"),)
        indexes = (
            models.Index(
                fields=("key",), name="search_word_key", opclasses=("varchar_pattern_ops",)
            ),
            models.Index(
                fields=("key",),
                name="search_word_usual",
                condition=models.Q(count__gte=USUAL),
                opclasses=("varchar_pattern_ops",),
            ),
            models.Index(
                fields=("tail",), name="search_word_tail", opclasses=("varchar_pattern_ops",)
            ),
            models.Index(
                fields=("tail",),
                name="search_word_usual_tail",
                condition=models.Q(count__gte=USUAL),
                opclasses=("varchar_pattern_ops",),
            ),
            models.Index(fields=("stem", "cell"), name="search_word_stem"),
        )

    def __str__(self) -> str:
        return self.word


class Walk(models.Model):
    """How far a walk over a kind has come: a rebuild, or the nightly look. Killed, it goes on."""

    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    after = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("name", "kind"), name="search_walk_once"),)

    def __str__(self) -> str:
        return f"{self.name} {self.kind} > {self.after}"


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
