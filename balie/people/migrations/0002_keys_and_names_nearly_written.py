"""Whether single keys act for a person; and names as they are found with a letter too many, too few, or wrong."""

from django.db import migrations, models

# Standard-body functions are bound to what they call: a restore, which has no search path, calls the same. Both are also what search
# (tickets/searching) reads its words by.
_PLAIN = r"""
CREATE FUNCTION balie_plain(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN trim(regexp_replace(
    CASE WHEN octet_length(written) = length(written) THEN lower(written)
    ELSE replace(replace(replace(replace(replace(replace(
        regexp_replace(normalize(lower(written), NFKD), '[\u0300-\u036f]+', '', 'g'),
        'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'ø', 'o'), 'ł', 'l'), 'đ', 'd')
    END,
    '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u2000-\u206f\u2190-\u2bff\u3000-\u303f]+', ' ', 'g'
));
"""

# Each word of four letters or more, and the same without one of its letters: two words that share one of these differ by little.
_NEAR = """
CREATE FUNCTION balie_near(name text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN ARRAY(
    SELECT DISTINCT left(word, place - 1) || substr(word, place + 1)
    FROM unnest(string_to_array(balie_plain(name), ' ')) AS word
    CROSS JOIN LATERAL generate_series(1, length(word) + 1) AS place
    WHERE length(word) BETWEEN 4 AND 40
);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField(
            "person", "uses_keys", models.BooleanField(default=True, verbose_name="single keys act on pages")
        ),
        migrations.RunSQL(_PLAIN, "DROP FUNCTION balie_plain(text)"),
        migrations.RunSQL(_NEAR, "DROP FUNCTION balie_near(text)"),
        migrations.RunSQL(
            "CREATE INDEX person_nearly ON people_person USING gin (balie_near(name))", "DROP INDEX person_nearly"
        ),
        migrations.RunSQL(
            "CREATE INDEX person_names ON people_person USING gin (to_tsvector('simple', balie_plain(name)))",
            "DROP INDEX person_names",
        ),
    ]
