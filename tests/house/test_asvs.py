"""The list of what OWASP asks is whole, and what it names as an answer is there."""

from __future__ import annotations

import pytest

from roles import asvs

LEVELS = """
V1.1 22 · V1.2 1111122223 · V1.3 112222222223 · V1.4 222 · V1.5 123
V2.1 122 · V2.2 112 · V2.3 12223 · V2.4 23
V3.1 3 · V3.2 113 · V3.3 12223 · V3.4 11222233 · V3.5 11122333 · V3.6 3 · V3.7 22333
V4.1 12233 · V4.2 23333 · V4.3 22 · V4.4 1222
V5.1 2 · V5.2 112333 · V5.3 113 · V5.4 222
V6.1 122 · V6.2 111111112222 · V6.3 11223333 · V6.4 112233 · V6.5 22222333 · V6.6 2223 · V6.7 33 · V6.8 2222
V7.1 222 · V7.2 1111 · V7.3 22 · V7.4 11222 · V7.5 223 · V7.6 22
V8.1 1233 · V8.2 1123 · V8.3 133 · V8.4 23
V9.1 111 · V9.2 1222
V10.1 22 · V10.2 223 · V10.3 22223 · V10.4 1111122222233333 · V10.5 22222 · V10.6 22 · V10.7 222
V11.1 2233 · V11.2 22233 · V11.3 11233 · V11.4 1222 · V11.5 23 · V11.6 23 · V11.7 33
V12.1 12233 · V12.2 11 · V12.3 22223
V13.1 2333 · V13.2 222223 · V13.3 2233 · V13.4 1222233
V14.1 22 · V14.2 12223333 · V14.3 122
V15.1 12233 · V15.2 12233 · V15.3 1222222 · V15.4 3333
V16.1 2 · V16.2 22222 · V16.3 2222 · V16.4 222 · V16.5 2223
V17.1 23 · V17.2 22223333 · V17.3 22
"""
"""The level of each requirement of each section. Source: OWASP ASVS 5.0.0, its CSV, read in November 2026."""

ALL = {
    f"{section}.{number}": int(level)
    for section, levels in (part.split() for line in LEVELS.strip().splitlines() for part in line.split("·"))
    for number, level in enumerate(levels, 1)
}
EVERY = asvs.every_requirement()


def test_the_standard_has_345_requirements_of_three_levels() -> None:
    levels = list(ALL.values())
    assert [levels.count(level) for level in (1, 2, 3)] == [70, 183, 92]


def test_each_requirement_of_the_first_two_levels_stands_once_with_its_level() -> None:
    assert {one.id: one.level for one in EVERY} == {id: level for id, level in ALL.items() if level < 3}
    assert len(EVERY) == 253


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.id)
def test_a_requirement_has_one_answer(one: asvs.Requirement) -> None:
    assert [bool(one.met), bool(one.open), bool(one.not_applicable)].count(True) == 1
    assert one.says.endswith(".")
    assert bool(one.issue) == bool(one.open), (
        "what is open says which issue will bring it, and nothing else does"
    )


def test_what_is_named_as_an_answer_is_there() -> None:
    assert asvs.dangling() == []


@pytest.mark.parametrize(
    "reference",
    [
        "tests/house/test_asvs.py",
        "tests/house/test_asvs.py::test_nobody_wrote_this",
        "tests/house/test_asvs.py::ALL",
        "tests/house/test_gone.py::test_what_is_named_as_an_answer_is_there",
        "roles/asvs.py::show",
        "roles/asvs.py:Requirement.vanished",
        "roles/asvs.py:vanished",
        "docs/asvs.toml:words that stand nowhere in " + "it",
        "docs:asvs",
    ],
)
def test_a_reference_to_nothing_is_seen(reference: str) -> None:
    assert not asvs.resolves(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "tests/house/test_asvs.py::test_what_is_named_as_an_answer_is_there",
        "roles/asvs.py:Requirement.status",
        "roles/asvs.py:DATA",
        "docs/asvs.toml:V1.1.1",
    ],
)
def test_a_reference_to_a_test_a_symbol_or_words_is_followed(reference: str) -> None:
    assert asvs.resolves(reference)


def test_the_page_counts_what_the_data_says() -> None:
    page = asvs.FILE.read_text()
    total = next(line for line in page.splitlines() if line.startswith("| **all 253**"))
    met, unmet, first, others = (int(cell) for cell in total.strip("|").split("|")[1:])
    said = [one.status for one in EVERY]
    assert [met, unmet, others] == [said.count(status) for status in asvs.STATUSES]
    assert first == sum(one.level == 1 and bool(one.open) for one in EVERY)
    assert page.count("| **open**: ") == unmet


def test_the_page_is_fresh() -> None:
    assert asvs.is_fresh(), "python3 manage.py asvs --write"
