"""Pinyin keys, search terms, and what a village is called."""

import pytest

from pairing import names


@pytest.mark.parametrize(
    ("name", "key", "initials"),
    [
        ("单红梅", "shan hong mei", "shm"),
        ("仇天佑", "qiu tian you", "qty"),
        ("解放", "xie fang", "xf"),
        ("朴永浩", "piao yong hao", "pyh"),
        ("曾国华", "zeng guo hua", "zgh"),
        ("盖长青", "ge chang qing", "gcq"),
        ("查文斌", "zha wen bin", "zwb"),
        ("区小明", "ou xiao ming", "oxm"),
        ("尉迟敬德", "yu chi jing de", "ycjd"),
        ("欧阳明", "ou yang ming", "oym"),
        ("阿依古丽·买买提", "a yi gu li mai mai ti", "ayglmmt"),
        ("  马 建国 ", "ma jian guo", "mjg"),
        ("Zhang San", "zhangsan", "z"),
        ("", "", ""),
    ],
)
def test_sort_key_and_initials(name, key, initials):
    assert (names.sort_key(name), names.initials(name)) == (key, initials)


@pytest.mark.parametrize(
    "part",
    ["单", "红", "红梅", "单红梅", "shm", "SH", "shan", "ShanHong", "shanhongmei", "shan hong", " 红 梅 "],
)
def test_part_of_a_name_is_found(part):
    terms = set(names.search_terms("单红梅", "马·依不拉"))
    assert set(names.query_terms(part)) <= terms


@pytest.mark.parametrize("part", ["单梅", "梅红", "hm", "hong", "dan", "单红梅花"])
def test_what_is_no_part_of_the_name_is_not_found(part):
    assert not set(names.query_terms(part)) <= set(names.search_terms("单红梅"))


def test_long_and_strange_names_stay_small():
    assert all(len(term) <= 80 for term in names.search_terms("阿" * 60, "x" * 60))
    assert names.query_terms("  ") == []
    assert names.query_terms("𠮷") == ["𠮷"]


@pytest.mark.parametrize(
    ("official", "display"),
    [
        ("大庄村村民委员会", "大庄村"),
        ("大庄村民委员会", "大庄村"),
        ("大庄村委会", "大庄村"),
        ("大庄村村委会", "大庄村"),
        ("景会村村民委员会", "景会村"),
        ("东村委会", "东村"),
        ("东关社区居民委员会", "东关社区"),
        ("东关社区居委会", "东关社区"),
        ("南街居委会", "南街社区"),
        ("天庆嘉园社区", "天庆嘉园社区"),
        ("张苏滩村社区", "张苏滩村社区"),
        ("西街社区服务中心", "西街社区"),
        ("圆梦苑社区居民委员会生活区", "圆梦苑社区"),
        ("东城嘉园村（居）委会", "东城嘉园村"),
        ("五泉林场虚拟生活区", "五泉林场虚拟生活区"),
        ("村民委员会", "村民委员会"),
    ],
)
def test_what_people_call_a_village(official, display):
    assert names.place_display(official) == display


def test_places_are_read_as_people_there_read_them():
    assert names.place_key("宕昌县") == "tan chang xian"
    assert names.place_key("民乐县") == "min le xian"
    assert names.place_key("甘州区") == "gan zhou qu"
