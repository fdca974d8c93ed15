"""`pyscim doctor`."""

from __future__ import annotations

from tests.cli.support import Commands


def test_shows_a_line_for_each_check_and_what_to_do(pyscim: Commands) -> None:
    pyscim.done("app", "create", "--name", "without-token")
    shown = pyscim.done("doctor", "--app", "without-token")
    lines = shown.splitlines()
    assert any(line.startswith("ok    database  ") for line in lines)
    assert any(line.startswith("warn  tokens  ") for line in lines)
    assert "→ `pyscim token create --app without-token`" in shown
    assert lines[-1].startswith("0 failed, 1 warning, ")
    assert max(map(len, lines)) <= 80


def test_is_one_document_for_programs(pyscim: Commands) -> None:
    found = pyscim.json("doctor")
    assert list(found) == ["checks"]
    for check in found["checks"]:
        assert list(check) == ["name", "level", "message", "remedy"]
        assert check["level"] in {"ok", "warn", "fail"}


def test_ends_with_1_where_a_check_fails(bare: Commands) -> None:
    for options in ((), ("--json",)):
        result = bare.run("doctor", *options)
        assert (result.exit_code, result.stderr) == (1, "")
        assert "pyscim db init" in result.stdout


def test_an_unknown_application_is_an_error(pyscim: Commands) -> None:
    assert "did you mean 'default'" in pyscim.refused("doctor", "--app", "defalt")
