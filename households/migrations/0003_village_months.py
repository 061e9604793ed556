"""Months of villages: kept by triggers from now on, and filled here from the files that there are."""

import django.db.models.functions.text
import django.db.models.manager
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import pairing.fields
import pairing.models.areas

# What `households.models.months.adding` said when this was written, over all files.
FILL = """
INSERT INTO households_villagemonth AS kept
    (county_code, township_code, village_code, month, opened, listed, covered)
SELECT left(village_code, 6), left(village_code, 9), village_code, month, opened, listed, covered
FROM (
SELECT village_code, month, sum(opened) AS opened, sum(listed) AS listed, sum(covered) AS covered
FROM (SELECT village_code, created_at, closed_on, listed_on, visit_months, 1 AS sign FROM households_household) AS h
CROSS JOIN LATERAL (SELECT date_trunc('month', (listed_on)::timestamp)::date AS since) listing
CROSS JOIN LATERAL (
    SELECT CASE WHEN since IS NULL THEN 'empty'
        ELSE daterange(since, CASE WHEN closed_on IS NOT NULL THEN greatest(since, date_trunc('month', (closed_on)::timestamp)::date) END) END AS counted
) months
CROSS JOIN LATERAL (
    SELECT date_trunc('month', (created_at AT TIME ZONE 'Asia/Shanghai')::timestamp)::date, sign, 0, 0
    UNION ALL SELECT date_trunc('month', (closed_on)::timestamp)::date, -sign, 0, 0
    UNION ALL SELECT lower(counted), 0, sign, 0
    UNION ALL SELECT upper(counted), 0, -sign, 0
    UNION ALL SELECT unnest(ARRAY[lower(part), upper(part)]), 0, 0, unnest(ARRAY[sign, -sign])
        FROM unnest((visit_months + daterange(date_trunc('month', (listed_on)::timestamp)::date, date_trunc('month', (listed_on + 121)::timestamp)::date)::datemultirange) * counted::datemultirange) part
) AS mark (month, opened, listed, covered)
WHERE month IS NOT NULL
GROUP BY village_code, month
HAVING sum(opened) <> 0 OR sum(listed) <> 0 OR sum(covered) <> 0
ORDER BY village_code, month) AS changed
ON CONFLICT (village_code, month) DO UPDATE SET opened = kept.opened + excluded.opened,
    listed = kept.listed + excluded.listed, covered = kept.covered + excluded.covered
"""


class Migration(migrations.Migration):
    dependencies = [
        ("households", "0002_staging"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VillageMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "county_code",
                    pairing.models.areas.CodeField(db_collation="C", editable=False, max_length=6),
                ),
                (
                    "township_code",
                    pairing.models.areas.CodeField(db_collation="C", editable=False, max_length=9),
                ),
                ("village_code", pairing.models.areas.CodeField(db_collation="C", max_length=12)),
                ("month", models.DateField()),
                ("opened", models.IntegerField(default=0)),
                ("listed", models.IntegerField(default=0)),
                ("covered", models.IntegerField(default=0)),
            ],
            options={
                "abstract": False,
                "default_manager_name": "everything",
            },
            managers=[
                ("everything", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name="household",
            name="visit_months",
            field=pairing.fields.Periods(default="{}", editable=False),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                condition=models.Q(("listed_on__isnull", False), ("status", "open")),
                fields=["county_code", "last_visit_on"],
                name="household_by_gap",
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                condition=models.Q(("lead__isnull", True), ("listed_on__isnull", False), ("status", "open")),
                fields=["county_code", "id"],
                name="household_unpaired_county",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="household",
            trigger=pgtrigger.compiler.Trigger(
                name="months_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO households_villagemonth AS kept\n    (county_code, township_code, village_code, month, opened, listed, covered)\nSELECT left(village_code, 6), left(village_code, 9), village_code, month, opened, listed, covered\nFROM (\nSELECT village_code, month, sum(opened) AS opened, sum(listed) AS listed, sum(covered) AS covered\nFROM (SELECT village_code, created_at, closed_on, listed_on, visit_months, 1 AS sign FROM new_rows) AS h\nCROSS JOIN LATERAL (SELECT date_trunc('month', (listed_on)::timestamp)::date AS since) listing\nCROSS JOIN LATERAL (\n    SELECT CASE WHEN since IS NULL THEN 'empty'\n        ELSE daterange(since, CASE WHEN closed_on IS NOT NULL THEN greatest(since, date_trunc('month', (closed_on)::timestamp)::date) END) END AS counted\n) months\nCROSS JOIN LATERAL (\n    SELECT date_trunc('month', (created_at AT TIME ZONE 'Asia/Shanghai')::timestamp)::date, sign, 0, 0\n    UNION ALL SELECT date_trunc('month', (closed_on)::timestamp)::date, -sign, 0, 0\n    UNION ALL SELECT lower(counted), 0, sign, 0\n    UNION ALL SELECT upper(counted), 0, -sign, 0\n    UNION ALL SELECT unnest(ARRAY[lower(part), upper(part)]), 0, 0, unnest(ARRAY[sign, -sign])\n        FROM unnest((visit_months + daterange(date_trunc('month', (listed_on)::timestamp)::date, date_trunc('month', (listed_on + 121)::timestamp)::date)::datemultirange) * counted::datemultirange) part\n) AS mark (month, opened, listed, covered)\nWHERE month IS NOT NULL\nGROUP BY village_code, month\nHAVING sum(opened) <> 0 OR sum(listed) <> 0 OR sum(covered) <> 0\nORDER BY village_code, month) AS changed\nON CONFLICT (village_code, month) DO UPDATE SET opened = kept.opened + excluded.opened,\n    listed = kept.listed + excluded.listed, covered = kept.covered + excluded.covered; RETURN NULL;",
                    hash="848c90780cd6b4031b6243ac3fb6b4d357c2622e",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_months_insert_3ca32",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="households_household",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="household",
            trigger=pgtrigger.compiler.Trigger(
                name="months_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF EXISTS (SELECT village_code, created_at, closed_on, listed_on, visit_months FROM new_rows EXCEPT ALL SELECT village_code, created_at, closed_on, listed_on, visit_months FROM old_rows) THEN \nINSERT INTO households_villagemonth AS kept\n    (county_code, township_code, village_code, month, opened, listed, covered)\nSELECT left(village_code, 6), left(village_code, 9), village_code, month, opened, listed, covered\nFROM (\nSELECT village_code, month, sum(opened) AS opened, sum(listed) AS listed, sum(covered) AS covered\nFROM (SELECT village_code, created_at, closed_on, listed_on, visit_months, 1 AS sign FROM new_rows UNION ALL SELECT village_code, created_at, closed_on, listed_on, visit_months, -1 AS sign FROM old_rows) AS h\nCROSS JOIN LATERAL (SELECT date_trunc('month', (listed_on)::timestamp)::date AS since) listing\nCROSS JOIN LATERAL (\n    SELECT CASE WHEN since IS NULL THEN 'empty'\n        ELSE daterange(since, CASE WHEN closed_on IS NOT NULL THEN greatest(since, date_trunc('month', (closed_on)::timestamp)::date) END) END AS counted\n) months\nCROSS JOIN LATERAL (\n    SELECT date_trunc('month', (created_at AT TIME ZONE 'Asia/Shanghai')::timestamp)::date, sign, 0, 0\n    UNION ALL SELECT date_trunc('month', (closed_on)::timestamp)::date, -sign, 0, 0\n    UNION ALL SELECT lower(counted), 0, sign, 0\n    UNION ALL SELECT upper(counted), 0, -sign, 0\n    UNION ALL SELECT unnest(ARRAY[lower(part), upper(part)]), 0, 0, unnest(ARRAY[sign, -sign])\n        FROM unnest((visit_months + daterange(date_trunc('month', (listed_on)::timestamp)::date, date_trunc('month', (listed_on + 121)::timestamp)::date)::datemultirange) * counted::datemultirange) part\n) AS mark (month, opened, listed, covered)\nWHERE month IS NOT NULL\nGROUP BY village_code, month\nHAVING sum(opened) <> 0 OR sum(listed) <> 0 OR sum(covered) <> 0\nORDER BY village_code, month) AS changed\nON CONFLICT (village_code, month) DO UPDATE SET opened = kept.opened + excluded.opened,\n    listed = kept.listed + excluded.listed, covered = kept.covered + excluded.covered; END IF; RETURN NULL;",
                    hash="0dfbc3e3f13d026bd027b69f89ad86a4008323cf",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_months_update_dd382",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="households_household",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="household",
            trigger=pgtrigger.compiler.Trigger(
                name="months_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO households_villagemonth AS kept\n    (county_code, township_code, village_code, month, opened, listed, covered)\nSELECT left(village_code, 6), left(village_code, 9), village_code, month, opened, listed, covered\nFROM (\nSELECT village_code, month, sum(opened) AS opened, sum(listed) AS listed, sum(covered) AS covered\nFROM (SELECT village_code, created_at, closed_on, listed_on, visit_months, -1 AS sign FROM old_rows) AS h\nCROSS JOIN LATERAL (SELECT date_trunc('month', (listed_on)::timestamp)::date AS since) listing\nCROSS JOIN LATERAL (\n    SELECT CASE WHEN since IS NULL THEN 'empty'\n        ELSE daterange(since, CASE WHEN closed_on IS NOT NULL THEN greatest(since, date_trunc('month', (closed_on)::timestamp)::date) END) END AS counted\n) months\nCROSS JOIN LATERAL (\n    SELECT date_trunc('month', (created_at AT TIME ZONE 'Asia/Shanghai')::timestamp)::date, sign, 0, 0\n    UNION ALL SELECT date_trunc('month', (closed_on)::timestamp)::date, -sign, 0, 0\n    UNION ALL SELECT lower(counted), 0, sign, 0\n    UNION ALL SELECT upper(counted), 0, -sign, 0\n    UNION ALL SELECT unnest(ARRAY[lower(part), upper(part)]), 0, 0, unnest(ARRAY[sign, -sign])\n        FROM unnest((visit_months + daterange(date_trunc('month', (listed_on)::timestamp)::date, date_trunc('month', (listed_on + 121)::timestamp)::date)::datemultirange) * counted::datemultirange) part\n) AS mark (month, opened, listed, covered)\nWHERE month IS NOT NULL\nGROUP BY village_code, month\nHAVING sum(opened) <> 0 OR sum(listed) <> 0 OR sum(covered) <> 0\nORDER BY village_code, month) AS changed\nON CONFLICT (village_code, month) DO UPDATE SET opened = kept.opened + excluded.opened,\n    listed = kept.listed + excluded.listed, covered = kept.covered + excluded.covered; RETURN NULL;",
                    hash="f0c7954b88a585ac5263826b0d2117d993bba85f",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_months_delete_5a881",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="households_household",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="villagemonth",
            index=models.Index(fields=["county_code"], name="village_month_by_county"),
        ),
        migrations.AddIndex(
            model_name="villagemonth",
            index=models.Index(fields=["township_code"], name="village_month_by_township"),
        ),
        migrations.AddConstraint(
            model_name="villagemonth",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("township_code", django.db.models.functions.text.Left("village_code", 9)),
                    ("county_code", django.db.models.functions.text.Left("village_code", 6)),
                ),
                name="villagemonth_codes_nest",
            ),
        ),
        migrations.AddConstraint(
            model_name="villagemonth",
            constraint=models.UniqueConstraint(fields=("village_code", "month"), name="village_month_once"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
