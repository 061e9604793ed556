"""The file that goes on in another county is found from the one that closed here."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("households", "0004_batch_states")]

    operations = [
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                fields=["moved_from"], condition=Q(moved_from__isnull=False), name="household_by_former_file"
            ),
        ),
    ]
