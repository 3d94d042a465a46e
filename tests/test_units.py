"""单位栏：怎么断开、去掉什么字样、什么是统称、简称怎么认；认不出的只提示。"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_scenarios import judge

from pyengine.adopt.roster import places_in
from pyengine.collectives import meanings
from pyengine.model import Place, Unit
from pyengine.units import Directory, Roles, is_collective, same_as_above, split_roles, split_units, units_in_task

PLACE = Place("单位", 4, {})


def unit(name: str, *short: str) -> Unit:
    return Unit(PLACE, name, short, "县直部门", "", "", "", "", "")


BOOK = Directory.of(
    [
        unit("县教育局", "教育局"),
        unit("县发展和改革局", "县发改局", "发改局"),
        unit("城关镇", "城关镇人民政府"),
        unit("国网青河县供电公司", "供电公司"),
    ]
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("教育局、水务局", ("教育局", "水务局")),
        ("教育局，水务局,发改局；城关镇;民政局", ("教育局", "水务局", "发改局", "城关镇", "民政局")),
        ("教育局\n水务局", ("教育局", "水务局")),
        ("教育局\r\n水务局", ("教育局", "水务局")),
        ("教育局　水务局 发改局\t民政局", ("教育局", "水务局", "发改局", "民政局")),
        ("教育局/水务局", ("教育局", "水务局")),
        ("教育局、、水务局、", ("教育局", "水务局")),
        ("教育局、教育局", ("教育局",)),
        ("各乡（镇）、教育局", ("各乡（镇）", "教育局")),
        ("城关镇（东街、西街社区）、教育局", ("城关镇（东街、西街社区）", "教育局")),
        ("城关镇(东街,西街)、教育局", ("城关镇(东街,西街)", "教育局")),
        ("指挥部〔一、二组〕、教育局", ("指挥部〔一、二组〕", "教育局")),
        ("教育局）、水务局", ("教育局）", "水务局")),
        ("教育局牵头", ("教育局",)),
        ("教育局、水务局分别牵头", ("教育局", "水务局")),
        ("教育局牵头，水务局配合", ("教育局", "水务局")),
        ("教育局负责", ("教育局",)),
        ("教育局、水务局等单位", ("教育局", "水务局")),
        ("牵头单位：教育局", ("教育局",)),
        ("责任单位:教育局、水务局", ("教育局", "水务局")),
        ("教育局。", ("教育局",)),
        ("", ()),
        ("   ", ()),
        ("、", ()),
    ],
)  # fmt: skip
def test_splitting(text: str, names: tuple[str, ...]) -> None:
    assert split_units(text) == names


@pytest.mark.parametrize(
    "name",
    [
        "各乡（镇）", "各乡镇", "各街道", "县直各部门", "各科室", "各有关单位", "各专班", "各乡（镇）人民政府", "县直有关部门", "有关单位", "相关部门",
        "县政府直属各单位", "12个乡镇", "各相关责任单位", "全县各乡镇",
    ],
)  # fmt: skip
def test_collectives(name: str) -> None:
    assert is_collective(name)


@pytest.mark.parametrize("text", ["在县中、省直单位", "县政府直属和在县中、省直各单位", "12县区"])
def test_collectives_of_the_circulars_and_of_real_ledgers(text: str) -> None:
    assert all(is_collective(name) for name in split_units(text))


@pytest.mark.parametrize(
    "name",
    [
        "县教育局",
        "城关镇",
        "县直机关工委",
        "国网青河县供电公司",
        "县相关产业服务中心",
        "全县供水公司",
        "县委各民主党派联络办",
    ],
)
def test_single_units_are_not_collectives(name: str) -> None:
    assert not is_collective(name)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("县教育局", "县教育局"), ("教育局", "县教育局"), (" 县 教育局 ", "县教育局"), ("发展和改革局", "县发展和改革局"), ("发改局", "县发展和改革局"),
        ("城关镇人民政府", "城关镇"), ("县城关镇", "城关镇"), ("供电公司", "国网青河县供电公司"),
    ],
)  # fmt: skip
def test_short_names_and_the_county_prefix_are_known(name: str, full: str) -> None:
    assert BOOK.resolve(name) == full


@pytest.mark.parametrize("name", ["", "县", "局", "教育", "县教育体育局", "市发展改革委", "县教育局和水务局"])
def test_unknown_names_resolve_to_nothing(name: str) -> None:
    assert BOOK.resolve(name) is None


def test_a_suggestion_is_only_a_suggestion() -> None:
    assert BOOK.suggest("县教育体育局") == "县教育局"
    assert BOOK.resolve("县教育体育局") is None
    assert BOOK.suggest("气象台") is None


def test_a_short_name_of_two_units_resolves_to_neither() -> None:
    book = Directory.of([unit("县水务局", "水利局"), unit("县水利工程服务中心", "水利局")])
    assert book.resolve("水利局") is None
    assert book.resolve("县水务局") == "县水务局"


def test_a_short_name_repeated_in_one_row_is_no_clash() -> None:
    assert Directory.of([unit("县水务局", "水务局", "水务局")]).resolve("水务局") == "县水务局"


def test_a_full_name_wins_over_another_units_short_name() -> None:
    book = Directory.of([unit("城关镇"), unit("城关镇农业服务中心", "城关镇")])
    assert book.resolve("城关镇") == "城关镇"


@given(
    st.lists(st.sampled_from(["县教育局", "城关镇（东街、西街）", "各乡（镇）", "供电公司"]), unique=True),
    st.sampled_from("、，；\n"),
)
def test_joined_names_split_back(names: list[str], separator: str) -> None:
    assert split_units(separator.join(names)) == tuple(names)


@given(st.text())
def test_any_text_splits_without_blanks_or_repeats(text: str) -> None:
    names = split_units(text)
    assert all(name.strip() for name in names)
    assert len(set(names)) == len(names)
    assert all(BOOK.resolve(name) in (None, *BOOK.members) for name in names)


def test_the_countys_own_name_and_people_s_government_may_stand_around_a_unit() -> None:
    directory = Directory.of((unit("县教育局"), unit("清泉镇")), "青河县")
    assert directory.resolve("青河县教育局") == "县教育局"
    assert directory.resolve("清泉镇人民政府") == "清泉镇"
    assert directory.resolve("青河县清泉镇人民政府") == "清泉镇"
    assert directory.resolve("北安县教育局") is None


CELLS = [line for line in (Path(__file__).parent / "unit_cells.txt").read_text("utf-8").splitlines() if line[:1] != "#"]


def test_the_table_of_cells_is_long_and_has_no_line_twice() -> None:
    assert len({line.partition(" ⇒ ")[0] for line in CELLS}) == len(CELLS) > 200


@pytest.mark.parametrize("line", CELLS)
def test_cells(line: str) -> None:
    """单位栏各种写法，见 unit_cells.txt。"""
    cell, _, reading = line.partition(" ⇒ ")
    text = cell.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t")
    lead, rest, marked = (part.strip() for part in reading.split("｜"))
    wanted = [() if part == "—" else tuple(part.split(" ")) for part in (lead, rest)]
    assert split_roles(text) == Roles(*wanted, marked == "写明")
    assert sorted(split_units(text)) == sorted(wanted[0] + wanted[1])


NAMES = ["县教育局", "县发展和改革局", "县林业和草原局", "县市场监督管理局（县知识产权局）", "县政府办〔县大数据中心〕", "城关镇", "国网青河县供电公司", "县消防救援大队",
         "县残联", "团县委", "各乡（镇）", "县直各部门", "在县中、省直各单位", "县供销社", "县委宣传部", "青河经济开发区管委会"]  # fmt: skip
SEPARATORS = ["、", "，", ",", "；", ";", "/", "／", "|", "·", " ", "　", "\t", "\n", "\r\n", "、\n", "，　", " 、 "]
SOME = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True)


@given(SOME, st.lists(st.sampled_from(SEPARATORS), min_size=6, max_size=6))
def test_any_names_with_any_separators_read_back(names: list[str], between: list[str]) -> None:
    text = names[0] + "".join(separator + name for separator, name in zip(between, names[1:], strict=False))
    assert split_units(text) == tuple(names)
    assert split_roles(text) == Roles((names[0],), tuple(names[1:]), False)


@given(
    SOME,
    st.data(),
    st.sampled_from(["牵头", "分别牵头", "共同牵头", "牵头负责", "主办", "主责", "为牵头单位"]),
    st.sampled_from(["配合", "协办", "参与", "协助", "落实", "按职责分工负责", "等按职责分工落实", "等单位配合", "为配合单位"]),
    st.sampled_from("，；。\n"),
)  # fmt: skip
def test_any_names_with_any_roles_read_back(
    names: list[str], data: st.DataObject, lead: str, rest: str, between: str
) -> None:
    cut = data.draw(st.integers(1, len(names)))
    wanted = Roles(tuple(names[:cut]), tuple(names[cut:]), True)
    helped = f"{between}{'、'.join(names[cut:])}{rest}" if names[cut:] else ""
    assert split_roles("、".join(names[:cut]) + lead + helped) == wanted
    labelled = f"{between}配合单位：{'、'.join(names[cut:])}" if names[cut:] else ""
    assert split_roles(f"牵头单位：{'、'.join(names[:cut])}{labelled}") == wanted
    assert (
        split_roles("、".join(f"{name}（牵头）" for name in names[:cut]) + "".join(f"、{n}(配合)" for n in names[cut:]))
        == wanted
    )


@given(
    st.text()
    | st.text(
        alphabet="县市局办委镇乡和及、，；（）()〔】\n 　牵头配合负责单位：等各直1.①由会同\U000f0000", max_size=60
    )
)
def test_no_text_breaks_the_reader(text: str) -> None:
    roles, names = split_roles(text), split_units(text)
    assert {*roles.lead, *roles.responsible} == set(names)
    assert not set(roles.lead) & set(roles.responsible)
    assert all(name.strip() == name and name for name in names)
    assert roles.lead or not roles.marked
    found = units_in_task(text)
    assert found is None or (found[0] and found[1].lead)
    assert is_collective(text) in (True, False)
    assert same_as_above(text) in (True, False)
    assert COUNTY.resolve(text) in (None, *COUNTY.members)
    assert COUNTY.suggest(text) in (None, *COUNTY.members)
    members = COUNTY.expand(text)
    assert members is None or set(members) <= set(COUNTY.members)


@pytest.mark.parametrize(
    "text", ["同上", " 同 上 ", "（同上）", "同前", "同上。", "〃", "″", '"', "同上行", "与上同", "””"]
)
def test_same_as_above(text: str) -> None:
    assert same_as_above(text)


@pytest.mark.parametrize("text", ["", "同上级部门", "县教育局（同上）", "大同上坝镇", "县教育局", "同"])
def test_not_the_same_as_above(text: str) -> None:
    assert not same_as_above(text)


@pytest.mark.parametrize(
    ("text", "task", "lead", "rest", "marked"),
    [
        ("安装报警装置500套（县民政局牵头，县消防救援大队、各乡（镇）配合）。", "安装报警装置500套。", "县民政局", "县消防救援大队 各乡（镇）", True),
        ("建成调处中心（县委政法委、县信访局分别牵头）。", "建成调处中心。", "县委政法委 县信访局", "", True),
        ("窗口全部启用（县营商环境建设监督局〔县政务服务中心〕负责）。", "窗口全部启用。", "县营商环境建设监督局〔县政务服务中心〕", "", True),
        ("新建服务点20个（县商务局、县供销社、各乡（镇））。", "新建服务点20个。", "县商务局", "县供销社 各乡（镇）", False),
        ("新建服务点20个（责任单位：县商务局）。", "新建服务点20个。", "县商务局", "", False),
        ("新建服务点20个[牵头单位：县商务局；配合单位：县供销社]", "新建服务点20个", "县商务局", "县供销社", True),
        ("新建服务点20个【县商务局牵头】；", "新建服务点20个；", "县商务局", "", True),
        ("新建服务点20个(县商务局)。", "新建服务点20个。", "县商务局", "", False),
        ("国道（G111）拓宽（县交通运输局负责）。", "国道（G111）拓宽。", "县交通运输局", "", True),
        ("新建服务点20个。（县商务局牵头）", "新建服务点20个。", "县商务局", "", True),
        ("整治（由县水务局牵头，6月底前完成）。", "整治。", "县水务局", "", True),
        ("整治（各乡（镇）负责）。", "整治。", "各乡（镇）", "", True),
        ("整治（各乡（镇））。", "整治。", "各乡（镇）", "", False),
        ("道路6公里。责任单位：县住建局、县财政局。", "道路6公里。", "县住建局", "县财政局", False),
        ("道路6公里。牵头单位：县住建局；配合单位：县财政局。", "道路6公里。", "县住建局", "县财政局", True),
        ("道路6公里；责任单位：县住建局", "道路6公里。", "县住建局", "", False),
        ("道路（一期）。\n责任单位：县住建局（县财政局配合）。责任人：李明", "道路（一期）。", "县住建局", "县财政局", False),
    ],
)  # fmt: skip
def test_units_at_the_end_of_a_task(text: str, task: str, lead: str, rest: str, marked: bool) -> None:
    assert units_in_task(text) == (task, Roles(tuple(lead.split()), tuple(rest.split()), marked))


@pytest.mark.parametrize(
    "text",
    [
        "国道改线（国道G111）。", "主要目标（10项）", "收入增长（2026年）。", "完成布展（县文化馆）开放。", "建成县图书馆（县文化馆）。", "（县民政局牵头）", "整治（县民政局牵头",
        "建污水站2座（双桥镇、柳林镇）。", "建敬老院（含城关镇敬老院）。", "改造小区（城关镇10个、红石乡4个）。", "完成排查（汛期来临前）。", "包案（张三负责）。", "", "。", "（）", "落实（配合）。",
        "落实责任单位：县住建局确定。", "责任单位：县住建局。", "明确责任。责任人：张三。", "建设。责任单位：待定。", "建设（验收。责任单位：县住建局）6公里。",
    ],
)  # fmt: skip
def test_endings_that_are_not_units(text: str) -> None:
    assert units_in_task(text) is None


@pytest.mark.parametrize(
    "name",
    [
        "各乡（镇）", "各有关乡镇", "县直有关部门", "县政府各部门", "在县中、省直各单位", "在县中、省直有关单位", "各专班", "11个乡（镇）", "12县区", "十一个乡镇", "全县各单位", "各承办单位",
        "各行政执法单位", "各级各部门", "相关部门", "有关乡镇", "各村（社区）", "县委各部门", "各成员单位", "各包保单位", "各股室", "各项目单位", "县直单位", "县直部门", "中省直单位",
        "各街道社区", "全县各乡镇", "其他县直部门", "三镇四乡", "乡镇", "涉农部门", "县委、县政府各部门", "各乡、镇人民政府", "省、市直驻县单位", "各学校",
    ],
)  # fmt: skip
def test_more_collectives(name: str) -> None:
    assert is_collective(name)
    assert split_units(name) == (name,)


@pytest.mark.parametrize(
    "name", ["东风街道", "城关镇", "教育专班", "县直属机关工委", "青河县中心医院", "县委办公室", "县第一中学", "平安村", "县政府", "县医院", "", "各"]
)  # fmt: skip
def test_units_and_scraps_are_no_collectives(name: str) -> None:
    assert not is_collective(name)


MEANINGS = "各乡镇=乡镇；县直各部门=县直部门、直属单位；重点部门=县教育局、人社局"


def listed(name: str, category: str, *short: str) -> Unit:
    return Unit(PLACE, name, short, category, "", "", "", "", "")


COUNTY = Directory.of(
    [
        listed("县政府办公室", "县直部门", "县政府办"), listed("县教育局", "县直部门"), listed("县发展和改革局", "县直部门", "县发改局"),
        listed("县人力资源和社会保障局", "县直部门"), listed("县林业和草原局", "县直部门"), listed("县公安局", "县直部门"), listed("市公安局", "中省直单位"),
        listed("县市场监督管理局", "县直部门"), listed("青河经济开发区管理委员会", "直属单位"), listed("青河生态环境局", "中省直单位"), listed("县党史研究室和地方志办公室", "直属单位"),
        listed("县法院", "中省直单位"), listed("县检察院", "中省直单位"),
        listed("城关镇", "乡镇"), listed("青河镇", "乡镇"), listed("红石乡人民政府", "乡镇"),
    ],
    "青河县",
    MEANINGS,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("青河县教育局", "县教育局"), ("青河教育局", "县教育局"), ("教育局", "县教育局"), ("县 教 育 局", "县教育局"), ("县教育局（体育股）", "县教育局"),
        ("县市场监督管理局（县知识产权局）", "县市场监督管理局"), ("县市场监督管理局(知识产权局)", "县市场监督管理局"), ("县政府办〔县大数据中心〕", "县政府办公室"), ("县人民政府办公室", "县政府办公室"),
        ("政府办", "县政府办公室"), ("青河县人民政府办公室", "县政府办公室"), ("经济开发区管委会", "青河经济开发区管理委员会"), ("青河县经济开发区管委会", "青河经济开发区管理委员会"),
        ("县生态环境局", "青河生态环境局"), ("青河县生态环境局", "青河生态环境局"), ("城关镇人民政府", "城关镇"), ("城关镇政府", "城关镇"), ("青河县城关镇", "城关镇"), ("红石乡", "红石乡人民政府"),
        ("青河镇", "青河镇"), ("青河镇人民政府", "青河镇"), ("县公安局", "县公安局"), ("市公安局", "市公安局"), ("县党史研究室和地方志办", "县党史研究室和地方志办公室"),
    ],
)  # fmt: skip
def test_names_are_known_however_the_county_and_the_office_are_written(name: str, full: str) -> None:
    assert COUNTY.resolve(name) == full


@pytest.mark.parametrize(
    "name",
    [
        "县粮食局", "县发展改革局", "市教育局", "省教育厅", "镇", "县", "青河", "青河县", "人民政府", "县人社局", "北安县教育局", "县教育局财务股", "（县教育局）", "各乡镇", "县教育体育局", "县委",
    ],
)  # fmt: skip
def test_near_misses_and_other_levels_are_not_resolved(name: str) -> None:
    assert COUNTY.resolve(name) is None


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("县人社局", "县人力资源和社会保障局"), ("人社局", "县人力资源和社会保障局"), ("县发展改革局", "县发展和改革局"), ("县林草局", "县林业和草原局"), ("县市监局", "县市场监督管理局"),
        ("县教育体育局", "县教育局"), ("县市场监管局（县知识产权局）", "县市场监督管理局"), ("县粮食局", None), ("县体育局", None), ("气象台", None), ("局", None), ("", None), ("12345", None),
    ],
)  # fmt: skip
def test_suggestions(name: str, near: str | None) -> None:
    assert COUNTY.suggest(name) == near


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("县党史研究室和地方志办公室", ("县党史研究室和地方志办公室",)), ("法院和检察院", ("县法院", "县检察院")), ("县教育局和红石乡", ("县教育局", "红石乡人民政府")),
        ("县发展\n和改革局", ("县发展和改革局",)), ("县教育局\n公安局", ("县教育局", "县公安局")), ("县党史研究室\n和地方志办公室", ("县党史研究室和地方志办公室",)),
    ],
)  # fmt: skip
def test_the_directory_tells_one_name_from_two(text: str, names: tuple[str, ...]) -> None:
    assert COUNTY.read(text, lead=True) == (names, ())
    assert {*COUNTY.roles(text).lead, *COUNTY.roles(text).responsible} == set(
        map(str, COUNTY.roles(text).lead + COUNTY.roles(text).responsible)
    )


def test_helpers_in_a_lead_cell_are_not_leads() -> None:
    assert COUNTY.read("县教育局（县公安局、粮食局配合）", lead=True) == (("县教育局",), ())
    assert COUNTY.helpers("县教育局（县公安局、粮食局配合）") == "县公安局、粮食局"
    assert COUNTY.read("县教育局牵头，县公安局、粮食局配合", lead=True) == (("县教育局",), ())
    assert COUNTY.helpers("县教育局牵头，县公安局、粮食局配合") == "县公安局、粮食局"
    assert COUNTY.helpers("县教育局、县公安局") == COUNTY.helpers("县教育局、县公安局配合") == ""


TOWNS = ("城关镇", "青河镇", "红石乡人民政府")


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("各乡（镇）", TOWNS), ("各乡镇", TOWNS), ("各乡（镇）人民政府", TOWNS), ("全县各乡镇", TOWNS), ("3个乡（镇）", TOWNS), ("三个乡镇", TOWNS), ("各乡、镇", TOWNS),
        ("重点部门", ("县教育局",)), ("11个乡（镇）", None), ("两个乡镇", None), ("各有关乡镇", None), ("县直有关部门", None), ("各专班", None), ("县教育局", None), ("", None), ("城关镇", None),
    ],
)  # fmt: skip
def test_what_a_collective_stands_for(name: str, members: tuple[str, ...] | None) -> None:
    assert COUNTY.expand(name) == members


def test_a_collective_without_units_or_meaning_is_not_expanded() -> None:
    assert Directory.of([listed("县教育局", "县直部门")], "", MEANINGS).expand("各乡镇") is None
    assert Directory.of([listed("城关镇", "乡镇")]).expand("各乡镇") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("各乡镇", "“各乡镇”不是“统称=类别或单位”"), ("各乡镇=", "“各乡镇=”不是“统称=类别或单位”"), ("=乡镇", "“=乡镇”不是“统称=类别或单位”"), ("各乡镇=乡镇=镇", "“各乡镇=乡镇=镇”不是“统称=类别或单位”"),
        ("有关部门=县直部门", "“有关部门”范围不固定，不能展开"), ("各乡镇=乡镇；乡（镇）=红石乡", "“乡（镇）=红石乡”的统称前面已经写过"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_read_says_which_part_and_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(why)}$"):
        meanings(text)


def test_the_setting_may_be_empty_and_written_in_full_width() -> None:
    assert meanings("") == meanings("无") == meanings("；") == {}
    assert meanings("各乡（镇）＝乡镇，红石乡;县直单位=县直部门") == {
        "乡镇": ("乡镇", "红石乡"),
        "县直单位": ("县直部门",),
    }


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("各乡镇", "“各乡镇”不是“统称=类别或单位”；"),
        ("有关部门=县直部门", "“有关部门”范围不固定，不能展开；"),
        ("各乡镇=乡村", "“乡村”不是单位类别，也不在单位名录里；"),
    ],
)
def test_the_finding_about_the_setting_says_which_part_and_why(value: str, why: str) -> None:
    outcome = judge({"as_of": date(2026, 5, 20), "settings": {"统称": value}})
    (item,) = (item for item in outcome.findings if item.code == "C19")
    assert item.cell == "B5"
    assert (
        item.message
        == f"设置“统称”取值“{value}”读不出，按默认 各乡镇=乡镇；县直各部门=县直部门、直属单位；县政府各部门… 计"
    )
    assert item.advice.startswith(why + "责任单位里的统称指哪些单位")


def test_two_rows_of_a_roster_for_one_unit_have_one_place() -> None:
    rows = [
        {"单位名称": "区住房和城乡建设局", "简称": "区住建局、住建局"},
        {"单位名称": "区教育局"},
        {"单位名称": "区住建局", "电话": "1"},
        {"单位名称": "教育局"},
        {"单位名称": "区水务局"},
    ]
    assert places_in(rows, "青河区") == (0, 1, 0, 1, 2)


def test_brackets_inside_brackets_without_end_are_read_all_the_same() -> None:
    text = "县教育局（" * 3000 + "县财政局配合" + "）" * 3000
    assert split_roles(text) == Roles(("县教育局",), (), False)
