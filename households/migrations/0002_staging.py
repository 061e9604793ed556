"""Staged rows of a dry run need not survive a crash: their table is UNLOGGED, so staging is cheap."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("households", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE households_importrow SET UNLOGGED",
            "ALTER TABLE households_importrow SET LOGGED",
        )
    ]
