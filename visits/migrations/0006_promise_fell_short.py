"""What was kept partly or not is outstanding until it is settled: the index follows."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("visits", "0005_recorded_facts")]

    operations = [
        migrations.RemoveIndex(model_name="promise", name="promise_outstanding"),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                fields=["household", "due_on"],
                condition=Q(state__in=["open", "done"]) | Q(state__in=["partly", "not_kept"], dropped_reason=""),
                name="promise_outstanding",
            ),
        ),
    ]
