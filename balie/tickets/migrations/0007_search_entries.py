"""What search reads: one narrow row for each message, kept by triggers in the transaction of what it follows.

See docs/search.md. The words and marks of an entry are written in one place, the function balie_index; what calls it is below it.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# The language whose small words stand most often in a text; with none or as many of another one, the fallback.
_DICTIONARY = """
CREATE FUNCTION balie_dictionary(said tsvector, fallback text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce((
    SELECT dictionary FROM (VALUES
        ('english', length(said) - length(ts_delete(said, ARRAY['the', 'and', 'is', 'of', 'you', 'my', 'not', 'please', 'this', 'that',
            'with', 'have', 'for', 'can', 'when', 'it', 'are', 'we', 'be', 'to', 'i', 'your', 'has', 'was', 'how']))),
        ('german', length(said) - length(ts_delete(said, ARRAY['der', 'die', 'das', 'und', 'ich', 'nicht', 'ist', 'ein', 'eine', 'mein',
            'bitte', 'mit', 'fur', 'wir', 'auf', 'den', 'wann', 'sie', 'zu', 'habe', 'von', 'meine', 'kann', 'wie', 'es']))),
        ('dutch', length(said) - length(ts_delete(said, ARRAY['de', 'het', 'een', 'en', 'ik', 'niet', 'mijn', 'is', 'van', 'voor', 'met',
            'op', 'graag', 'wanneer', 'kan', 'dat', 'heb', 'zijn', 'je', 'wij', 'aan', 'te', 'maar', 'hoe', 'wordt']))),
        ('french', length(said) - length(ts_delete(said, ARRAY['le', 'la', 'les', 'un', 'une', 'je', 'pas', 'mon', 'et', 'est', 'pour',
            'avec', 'sur', 'quand', 'merci', 'vous', 'des', 'du', 'dans', 'nous', 'que', 'ma', 'ne', 'il', 'au']))),
        ('spanish', length(said) - length(ts_delete(said, ARRAY['el', 'la', 'los', 'un', 'una', 'yo', 'no', 'mi', 'y', 'es', 'para',
            'con', 'por', 'cuando', 'gracias', 'que', 'de', 'en', 'se', 'del', 'al', 'como', 'las', 'me', 'lo']))),
        ('italian', length(said) - length(ts_delete(said, ARRAY['il', 'la', 'gli', 'un', 'una', 'io', 'non', 'mio', 'e', 'per', 'con',
            'di', 'che', 'quando', 'grazie', 'del', 'sono', 'si', 'da', 'ho', 'nel', 'mi', 'della', 'come', 'lo'])))
    ) AS counted (dictionary, hits)
    WHERE hits >= 2 ORDER BY hits DESC, dictionary = fallback DESC LIMIT 1
), fallback, 'simple');
"""

_INDEX = """
CREATE FUNCTION balie_index(messages bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tickets_searchentry AS entry (message_id, ticket_id, team_id, at, is_note, words)
    SELECT message.id, ticket.number, ticket.team_id, message.created_at, message.kind = 'note',
        setweight(to_tsvector('simple', plain.subject), 'A') || setweight(to_tsvector(spoken.dictionary, plain.subject), 'A')
            || setweight(to_tsvector('simple', plain.files), 'C')
            || plain.said || strip(to_tsvector(spoken.dictionary, plain.text))
            || array_to_tsvector(ARRAY[
                't:' || ticket.team_id, 't:' || ticket.team_id || '/' || plain.month, 'm:' || plain.month,
                'r:' || ticket.requester_id
            ] || CASE WHEN message.kind = 'note' THEN ARRAY['k:note'] ELSE '{}' END
              || CASE WHEN message.author_id IS NULL THEN '{}' ELSE ARRAY['a:' || message.author_id] END
              || ARRAY(SELECT 'f:' || person_id FROM tickets_follower WHERE ticket_id = ticket.number))
    FROM tickets_message AS message
    JOIN tickets_ticket AS ticket ON ticket.number = message.ticket_id
    JOIN people_person AS requester ON requester.id = ticket.requester_id
    CROSS JOIN LATERAL (
        SELECT written.*, to_tsvector('simple', written.text) AS said FROM (
            SELECT balie_plain(left(message.text, 100000)) AS text,
                balie_plain(concat_ws(' ', ticket.subject, (
                    SELECT string_agg(subject, ' ') FROM tickets_ticket WHERE merged_into_id = ticket.number
                ))) AS subject,
                coalesce(balie_plain((
                    SELECT left(string_agg(name, ' '), 10000) FROM tickets_attachment WHERE tickets_attachment.message_id = message.id
                )), '') AS files,
                to_char(message.created_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month
            OFFSET 0
        ) AS written OFFSET 0
    ) AS plain
    CROSS JOIN LATERAL (
        SELECT balie_dictionary(plain.said, CASE requester.language WHEN 'en' THEN 'english' WHEN 'de' THEN 'german'
            WHEN 'nl' THEN 'dutch' WHEN 'fr' THEN 'french' WHEN 'es' THEN 'spanish' WHEN 'it' THEN 'italian' END)::regconfig AS dictionary
        OFFSET 0
    ) AS spoken
    WHERE message.id = ANY (messages)
    ON CONFLICT (message_id) DO UPDATE SET ticket_id = excluded.ticket_id, team_id = excluded.team_id, at = excluded.at,
        is_note = excluded.is_note, words = excluded.words
$$;
"""

_TRIGGERS = """
CREATE FUNCTION balie_index_new_messages() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM balie_index(ARRAY(SELECT id FROM fresh));
    RETURN NULL;
END $$;
CREATE TRIGGER search_new_messages AFTER INSERT ON tickets_message REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION balie_index_new_messages();

CREATE FUNCTION balie_index_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM balie_index(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER search_changed_message AFTER UPDATE OF ticket_id, text, kind ON tickets_message FOR EACH ROW
    WHEN (OLD.ticket_id <> NEW.ticket_id OR OLD.text <> NEW.text OR OLD.kind <> NEW.kind)
    EXECUTE FUNCTION balie_index_message();

CREATE FUNCTION balie_index_new_files() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM balie_index(ARRAY(SELECT DISTINCT message_id FROM fresh));
    RETURN NULL;
END $$;
CREATE TRIGGER search_new_files AFTER INSERT ON tickets_attachment REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION balie_index_new_files();

CREATE FUNCTION balie_index_ticket() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM balie_index(ARRAY(SELECT id FROM tickets_message
        WHERE ticket_id IN (NEW.number, NEW.merged_into_id, OLD.merged_into_id) ORDER BY id));
    RETURN NULL;
END $$;
CREATE TRIGGER search_changed_ticket AFTER UPDATE OF subject, team_id, requester_id, merged_into_id ON tickets_ticket FOR EACH ROW
    WHEN (OLD.subject <> NEW.subject OR OLD.team_id <> NEW.team_id OR OLD.requester_id <> NEW.requester_id
        OR OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id)
    EXECUTE FUNCTION balie_index_ticket();

CREATE FUNCTION balie_index_new_followers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE tickets_searchentry AS entry SET words = entry.words || array_to_tsvector(joined.marks)
    FROM (SELECT ticket_id, array_agg('f:' || person_id) AS marks FROM fresh GROUP BY ticket_id) AS joined
    WHERE entry.ticket_id = joined.ticket_id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_new_followers AFTER INSERT ON tickets_follower REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION balie_index_new_followers();

CREATE FUNCTION balie_index_gone_followers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE tickets_searchentry AS entry SET words = ts_delete(entry.words, parted.marks)
    FROM (SELECT ticket_id, array_agg('f:' || person_id) AS marks FROM gone GROUP BY ticket_id) AS parted
    WHERE entry.ticket_id = parted.ticket_id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_gone_followers AFTER DELETE ON tickets_follower REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION balie_index_gone_followers();
"""

_DROP_TRIGGERS = """
DROP TRIGGER search_new_messages ON tickets_message;
DROP TRIGGER search_changed_message ON tickets_message;
DROP TRIGGER search_new_files ON tickets_attachment;
DROP TRIGGER search_changed_ticket ON tickets_ticket;
DROP TRIGGER search_new_followers ON tickets_follower;
DROP TRIGGER search_gone_followers ON tickets_follower;
DROP FUNCTION balie_index_new_messages(), balie_index_message(), balie_index_new_files(), balie_index_ticket(),
    balie_index_new_followers(), balie_index_gone_followers();
"""

# The forms that a word may stand in: as it is, and as the stem of each language; a small word has no stem there.
_FORMS = """
CREATE FUNCTION balie_forms(word text) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN ARRAY(
    SELECT DISTINCT form FROM unnest(
        tsvector_to_array(to_tsvector('simple', word)) || ts_lexize('english_stem', word) || ts_lexize('german_stem', word)
        || ts_lexize('dutch_stem', word) || ts_lexize('french_stem', word) || ts_lexize('spanish_stem', word)
        || ts_lexize('italian_stem', word)
    ) AS form WHERE form <> '' ORDER BY form
);
"""

# Looks through one stretch of time after the other, the newest first, until enough is found: each is a match in the index alone, without
# a walk through every row or by date, which the planner chooses for words that it takes to be frequent. When `few` are not found so, the
# next, wider question is tried. `among` keeps to some requests.
_FOUND = """
CREATE FUNCTION balie_found(
    attempts tsquery[], ranked tsquery, unwanted tsquery, stretches tsquery[], befores timestamptz[], among bigint[], few int, enough int,
    most int
) RETURNS TABLE (attempt int, ticket_id bigint, message_id bigint, at timestamptz, is_note boolean, rank real)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    asked tsquery;
    stretch int;
    counted int;
    total int := 0;
BEGIN
    attempt := 0;
    FOREACH asked IN ARRAY attempts LOOP
        attempt := attempt + 1;
        FOR stretch IN 1 .. array_length(stretches, 1) LOOP
            RETURN QUERY SELECT attempt, newest.ticket_id, newest.message_id, newest.at, newest.is_note,
                ts_rank('{0.1, 0.3, 0.4, 1.0}', newest.words, ranked)
            FROM (
                SELECT entry.ticket_id, entry.message_id, entry.at, entry.is_note, entry.words FROM tickets_searchentry AS entry
                WHERE entry.words @@ (asked && stretches[stretch]) AND entry.at < befores[stretch]
                    AND (among IS NULL OR entry.ticket_id = ANY (among))
                ORDER BY entry.at DESC LIMIT greatest(most - total, 0)
            ) AS newest
            WHERE unwanted IS NULL OR NOT EXISTS (SELECT FROM tickets_searchentry AS other
                WHERE other.ticket_id = newest.ticket_id AND other.words @@ unwanted);
            GET DIAGNOSTICS counted = ROW_COUNT;
            total := total + counted;
            EXIT WHEN total >= enough;
        END LOOP;
        EXIT WHEN total >= few;
    END LOOP;
END $$;
"""

_ALL_THAT_IS_THERE = """
DO $$
DECLARE
    first bigint;
BEGIN
    FOR first IN SELECT generate_series((SELECT min(id) FROM tickets_message), (SELECT max(id) FROM tickets_message), 5000) LOOP
        PERFORM balie_index(ARRAY(SELECT id FROM tickets_message WHERE id >= first AND id < first + 5000));
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_keys_and_names_nearly_written"),
        ("teams", "0001_initial"),
        ("tickets", "0006_due_dates_and_refusals_as_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("message", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="search_entry", serialize=False, to="tickets.message")),
                ("at", models.DateTimeField()),
                ("is_note", models.BooleanField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                ("team", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team")),
                ("ticket", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="search_entries", to="tickets.ticket")),
            ],
        ),
        migrations.RunSQL(_DICTIONARY, "DROP FUNCTION balie_dictionary(tsvector, text)"),
        migrations.RunSQL(_INDEX, "DROP FUNCTION balie_index(bigint[])"),
        migrations.RunSQL(_FORMS, "DROP FUNCTION balie_forms(text)"),
        migrations.RunSQL(_FOUND, "DROP FUNCTION balie_found"),
        migrations.RunSQL(_ALL_THAT_IS_THERE, migrations.RunSQL.noop),
        # What stands in the way of ALTER TABLE after rows were written in the same transaction.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(_TRIGGERS, _DROP_TRIGGERS),
        migrations.AddIndex("searchentry", models.Index(fields=["ticket"], name="search_entry_of_ticket")),
        migrations.AddIndex(
            "searchentry",
            django.contrib.postgres.indexes.GinIndex(fields=["words"], gin_pending_list_limit=512, name="search_words"),
        ),
        migrations.RemoveIndex("ticket", "ticket_words"),
        migrations.RemoveField("ticket", "search"),
        migrations.RemoveIndex("message", "message_words"),
        migrations.RemoveField("message", "search"),
    ]
