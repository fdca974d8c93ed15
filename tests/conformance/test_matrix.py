"""The matrix is walked row by row, and the page that says so cannot lie."""

from __future__ import annotations

import pytest

from tests.conformance.matrix import Row, evidence, groups, rows
from tests.conformance.report import PAGE, render
from tests.conformance.untested_table import NOT_OFFERED, UNTESTED


def test_the_matrix_is_read_whole() -> None:
    assert {level: sum(row.level == level for row in rows().values()) for level in ("MUST", "SHOULD", "MAY")} == {
        "MUST": 305,
        "SHOULD": 115,
        "MAY": 55,
    }
    assert len(groups()) == 19


@pytest.mark.parametrize(
    "row",
    [row for row in rows().values() if row.level != "MAY" and row.id[0] not in NOT_OFFERED],
    ids=lambda row: str(row.id),
)
def test_every_row_that_must_or_should_hold_is_tested_or_says_why_not(row: Row) -> None:
    assert (row.id in evidence()) != (row.id in UNTESTED), row.text


def test_tests_and_reasons_name_rows_that_there_are() -> None:
    assert evidence().keys() | UNTESTED.keys() <= rows().keys()


def test_the_page_is_what_the_tests_make_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run `python -m tests.conformance.report`"
