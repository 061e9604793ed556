"""What waits in a county is counted from its own rows, however many counties there are."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("visits", "0006_promise_fell_short")]

    operations = [
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(
                fields=["county_code", "due_on"], condition=Q(state="referred"), name="problem_referred_county"
            ),
        ),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(
                fields=["county_code", "id"],
                condition=Q(
                    state__in=["solved", "answered", "explained", "not_now"], told_on__isnull=True
                ),
                name="problem_owed_county",
            ),
        ),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                fields=["county_code", "due_on"], condition=Q(state="open"), name="promise_open_county"
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                fields=["county_code", "id"],
                condition=Q(state__in=["to_read", "answered"]),
                name="visit_to_read_county",
            ),
        ),
    ]
