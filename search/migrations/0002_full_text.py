"""What each database needs to search: FTS5 beside the table, or a vector in it.

Both index what the analyser wrote, each word with its cell before it (`c12xecol`, and `c12ymaude`
for the words of an author's name), and are kept by the database itself, in the transaction of the
row: an index that is killed in the middle is never half of one. On SQLite, Django makes a table
anew to change it, and its triggers go: a later migration that touches `SearchDocument` must run
`FOLLOW` again.
"""

from django.db import migrations

COLUMNS = (("title_stems", "x"), ("body_stems", "x"), ("author_key", "y"))


def tokens(column, mark, row=""):
    """The SQL of a column's words, each with its cell: `ecol class` → `c12xecol c12xclass`."""
    prefix = f"'c' || CAST({row}cell_id AS text) || '{mark}'"
    text = f"{row}{column}"
    if column == "body_stems":
        text = f"rtrim({row}body_stems || ' ' || {row}more_stems)"
    return (
        f"CASE WHEN {text} = '' THEN '' ELSE {prefix} || replace({text}, ' ', ' ' || {prefix}) END"
    )


def _all(row):
    return ", ".join(tokens(column, mark, row) for column, mark in COLUMNS)


FTS = """
CREATE VIRTUAL TABLE search_fts USING fts5(
  title, body, author, content='', tokenize='ascii'
);
"""
_INTO = "INSERT INTO search_fts"
_INSERT = f"{_INTO}(rowid, title, body, author) VALUES (new.id, {_all('new.')});"
_DELETE = (
    f"{_INTO}(search_fts, rowid, title, body, author) VALUES ('delete', old.id, {_all('old.')});"
)
FOLLOW = f"""
CREATE TRIGGER search_fts_insert AFTER INSERT ON search_searchdocument BEGIN
  {_INSERT}
END;
CREATE TRIGGER search_fts_delete AFTER DELETE ON search_searchdocument BEGIN
  {_DELETE}
END;
CREATE TRIGGER search_fts_update
AFTER UPDATE OF cell_id, title_stems, body_stems, more_stems, author_key ON search_searchdocument BEGIN
  {_DELETE}
  {_INSERT}
END;
"""
_WEIGHED = " || ".join(
    f"setweight(to_tsvector('simple'::regconfig, {tokens(column, mark)}), '{weight}')"
    for (column, mark), weight in zip(COLUMNS, "ABC", strict=True)
)
VECTOR = f"""
ALTER TABLE search_searchdocument ADD COLUMN vector tsvector GENERATED ALWAYS AS (
  {_WEIGHED}
) STORED;
CREATE INDEX search_vector ON search_searchdocument USING gin (vector) WITH (fastupdate = off);
"""


def _statements(script):
    """The statements of a script whose triggers hold semicolons of their own."""
    gathered = ""
    for line in script.strip().splitlines():
        gathered += line + "\n"
        inside = gathered.lstrip().startswith("CREATE TRIGGER")
        if line.rstrip() == "END;" if inside else line.rstrip().endswith(";"):
            yield gathered
            gathered = ""


def install(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    script = {"sqlite": FTS + FOLLOW, "postgresql": VECTOR}.get(vendor)
    if script is None:
        raise NotImplementedError(f"The search has no engine for {vendor}: SQLite or PostgreSQL.")
    with schema_editor.connection.cursor() as cursor:
        for statement in _statements(script):
            cursor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        script = "DROP INDEX search_vector;\nALTER TABLE search_searchdocument DROP COLUMN vector;"
    else:
        names = ("insert", "delete", "update")
        script = "\n".join(f"DROP TRIGGER search_fts_{name};" for name in names)
        script += "\nDROP TABLE search_fts;"
    with schema_editor.connection.cursor() as cursor:
        for statement in script.splitlines():
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
