"""单位栏：怎么断开、去掉什么字样、什么是统称、简称怎么认；认不出的只提示。"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyengine.model import Place, Unit
from pyengine.units import Directory, is_collective, split_units

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
