"""The key of a person's drafts: the same at every sign-in, another for everybody else."""

from django.urls import reverse


def test_each_person_has_his_own_lasting_key(world):
    keys = [
        world.client(who).get(reverse("visits:draft_key")).json()["key"]
        for who in ("cadre", "cadre", "other_cadre")
    ]
    assert keys[0] == keys[1] != keys[2]
    assert len(keys[0]) == 44  # 32 bytes
    answer = world.client("cadre").get(reverse("visits:draft_key"))
    assert answer["Cache-Control"] == "no-store"
    assert world.client("leader").get(reverse("visits:draft_key")).status_code == 403
