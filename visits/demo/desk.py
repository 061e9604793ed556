"""What lies on the desks of the printed sign-ins, so that a first look finds each kind of work.

The two years' story leaves much to chance; this is the same every time: for the cadre a promise nearly due, a
question, an answer to bring, a visit that was typed for her and a change that came back; for the township a
referral of these days and one past its limit, a change to review and a promise whose day has passed.
"""

import uuid
from contextlib import AbstractContextManager
from datetime import datetime, time, timedelta
from itertools import cycle
from typing import Any

from households.actions.changes import FieldChange, propose_change, return_change, withdraw_change
from households.models import ChangeRequest
from pairing import clock
from pairing.models import User
from visits.actions import reading, referrals
from visits.actions.problems import ProblemInput
from visits.actions.slips import print_slips
from visits.actions.visits import PromiseInput, VisitInput, save_visit
from visits.demo import words
from visits.demo.homes import Home
from visits.demo.life import Township
from visits.models import Visit


def lay_out(township: Township) -> None:
    """Put the work of these days on the desks; in a township without the printed cadre there is none."""
    homes = [home for home in township.homes if home.helper and home.helper.username == "cadre"]
    if not homes:
        return
    colleague = next(h for h in reversed(township.homes) if h.helper and h.helper.username != "cadre")
    beside = Desk(township.staff, colleague.helper)
    for scene in (beside.promise_late, beside.referral_late, beside.change_waits):
        scene(colleague)
    desk = Desk(township.staff, homes[0].helper)
    scenes = (
        desk.promise_due,
        desk.referral_waits,
        desk.answer_owed,
        desk.change_returned,
        desk.change_withdrawn,
        desk.question_asked,
        desk.slip_entered,
    )
    for scene, home in zip(scenes, cycle(homes), strict=False):
        scene(home)


class Desk:
    """The scenes, each of one household."""

    def __init__(self, staff: User, cadre: Any) -> None:
        self.staff, self.cadre, self.today = staff, cadre, clock.today()

    def promise_due(self, home: Home) -> None:
        with self._days_ago(6):
            promise = PromiseInput("到合作医疗窗口问清慢病证怎么办", clock.today() + timedelta(days=7))
            self._visit(
                home, "腿疼还是老样子，想办慢病证，不知道要带什么材料。答应去窗口问。", promises=[promise]
            )

    def promise_late(self, home: Home) -> None:
        with self._days_ago(38):
            promise = PromiseInput("请电工来看院里的线路", clock.today() + timedelta(days=14))
            self._visit(home, "院里的电线是老线，一刮风就闪。答应找电工看一次。", promises=[promise])

    def referral_late(self, home: Home) -> None:
        with self._days_ago(21):
            said = "村口的变压器夜里响，睡不好。还说今年浇水比去年顺当。"
            asked = "村口的变压器夜里响声大，离院墙不到五米。"
            problem = ProblemInput("road_power", asked, "referred", "township_rural")
            self._visit(home, said, problems=[problem])

    def change_waits(self, home: Home) -> None:
        with self._days_ago(3):
            self._bank(home, words.BANKS[2])

    def referral_waits(self, home: Home) -> None:
        with self._days_ago(4):
            said = "玉米款到账了，账算得清楚。送出门时指了指渠边，说晚上走路害怕。"
            asked = "门口的水渠盖板断了两块，想请村上换。"
            problem = ProblemInput("road_power", asked, "referred", "township_rural")
            self._visit(home, said, problems=[problem])

    def answer_owed(self, home: Home) -> None:
        with self._days_ago(9):
            said = "家里收拾得利索。为临时救助的事着急，答应回去催一催社会事务办。"
            waits = "临时救助报上去一个月了，钱还没有到账。"
            asked = ProblemInput("allowance", waits, "referred", "township_affairs")
            problem = self._visit(home, said, problems=[asked]).problems.get()
        with self._days_ago(2):
            outcome = "已核对，银行卡换号后没有更新。本月随下一批补发。"
            referrals.answer(problem=problem, outcome=outcome, by=self.staff)

    def change_returned(self, home: Home) -> None:
        with self._days_ago(5):
            request = self._bank(home, words.BANKS[0])
        with self._days_ago(2):
            remarks = {field.public_id: "请写全支行名称，与存折一致。" for field in request.changes.all()}
            return_change(request=request, remarks=remarks, by=self.staff)

    def change_withdrawn(self, home: Home) -> None:
        with self._days_ago(11):
            request = self._bank(home, words.BANKS[1])
        with self._days_ago(10):
            withdraw_change(request=request, by=self.cadre)

    def question_asked(self, home: Home) -> None:
        with self._days_ago(3):
            visit = self._visit(home, "前阵子住院花了不少，住院押金是向亲戚借的。", tasks=["company"])
        with self._days_ago(1):
            question = reading.Question("said", "住院押金后来怎么解决的？请补充一句。")
            reading.ask(visit=visit, questions=[question], by=self.staff)

    def slip_entered(self, home: Home) -> None:
        with self._days_ago(5):
            slip = print_slips(households=[home.household], cadre=self.cadre, by=self.cadre)[0]
        with self._days_ago(1):
            visited_on = clock.today() - timedelta(days=2)
            said = "帮着把过冬的煤卸了，家里留吃了饭。"
            clerk = User.objects.get(username="clerk")
            self._visit(home, said, visited_on=visited_on, slip=slip, by=clerk, tasks=["errand"])

    def _days_ago(self, days: int) -> AbstractContextManager[None]:
        day = self.today - timedelta(days=days)
        return clock.pretending(datetime.combine(day, time(10, 20), tzinfo=clock.business_timezone))

    def _visit(self, home: Home, said: str, *, slip: Any = None, by: Any = None, **more: Any) -> Visit:
        told: dict[str, Any] = {
            "client_id": uuid.uuid4(),
            "visited_on": clock.today(),
            "met": home.met[:1],
            "said": said,
        } | more
        return save_visit(
            household=home.household,
            visit=VisitInput(**told),
            visited_by=self.cadre,
            slip=slip,
            by=by or self.cadre,
        )

    def _bank(self, home: Home, bank: str) -> ChangeRequest:
        changes = [FieldChange("household", "bank_name", bank)]
        return propose_change(
            household=home.household, changes=changes, reason="换了新存折", proof="新存折", by=self.cadre
        )
