"""Fill from the visits that there are at which months' ends each household has a recent one.

Triggers of households take it to the villages' months. Afterwards `recount` of the actions keeps it.
"""

from django.db import migrations

FILL = """
UPDATE households_household h SET visit_months = found.months
FROM (
    SELECT household_id, range_agg(daterange(
        date_trunc('month', visited_on::timestamp)::date, date_trunc('month', (visited_on + 121)::timestamp)::date
    )) AS months
    FROM visits_visit
    WHERE method = 'home' AND state <> 'withdrawn' AND confirmed_at IS NOT NULL
    GROUP BY household_id
) AS found
WHERE h.id = found.household_id AND h.visit_months IS DISTINCT FROM found.months
"""


class Migration(migrations.Migration):
    dependencies = [
        ("households", "0003_village_months"),
        ("visits", "0003_words_beside"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
