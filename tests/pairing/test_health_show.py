"""The health check says whether the application has its database, to anybody, and nothing else."""

import pytest


@pytest.mark.django_db
def test_health(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405
