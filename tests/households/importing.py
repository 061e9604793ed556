"""The steps of an import through its pages, for tests."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from households.models import (
    ChangeField,
    ChangeRequest,
    Household,
    HouseholdYear,
    ImportBatch,
    Membership,
    Person,
    PersonYear,
)
from tests.cast import COUNTY


def upload(client: Client, data: bytes, name: str = "register.xlsx", **more: Any) -> HttpResponse:
    """Send a file as the upload page does."""
    file = SimpleUploadedFile(name, data)
    return client.post(
        reverse("households:import_create"), {"file": file, "area": COUNTY, "year": 2025, **more}
    )


def staged(client: Client, data: bytes, **more: Any) -> ImportBatch:
    """The batch of a file that is accepted."""
    answer = upload(client, data, **more)
    assert answer.status_code == 302, answer.context["form"].errors
    return ImportBatch.everything.latest("pk")


def url(what: str, batch: ImportBatch) -> str:
    return reverse(f"households:{what}", args=[batch.public_id])


def apply(client: Client, batch: ImportBatch, **more: Any) -> HttpResponse:
    """Confirm a dry run."""
    batch.refresh_from_db()
    return client.post(url("import_apply", batch), {"version": batch.version, **more})


def tables() -> dict[str, int]:
    """How many rows each table has that an import writes."""
    return {
        model.__name__: model.everything.count()
        for model in (Household, HouseholdYear, Person, Membership, PersonYear, ChangeRequest, ChangeField)
    }
