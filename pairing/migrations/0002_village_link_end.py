"""A link between unit and village is addressed by a public id, and ends with a reason."""

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pairing", "0001_initial")]

    operations = [
        # The database gives every link that stands a random id of its own; from then on the model does.
        migrations.AddField(
            "villagelink",
            "public_id",
            models.UUIDField(db_default=RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            "villagelink", "public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
        migrations.AddField(
            "villagelink",
            "end_reason",
            models.CharField(blank=True, default="", max_length=200, verbose_name="reason"),
            preserve_default=False,
        ),
    ]
