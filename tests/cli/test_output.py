"""What commands print: for people within 80 columns, for programs as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from scim.cli.output import counted, distance, moment, print_details, print_json, print_table

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Thing:
    id: UUID
    at: datetime | None
    names: tuple[str, ...]


class TestPrintJson:
    def test_writes_values_that_json_lacks(self, capsys: pytest.CaptureFixture[str]) -> None:
        print_json([Thing(UUID(int=1), NOON, ("a", "ö")), Thing(UUID(int=2), None, ())])
        assert json.loads(capsys.readouterr().out) == [
            {"id": str(UUID(int=1)), "at": "2026-01-02T12:00:00.000Z", "names": ["a", "ö"]},
            {"id": str(UUID(int=2)), "at": None, "names": []},
        ]


class TestTables:
    def test_long_cells_are_folded_and_ids_are_not(self, capsys: pytest.CaptureFixture[str]) -> None:
        row = (str(UUID(int=1)), "x" * 100, "y" * 100)
        print_table(("ID", "Name", "For"), [row], empty="none", whole=("ID",))
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= 80
        assert row[0] in lines[2]
        assert sum(line.count("x") for line in lines) == 100

    def test_names_are_no_markup(self, capsys: pytest.CaptureFixture[str]) -> None:
        print_table(("Name",), [("[red]a[/red]",)], empty="none")
        print_details({"Name": "[bold]b"})
        out = capsys.readouterr().out
        assert "[red]a[/red]" in out
        assert "[bold]b" in out

    def test_an_empty_list_says_so(self, capsys: pytest.CaptureFixture[str]) -> None:
        print_table(("Name",), [], empty="No tenants.")
        assert capsys.readouterr().out == "No tenants.\n"


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (timedelta(), "now"),
        (timedelta(milliseconds=-900), "now"),
        (timedelta(seconds=-59), "59 s ago"),
        (timedelta(seconds=60), "in 1 min"),
        (timedelta(hours=-3, minutes=-59), "3 h ago"),
        (timedelta(days=29, hours=23), "in 29 d"),
    ],
)
def test_distances_are_told_in_the_largest_unit(gap: timedelta, expected: str) -> None:
    assert distance(NOON + gap, NOON) == expected


def test_what_is_not_there_is_a_dash() -> None:
    assert distance(None, NOON) == "-"
    assert moment(None) == "-"
    assert moment(NOON) == "2026-01-02 12:00:00 UTC"


@pytest.mark.parametrize(
    ("resources", "expected"), [({}, "0"), ({"User": 0}, "0"), ({"User": 2, "Group": 1}, "2 User, 1 Group")]
)
def test_resources_are_counted_by_type(resources: dict[str, int], expected: str) -> None:
    assert counted(resources) == expected
