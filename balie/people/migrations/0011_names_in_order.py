"""Names as each language looks them up, for lists that are read a page at a time."""

from django.db import migrations

# The same as `platform/alphabet.py: place`, letter for letter: its first part.
_PLACE = r"""
CREATE FUNCTION balie_place(name text, language text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN octet_length(name) = length(name) THEN lower(name)
    ELSE replace(replace(replace(replace(replace(replace(
        regexp_replace(
            CASE WHEN language = 'es' THEN replace(normalize(lower(name), NFKD), 'n' || chr(771), 'n' || chr(1114111))
            ELSE normalize(lower(name), NFKD) END,
            '[\u0300-\u036f]+', '', 'g'
        ),
        'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'ø', 'o'), 'ł', 'l'), 'đ', 'd')
    END;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0010_sentences_of_imports")]

    operations = [
        migrations.RunSQL(_PLACE, "DROP FUNCTION balie_place(text, text)"),
        migrations.RunSQL(
            """CREATE INDEX person_place ON people_person ((balie_place(name, '') COLLATE "C"), id)""",
            "DROP INDEX person_place",
        ),
        migrations.RunSQL(
            """CREATE INDEX person_place_es ON people_person ((balie_place(name, 'es') COLLATE "C"), id)""",
            "DROP INDEX person_place_es",
        ),
    ]
