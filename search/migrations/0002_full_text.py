"""What each database needs to search: FTS5 beside the table, or a vector in it.

Both index what the analyser wrote in `title_stems` and `body_stems`, and are kept by the database
itself, in the transaction of the row: an index that is killed in the middle is never half of one.
On SQLite, Django makes a table anew to change it, and its triggers go: a later migration that
touches `SearchDocument` must run `follow` again.
"""

from django.db import migrations

FOLLOW = """
CREATE TRIGGER search_fts_insert AFTER INSERT ON search_searchdocument BEGIN
  INSERT INTO search_fts(rowid, title_stems, body_stems)
  VALUES (new.id, new.title_stems, new.body_stems);
END;
CREATE TRIGGER search_fts_delete AFTER DELETE ON search_searchdocument BEGIN
  INSERT INTO search_fts(search_fts, rowid, title_stems, body_stems)
  VALUES ('delete', old.id, old.title_stems, old.body_stems);
END;
CREATE TRIGGER search_fts_update AFTER UPDATE OF title_stems, body_stems ON search_searchdocument BEGIN
  INSERT INTO search_fts(search_fts, rowid, title_stems, body_stems)
  VALUES ('delete', old.id, old.title_stems, old.body_stems);
  INSERT INTO search_fts(rowid, title_stems, body_stems)
  VALUES (new.id, new.title_stems, new.body_stems);
END;
"""
FTS = """
CREATE VIRTUAL TABLE search_fts USING fts5(
  title_stems, body_stems, content='search_searchdocument', content_rowid='id', tokenize='ascii'
);
"""
VECTOR = """
ALTER TABLE search_searchdocument ADD COLUMN vector tsvector GENERATED ALWAYS AS (
  setweight(to_tsvector('simple', title_stems), 'A')
  || setweight(to_tsvector('simple', body_stems), 'B')
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
