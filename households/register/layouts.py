"""The registers in use, as data: which column titles stand for which field, and which layouts exist.

A title is compared in its folded form (`fold_title`). Another layout needs titles here, or aliases that a
township adds; it needs no code. Sources of the titles: the exports of the national system of 2017 to 2023,
the checkers' tables of 2021, rosters and survey cards of counties.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pairing.numbers import fold_label


class Level(StrEnum):
    """What a field speaks of."""

    PLACE = "place"
    HOUSEHOLD = "household"  # one value for all rows of a household
    MEMBER = "member"
    REST = "rest"  # known, but not kept yet


class Kind(StrEnum):
    """How a value is read."""

    TEXT = "text"
    NAME = "name"
    IDENTITY = "identity"
    NUMBER = "number"  # digits that name something: file and person numbers
    PHONE = "phone"
    BANK = "bank"
    MONEY = "money"
    COUNT = "count"
    MONTHS = "months"
    YEAR = "year"
    DATE = "date"
    FLAG = "flag"
    CODE = "code"
    CODES = "codes"  # several codes in one cell, in any order


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that registers say. `name` is that of the model field where it is kept."""

    name: str
    level: Level
    kind: Kind
    titles: tuple[str, ...]
    label: Promise | str = ""
    list_name: str = ""


_UNIT: Final = re.compile(r"\((?:月|亩|元|人|户|个|只|头|天|年|岁|元/年|公里|千米|km|平方米|m2|m²|万元)\)$")


@lru_cache(maxsize=4096)
def fold_title(title: str) -> str:
    """A column title as titles are compared: NFKC, without blanks, `*` and a unit in brackets."""
    return _UNIT.sub("", fold_label(title).replace("*", "").replace("'", "").rstrip(":"))


def _field(
    name: str, level: Level, kind: Kind, titles: str, label: Promise | str = "", codes: str = ""
) -> Field:
    return Field(name, level, kind, tuple(titles.split()), label, codes)


_P, _H, _M = Level.PLACE, Level.HOUSEHOLD, Level.MEMBER

_KEPT: Final = (
    _field("province", _P, Kind.TEXT, "省 省(自治区、直辖市) 省份"),
    _field("prefecture", _P, Kind.TEXT, "市 市(州) 市(地、州、盟) 地市"),
    _field("county", _P, Kind.TEXT, "县(市、区、旗) 县 区县 县区 县(区) 县名称 县(市、区)", _("county")),
    _field("township", _P, Kind.TEXT, "乡(镇) 乡 镇 乡镇 乡镇名称 所在乡镇 乡镇名", _("township")),
    _field("village", _P, Kind.TEXT, "行政村 村 村名 行政村名称 村名称 所在村 合并后村名称", _("village")),
    _field("village_code", _P, Kind.NUMBER, "行政区划编码 行政村编码 村编码 村编号 合并后村编号 区划代码"),
    _field("file_number", _H, Kind.NUMBER, "户编号 aac001 户编码 户号 家庭编号 档案编号", _("file number")),
    _field("group_name", _H, Kind.TEXT, "组 社 村民小组 社(组) 组别 小组 所在组", _("group")),
    _field("hamlet", _H, Kind.TEXT, "自然村 自然村名称 自然村(组)", _("hamlet")),
    _field(
        "member_count",
        _H,
        Kind.COUNT,
        "人数 家庭人口数 人口数 家庭人口 家庭人数 aac017",
        _("number of members"),
    ),
    _field("year", _H, Kind.YEAR, "年度 归属年度 aar040 数据年度", _("year")),
    _field(
        "household_type",
        _H,
        Kind.CODE,
        "贫困户属性 户类型 户属性 类型 农户类型 贫困户类型 aac006",
        _("household type"),
        "household_type",
    ),
    _field(
        "household_status",
        _H,
        Kind.CODE,
        "脱贫属性 脱贫状态 脱贫标志 脱贫标识 是否脱贫 aar010",
        _("status"),
        "household_status",
    ),
    _field("exit_year", _H, Kind.YEAR, "脱贫年度 脱贫年份 脱贫时间 aac023", _("exit year")),
    _field(
        "main_cause",
        _H,
        Kind.CODE,
        "主要致贫原因 致贫原因1 致贫原因 主要致贫因素 aac007",
        _("main cause"),
        "poverty_cause",
    ),
    _field(
        "other_causes",
        _H,
        Kind.CODES,
        "次要致贫原因 其他致贫原因 致贫原因2 其它致贫原因 aac008",
        _("other causes"),
        "poverty_cause",
    ),
    _field(
        "monitoring_kind",
        _H,
        Kind.CODE,
        "监测对象类别 易返贫致贫户(监测对象)类型 监测对象类型 监测户类型 监测类别",
        _("kind of monitored household"),
        "monitoring_kind",
    ),
    _field("dangerous_housing", _H, Kind.FLAG, "危房户 是否危房户 是否危房", _("dangerous housing")),
    _field(
        "housing_grade",
        _H,
        Kind.CODE,
        "危房级别 住房等级 房屋等级 房屋鉴定等级",
        _("housing grade"),
        "housing_grade",
    ),
    _field(
        "water_safe",
        _H,
        Kind.FLAG,
        "饮水安全 是否解决安全饮用水 是否饮水安全 安全饮水 饮水是否安全",
        _("safe drinking water"),
    ),
    _field("water_hard", _H, Kind.FLAG, "饮水困难 是否饮水困难", _("hard to fetch water")),
    _field(
        "per_head_income",
        _H,
        Kind.MONEY,
        "人均纯收入 家庭人均纯收入 年人均纯收入 人均收入 人均可支配收入 收入",
        _("net income per head"),
    ),
    _field("phone", _H, Kind.PHONE, "户联系电话 联系电话 电话 联系方式 phone aar012 户主电话", _("phone")),
    _field("bank_name", _H, Kind.TEXT, "开户银行名称 开户银行 开户行 aaq002", _("bank")),
    _field(
        "bank_account",
        _H,
        Kind.BANK,
        "银行卡号 银行账号 一卡通账号 一卡通号 cardnumber aac004",
        _("bank account"),
    ),
    _field("address", _H, Kind.TEXT, "家庭住址 住址 地址 家庭地址", _("address")),
    _field("person_number", _M, Kind.NUMBER, "人编号 人口编号 户主编号 aab001 aac025", _("person number")),
    _field("name", _M, Kind.NAME, "姓名 户主姓名 户主 成员姓名 aab002 aac029", _("name")),
    _field("sex", _M, Kind.CODE, "性别 aab003 户主性别", _("sex"), "sex"),
    _field("birth_date", _M, Kind.DATE, "出生日期 出生年月 出生年月日 生日", _("birth date")),
    _field("certificate", _M, Kind.CODE, "证件类型 aab018", _("certificate"), "certificate"),
    _field(
        "id_number",
        _M,
        Kind.IDENTITY,
        "证件号码 身份证号码 身份证号 身份证 户主证件号码 户主身份证号码 户主身份证号 公民身份号码 "
        "证件号 id aab004 aac031",
        _("certificate number"),
    ),
    _field(
        "relation",
        _M,
        Kind.CODE,
        "与户主关系 和户主关系 关系 aab006 家庭关系",
        _("relation to head"),
        "relation",
    ),
    _field("ethnic_group", _M, Kind.CODE, "民族 aab007", _("ethnic group"), "ethnic_group"),
    _field(
        "education", _M, Kind.CODE, "文化程度 学历 受教育程度 aab008", _("education reached"), "education"
    ),
    _field("schooling", _M, Kind.CODE, "在校生状况 在校状况 在校生 aab009", _("school status"), "schooling"),
    _field("health", _M, Kind.CODES, "健康状况 身体状况 aab017", _("health"), "health"),
    _field(
        "labour", _M, Kind.CODE, "劳动技能 劳动能力 劳动力 aab010 劳动力状况", _("labour capacity"), "labour"
    ),
    _field(
        "work_place", _M, Kind.CODE, "务工状况 务工所在地 务工地点 务工区域", _("place of work"), "work_place"
    ),
    _field("work_months", _M, Kind.MONTHS, "务工时间 务工月数 务工时长", _("months of work")),
    _field(
        "illness_insurance",
        _M,
        Kind.FLAG,
        "参加大病医疗 是否参加大病保险 参加大病保险 是否参加大病医疗",
        _("serious illness insurance"),
    ),
    _field("member_phone", _M, Kind.PHONE, "人联系电话 成员联系电话 本人联系电话", _("phone")),
)

#: Read by nobody yet: so that such columns are named as known, not as strange.
_KNOWN: Final = """
序号 suoyin 数据日期 备注 识别标准 贫困识别标准 政治面貌 务工企业名称 是否享受低保
是否参加城镇职工基本养老保险 是否参加新型农村合作医疗(城乡居民基本医疗保险) 是否参加城乡居民基本养老保险
失学或辍学原因 是否会讲普通话 是否参加商业补充医疗保险 是否国外务工 产业分类 是否接受大病医疗救助
是否接受其他健康扶贫 公益性岗位类型 公益性岗位(月数) 就业渠道 残疾类别 残疾等级
是否参加城镇职工基本医疗保险 是否特困供养人员 残疾证办证年度 年收入 村办公电话 工资性收入 生产经营性收入
财产性收入 转移性收入 计划生育金 低保金 五保金 养老保险金 生态补偿金 其他转移性收入 生产经营性支出 纯收入
资产收益扶贫分红收入 其他财产性收入 耕地面积 水面面积 是否加入农民专业合作组织 退耕还林面积 林果面积
牧草地面积 林地面积 是否通生产用电 是否通生活用电 是否通广播电视 与村主干路距离 入户路类型 住房面积
是否有卫生厕所 主要燃料类型 是否有龙头企业带动 是否有创业致富带头人带动 首次识别时间 人员识别时间
风险是否消除 风险识别时间 风险消除时间 致贫/返贫风险1 致贫/返贫风险2 致贫/返贫风险3 致贫/返贫风险4
致贫/返贫风险5 风险是否已消除 风险消除方式 识别监测时间 消除监测时间 合规自付支出 产业帮扶 就业帮扶
公益岗位帮扶 金融帮扶 健康帮扶 教育帮扶 义务教育保障 综合保障 住房安全保障 搬迁 饮水安全保障 社会帮扶
生产生活条件改善 基础设施建设 信息采集人 享受低保政策情况 享受特困供养政策情况 整户无劳动能力兜底保障户
单位名称 职务 队长/队员/结对帮扶责任人 户数 户主姓名(组别) 办公电话 手机 helpperson 所属单位
helpperson_phone 帮扶类型 主要帮扶措施 计划脱贫年度 负责人 村属性 是否出列 总户数 总人口数 自然村数
贫困户数 贫困人口数 低保人口数 低保户数 五保人口数 五保户数 少数民族人口数 妇女人口数 残疾人口数
劳动力人数 外出务工人数 id2 name 合并前村编号 合并前村名称 合并前是否为贫困村 合并后是否为贫困村
是否参与合并 是否更名
"""

FIELDS: Final[dict[str, Field]] = {field.name: field for field in _KEPT}
#: What the file of rows to mend adds to the columns of its register (`failures`), in both languages.
_OURS: Final = ("文件中的行号", "待更正原因", "Row in the file", "Reason to mend")
#: Columns that speak of the sheet, not of the people in it: nobody misses them in the files.
OF_THE_SHEET: Final = frozenset(fold_title(title) for title in ("序号", "suoyin", "备注", *_OURS))
#: Folded title -> field name; "" for a title that is known and not kept yet.
TITLES: Final[dict[str, str]] = {fold_title(title): "" for title in (*_KNOWN.split(), *_OURS)} | {
    fold_title(title): field.name for field in _KEPT for title in field.titles
}


@dataclass(frozen=True, slots=True)
class Layout:
    """A register in use. `marks` tell it from the others; `household`: it lists households."""

    code: str
    label: Promise
    marks: frozenset[str]
    household: bool = True


def _layout(code: str, label: Promise, marks: str, *, household: bool = True) -> Layout:
    return Layout(code, label, frozenset(map(fold_title, marks.split())), household)


#: Recognised by their marks, the first with all of them wins; what fits none is read as "other".
LAYOUTS: Final = (
    _layout("L7", _("list of helpers"), "单位名称 户主姓名(组别)", household=False),
    _layout("L3", _("list of villages"), "总户数 总人口数", household=False),
    _layout("L3b", _("list of merged villages"), "合并前村名称 合并后村名称", household=False),
    _layout("L8", _("pairing list of a township"), "helpPerson 户编号"),
    _layout("L4", _("national export with monitoring, 2022"), "户联系电话 人联系电话 户类型 户编号"),
    _layout("L5", _("monitoring system, own export"), "监测对象类别 户编号"),
    _layout("L6p", _("checkers' table of persons, 2021"), "人口编号 成员联系电话 户编号"),
    _layout("L6h", _("checkers' table of households, 2021"), "户主姓名 家庭人口数 户编号"),
    _layout("L1", _("national export, households"), "户编号 姓名 与户主关系 人均纯收入 联系电话"),
    _layout("L2", _("national export, persons"), "户编号 人编号 姓名 与户主关系"),
)
OTHER: Final = Layout("other", _("another layout"), frozenset())


def recognise(titles: frozenset[str]) -> Layout:
    """The layout whose marks are all among these folded titles."""
    return next((layout for layout in LAYOUTS if layout.marks <= titles), OTHER)
