"""A file is staged once it has been read: the states before that were never stored. Python only; no SQL runs."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0003_village_months'),
    ]

    operations = [
        migrations.AlterField(
            model_name='importbatch',
            name='state',
            field=models.CharField(choices=[('parsed', 'checked, not yet imported'), ('applied', 'imported'), ('discarded', 'discarded'), ('undone', 'undone')], default='parsed', max_length=12, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='importbatchevent',
            name='state',
            field=models.CharField(choices=[('parsed', 'checked, not yet imported'), ('applied', 'imported'), ('discarded', 'discarded'), ('undone', 'undone')], default='parsed', max_length=12, verbose_name='state'),
        ),
    ]
