"""A second factor's secret opens for its person alone: what was sealed for nobody is sealed anew."""

from uuid import UUID

from django.db import migrations

from pairing.crypto import seal, unseal

LABEL, NOBODY = "second_factor.secret", UUID(int=0)


def _seal_anew(apps, bound: bool) -> None:
    for row in apps.get_model("mfa", "Authenticator").objects.select_related("user").select_for_update(of=["self"]):
        before, after = (NOBODY, row.user.public_id) if bound else (row.user.public_id, NOBODY)
        for name in {"secret", "seed"} & set(row.data):
            secret = unseal(row.data[name], label=LABEL, public_id=before)
            row.data[name] = seal(secret, label=LABEL, public_id=after)
        row.save(update_fields=["data"])


def bind(apps, schema_editor) -> None:
    _seal_anew(apps, bound=True)


def unbind(apps, schema_editor) -> None:
    _seal_anew(apps, bound=False)


class Migration(migrations.Migration):
    dependencies = [("pairing", "0002_village_link_end"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(bind, unbind)]
