"""A part of a name is looked for in one county: among several, the county's own files were all met before."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("households", "0006_change_withdrawn_at")]

    operations = [
        BtreeGinExtension(),
        migrations.RemoveIndex("household", "household_by_terms"),
        migrations.AddIndex(
            "household",
            GinIndex(fields=["county_code", "search_terms"], name="household_by_county_and_terms"),
        ),
    ]
