"""Where the data of the embedded database is, for who only looks."""

from __future__ import annotations

from pathlib import Path

from scim.db.embedded.place import _name, find_data


def test_data_is_found_where_it_is_and_nothing_is_made(tmp_path: Path) -> None:
    wanted, fallback = tmp_path / "wanted", tmp_path / "fallback"
    assert find_data(wanted, fallback_root=fallback) is None
    assert list(tmp_path.iterdir()) == []
    elsewhere = fallback / _name(wanted)
    (elsewhere / "postgres").mkdir(parents=True)
    assert find_data(wanted, fallback_root=fallback) == elsewhere
    (wanted / "postgres").mkdir(parents=True)
    assert find_data(wanted, fallback_root=fallback) == wanted
