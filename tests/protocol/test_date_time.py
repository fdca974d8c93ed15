"""Which texts are xsd:dateTime, and which instant they name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.protocol.date_time import fixed_width, parse_date_time, printed

instants = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("2025-01-31T08:00:00Z", "2025-01-31T08:00:00.000000Z"),
        ("2025-01-31T08:00:00", "2025-01-31T08:00:00.000000Z"),
        ("2025-02-03T04:05:06.7+01:00", "2025-02-03T03:05:06.700000Z"),
        ("2023-12-31T23:30:00-01:00", "2024-01-01T00:30:00.000000Z"),
        ("2025-01-01T00:00:00.1234569Z", "2025-01-01T00:00:00.123456Z"),
        ("2025-01-01T00:00:00.000000000000000000001Z", "2025-01-01T00:00:00.000000Z"),
        ("2024-02-29T00:00:00+14:00", "2024-02-28T10:00:00.000000Z"),
        ("2024-02-29T00:00:00-14:00", "2024-02-29T14:00:00.000000Z"),
        ("2024-12-31T24:00:00Z", "2025-01-01T00:00:00.000000Z"),
        ("2024-12-31T24:00:00.000+01:00", "2024-12-31T23:00:00.000000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ("2025-01-01T00:00:00-00:00", "2025-01-01T00:00:00.000000Z"),
    ],
)
def test_a_date_time_names_an_instant(text: str, fixed: str) -> None:
    instant = parse_date_time(text)
    assert instant is not None
    assert instant.tzinfo is UTC
    assert fixed_width(instant) == fixed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2025-01-31",
        "2025-01-31 08:00:00Z",
        "2025-01-31t08:00:00z",
        "2025-01-31T08:00Z",
        "2025-01-31T08:00:00.Z",
        "2025-01-31T08:00:00+1:00",
        "2025-01-31T08:00:00+0100",
        "2025-01-31T08:00:00+14:01",
        "2025-01-31T08:00:00+01:60",
        "2025-01-31T08:00:00Z ",
        "2025-01-31T08:00:00Z\n",
        "2025-13-01T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2025-01-01T25:00:00Z",
        "2025-01-01T24:00:01Z",
        "2025-01-01T24:01:00Z",
        "2025-01-01T24:00:00.0001Z",
        "2025-01-01T00:60:00Z",
        "2016-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "9999-12-31T24:00:00Z",
        "\uff12025-01-31T08:00:00Z",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert parse_date_time(text) is None


@given(st.text(st.sampled_from("0123456789-:T.Z+"), max_size=30))
def test_no_text_is_a_failure(text: str) -> None:
    instant = parse_date_time(text)
    assert instant is None or parse_date_time(fixed_width(instant)) == instant


@given(instants, instants)
def test_texts_of_fixed_width_sort_as_instants(left: datetime, right: datetime) -> None:
    assert (fixed_width(left) < fixed_width(right)) == (left < right)
    assert len(fixed_width(left)) == len(fixed_width(right)) == 27


@given(instants)
def test_what_is_printed_is_cut_to_milliseconds(instant: datetime) -> None:
    assert parse_date_time(printed(instant)) == instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert len(printed(instant)) == 24


def test_other_zones_are_printed_in_utc() -> None:
    noon = datetime(2025, 6, 1, 12, 0, 0, 123999, tzinfo=timezone(timedelta(hours=2)))
    assert printed(noon) == "2025-06-01T10:00:00.123Z"
    assert fixed_width(noon) == "2025-06-01T10:00:00.123999Z"
