"""Reading and printing xsd:dateTime (RFC 7643 §2.3.5, rows B-24 and F-23); all times are UTC inside."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_DAY_END = 24
"""The hour that stands for the start of the next day."""

_DATE_TIME = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
    r"(?:Z|(?P<sign>[-+])(?P<zone_hour>0[0-9]|1[0-3]):(?P<zone_minute>[0-5][0-9])|(?P<widest>[-+])14:00)?"
)


def parse_date_time(text: str) -> datetime | None:
    """The instant that an xsd:dateTime names, in UTC, or None where the text is none.

    Any number of fraction digits, those beyond microseconds cut; no zone means UTC; 24:00:00 is the next day's start.
    The year lies between 0001 and 9999, after conversion too; there is no leap second.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    part = match.groupdict(default="")
    hour, minute, second = int(part["hour"]), int(part["minute"]), int(part["second"])
    microsecond = int(part["fraction"][:6].ljust(6, "0"))
    is_day_end = hour == _DAY_END
    if is_day_end and (minute or second or part["fraction"].strip("0")):
        return None
    try:
        local = datetime(
            int(part["year"]),
            int(part["month"]),
            int(part["day"]),
            0 if is_day_end else hour,
            minute,
            second,
            microsecond,
            _zone(part),
        )
        return (local + timedelta(days=is_day_end)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def fixed_width(instant: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.ffffffZ`: texts of this form sort as the instants do."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def printed(instant: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.fffZ`, as `meta` shows it (DESIGN §3 "Time"); finer digits are cut."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _zone(part: dict[str, str]) -> timezone:
    if part["widest"]:
        offset = timedelta(hours=14)
    elif part["sign"]:
        offset = timedelta(hours=int(part["zone_hour"]), minutes=int(part["zone_minute"]))
    else:
        return UTC
    return timezone(-offset if "-" in (part["sign"], part["widest"]) else offset)
