"""Things side by side are joined as the reader's language joins them."""

from django.utils import translation

from pairing import wording


def test_lists_and_clauses_are_joined_as_the_reader_writes():
    with translation.override("zh-hans"):
        assert (wording.listed(["慢病", "", "残疾"]), wording.clauses(["甲", "乙"])) == (
            "慢病、残疾",
            "甲；乙",
        )
    with translation.override("en"):
        assert (wording.listed(["chronic", "disabled"]), wording.clauses(["a", "b"])) == (
            "chronic, disabled",
            "a; b",
        )
