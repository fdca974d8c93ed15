"""The protocol is covered line by line: a whole run of the suite fails where it is not."""

from __future__ import annotations

import json
from pathlib import Path

import coverage
import pytest

LEAST_BRANCHES = 0.98


def missing_coverage(data_file: Path, scratch: Path) -> list[str]:
    """What of the protocol no test reaches, one line each; empty when enough is covered."""
    measured = coverage.Coverage(data_file=str(data_file))
    measured.load()
    report = scratch / "coverage.json"
    measured.json_report(outfile=str(report))
    found = json.loads(report.read_text())
    missing = [
        f"{name}: no test runs line {', '.join(map(str, file['missing_lines']))}"
        for name, file in found["files"].items()
        if file["missing_lines"]
    ]
    totals = found["totals"]
    if totals["covered_branches"] < LEAST_BRANCHES * totals["num_branches"]:
        missing.append(f"only {totals['covered_branches']} of {totals['num_branches']} branches are covered")
    return missing


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Judge whole runs only: one that was given files or a choice of tests says nothing of coverage."""
    config = session.config
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
    if not whole or exitstatus != pytest.ExitCode.OK or config.option.no_cov:
        return
    factory = config._tmp_path_factory  # type: ignore[attr-defined]
    missing = missing_coverage(config.rootpath / ".coverage", factory.mktemp("coverage"))
    if missing:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter = config.pluginmanager.getplugin("terminalreporter")
        for line in ("", "scim.protocol is not covered by its tests:", *missing):
            reporter.write_line(line, red=True)
