"""Sending a returned request again."""

import pytest

from households.actions.changes import return_change
from households.models import ChangeRequest
from households.rules.words import because_imported
from tests.cast import World


@pytest.fixture
def returned(world: World) -> ChangeRequest:
    return return_change(
        request=world.requests["area"], remarks={}, remark="请核对", by=world.people["reviewer"]
    )


def test_the_proposer_sends_new_values(world: World, returned: ChangeRequest):
    change = returned.changes.get()
    data = {"version": str(returned.version), f"new_{change.public_id}": "农商银行", "reason": "correction"}
    answer = world.client("staff").post(f"/changes/{returned.public_id}/edit/", data)
    assert answer.status_code == 302
    again = ChangeRequest.everything.get(pk=returned.pk)
    assert (again.state, again.round, again.decided_by) == ("waiting", 2, None)
    assert again.changes.get().new.open() == "农商银行"


def test_only_the_proposer_and_only_when_returned(world: World, returned: ChangeRequest):
    assert world.client("reviewer").get(f"/changes/{returned.public_id}/edit/").status_code == 404
    waiting = world.requests["own"].public_id
    assert world.client("staff").get(f"/changes/{waiting}/edit/").status_code == 403


def test_the_reason_stands_in_words(world: World, returned: ChangeRequest):
    ChangeRequest.everything.filter(pk=returned.pk).update(reason="survey")
    page = world.client("staff").get(f"/changes/{returned.public_id}/edit/").content.decode()
    assert '<option value="survey" selected>入户核实</option>' in page
    ChangeRequest.everything.filter(pk=returned.pk).update(reason=because_imported("台账.xlsx"))
    page = world.client("staff").get(f"/changes/{returned.public_id}/edit/").content.decode()
    assert "selected>导入台账：台账.xlsx</option>" in page
