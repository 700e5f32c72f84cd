"""The table of the shared cache, as `createcachetable` would make it.

Unlogged: what is in it (counts of sign-in attempts, above all) may be lost in a crash, and is written several times a sign-in.
"""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE platform_cache (
                cache_key varchar(255) NOT NULL PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX platform_cache_expires ON platform_cache (expires);
            """,
            "DROP TABLE platform_cache",
        )
    ]
