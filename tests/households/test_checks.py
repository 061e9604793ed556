"""Pure checks that forms and imports share: what is wrong is named, what is good passes."""

import datetime as dt
from decimal import Decimal

import pytest

from households import checks
from households.checks import Income, Problem, Weight
from pairing.numbers import PartialDate
from tests.households.register_files import number

TODAY = dt.date(2026, 11, 22)


def codes(problems) -> list[str]:
    assert all(problem.sentence for problem in problems)
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    "name", ["赵福国", "买买提·艾力", "བཀྲ་ཤིས་", "محەممەت", "𠮷田", "\ue863海", "李〇", "José Ma", "欧阳"]
)
def test_real_names_pass(name):
    assert checks.check_name(name) == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "name.missing"), ("赵", "name.short"), ("赵2", "name.characters"), ("赵?", "name.characters"),
     ("赵（小）", "name.characters"), ("长" * 61, "name.long"), ("=1+1", "name.characters")],
)  # fmt: skip
def test_other_names_are_questioned(name, code):
    assert codes(checks.check_name(name)) == [code]


def test_a_number_agrees_with_birth_and_sex():
    identity, found = checks.read_identity(number("19560204", 11), TODAY)
    assert found == ()
    check = checks.check_identity
    assert check(identity, sex="male", birth=dt.date(1956, 2, 4), today=TODAY) == ()
    assert check(identity, birth=PartialDate(1956, 2), today=TODAY) == ()
    assert codes(check(identity, sex="female", today=TODAY)) == ["identity.sex_differs"]
    assert codes(check(identity, birth=PartialDate(1957), today=TODAY)) == ["identity.birth_differs"]
    assert codes(check(None, birth=dt.date(2026, 11, 23), today=TODAY)) == ["birth.future"]


@pytest.mark.parametrize(
    ("relation", "sex", "found"),
    [("head", "male", []), ("son", "male", []), ("son", "female", ["relation.sex"]), ("mother", "male", ["relation.sex"]),
     ("", "male", ["relation.missing"]), ("spouse", "", [])],
)  # fmt: skip
def test_relations(relation, sex, found):
    assert codes(checks.check_relation(relation, sex)) == found


@pytest.mark.parametrize(
    ("family", "found"),
    [
        ([("head", "male"), ("spouse", "female"), ("son", "male")], []),
        ([("spouse", "female")], ["head.missing"]),
        ([("head", "male"), ("head", "female")], ["head.several"]),
        ([("head", "male"), ("spouse", "male")], ["head.spouse_sex"]),
        ([], ["head.missing"]),
    ],
)
def test_exactly_one_head(family, found):
    assert codes(checks.check_family(family)) == found


def test_health_combines_in_any_order_but_not_with_healthy():
    assert checks.check_health(["chronic", "disabled"]) == checks.check_health(["disabled", "chronic"]) == ()
    assert codes(checks.check_health(["healthy", "serious"])) == ["health.contradiction"]


def test_education_or_schooling():
    assert checks.check_schooling("primary", "") == ()
    assert codes(checks.check_schooling("primary", "junior_7")) == ["schooling.both"]
    (nothing,) = checks.check_schooling("", "")
    assert nothing.weight is Weight.NOTE


@pytest.mark.parametrize(
    ("dangerous", "grade", "fine"),
    [
        (True, "C", True),
        (True, "D", True),
        (False, "A", True),
        (True, "A", False),
        (False, "D", False),
        (None, "D", True),
    ],
)
def test_housing(dangerous, grade, fine):
    assert (checks.check_housing(dangerous, grade) == ()) is fine


def test_causes():
    assert checks.check_causes("illness", ["disability", "no_labour"]) == ()
    assert codes(checks.check_causes("illness", ["a", "b", "c"])) == ["causes.many"]
    assert codes(checks.check_causes("illness", ["illness"])) == ["causes.twice"]


def test_groups():
    assert checks.check_group_name("3社") == checks.check_group_name("第三组（上庄）") == ()
    assert codes(checks.check_group_name("<b>")) == ["group.form"]


def income(**amounts: int) -> list[str]:
    return codes(
        checks.check_income(Income(**{k: Decimal(v) if k != "members" else v for k, v in amounts.items()}))
    )


def test_income_adds_up():
    good = {"wage": 20000, "production": 8000, "property": 0, "transfer": 2000, "costs": 3000, "total": 30000}
    assert income(**good, net=27000, per_head=9000, members=3) == []
    assert income(**{**good, "total": 31000}) == ["income.sum"]
    assert income(**good, net=28000) == ["income.net"]
    assert income(**good, per_head=9500, members=3) == ["income.per_head"]


@pytest.mark.parametrize(
    ("amounts", "found"),
    [({"wage": 250}, "income.wage"), ({"wage": 300_001}, "income.wage"), ({"dibao": 150}, "income.dibao"),
     ({"pension": 80}, "income.pension"), ({"production": 5000}, "income.no_costs"), ({"monthly_pay": 99}, "income.monthly_pay"),
     ({"per_head": 200_001}, "income.per_head_high")],
)  # fmt: skip
def test_implausible_figures_are_asked_about_never_refused(amounts, found):
    assert income(**amounts) == [found]
    problems = checks.check_income(Income(per_head=Decimal(3999)), low=Decimal(4000))
    assert [p.weight for p in problems] == [Weight.NOTE]


def test_every_sentence_can_be_said():
    class Anything(dict):
        def __missing__(self, key):
            return key

    for code in checks.SENTENCES:
        assert checks.sentence_of(code, Anything())
    assert checks.sentence_of("gone", {}) == "gone"
    assert Problem("name.missing", "name").sentence
