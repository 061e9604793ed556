"""The demo's households come in as most do: from registers, through the import that administrators use."""

import io
from collections.abc import Sequence
from typing import Any

from households.actions.imports import choose_rows
from households.models import ImportBatch
from households.register import applying, intake
from pairing import clock, codelists
from pairing.models import Area
from pairing.spreadsheets import Table, write_workbook
from visits.demo.files import Draft

TITLES = (
    "序号", "县(市、区、旗)", "乡(镇)", "行政村", "组", "户编号", "姓名", "性别", "出生日期", "证件号码", "人数",
    "与户主关系", "民族", "文化程度", "在校生状况", "健康状况", "劳动技能", "务工状况", "务工时间（月）",
    "是否参加大病保险", "户类型", "脱贫属性", "脱贫年度", "监测对象类别", "主要致贫原因", "危房户", "危房级别",
    "是否解决安全饮用水", "饮水困难", "人均纯收入", "户联系电话",
)  # fmt: skip


def bring_in(drafts: Sequence[Draft], *, place: Area, year: int, by: Any) -> ImportBatch:
    """Upload, check and apply one township's register for a year.

    Raises Refused when the register has rows that the import refuses: the demo writes none.
    """
    county = Area.objects.get(pk=place.code[:6])
    places = {a.code: a.name for a in Area.objects.within(place.code)}
    rows = _rows(drafts, county.name, place.name, places)
    file = io.BytesIO()
    write_workbook(file, [Table("户信息", [TITLES, *rows])], created=clock.now())
    file.seek(0)
    name = f"{place.display_name}户信息_{year}.xlsx"
    batch = intake.upload(file=file, name=name, area=place.code, year=year, by=by)
    choose_rows(batch=batch, choices={}, rest="take", by=by)
    return applying.apply(batch=ImportBatch.everything.get(pk=batch.pk), by=by)


def _rows(drafts: Sequence[Draft], county: str, township: str, names: dict[str, str]) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for draft in drafts:
        facts = draft.years[-1]
        for member in draft.members:
            own = member.years[0]
            rows.append(
                [
                    len(rows) + 1, county, township, names[draft.village_code], draft.group_name, draft.file_number,
                    member.name, _label("sex", member.sex), f"{member.birth_date:%Y%m%d}" if member.birth_date else "",
                    member.id_number, len(draft.members), _label("relation", member.relation),
                    _label("ethnic_group", member.ethnic_group), _label("education", own.education),
                    _label("schooling", own.schooling), "、".join(_label("health", h) for h in own.health),
                    _label("labour", own.labour), _label("work_place", own.work_place), own.work_months,
                    _flag(own.illness_insurance), _label("household_type", facts.household_type),
                    _label("household_status", facts.household_status), facts.exit_year,
                    _label("monitoring_kind", facts.monitoring_kind), _label("poverty_cause", facts.main_cause),
                    _flag(facts.dangerous_housing), facts.housing_grade, _flag(facts.water_safe),
                    _flag(facts.water_hard), facts.per_head_income, draft.phone,
                ]
            )  # fmt: skip
    return rows


def _label(name: str, code: str) -> str:
    """The Chinese label, as registers write it."""
    return codelists.entries(name)[code].label_zh if code else ""


def _flag(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"
