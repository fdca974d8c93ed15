"""The guides in docs/idp: their links lead somewhere, and what they tell people to type is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer.main

from scim.cli.main import app
from scim.config import PREFIX, Settings
from scim.models.settings import ApplicationSettings
from scim.protocol.compat.profile import PROFILES
from tests.protocol.compat.quirks import QUIRKS

FOLDER = Path(__file__).parents[1] / "docs" / "idp"
PAGES = sorted(FOLDER.glob("*.md"))
GUIDES = [page for page in PAGES if page.name != "README.md"]
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in PAGES}

TOLD_ELSEWHERE = {"entra-legacy": "entra"}
NO_GUIDE = {"auto", "strict"}
SECTIONS = [
    "What you get, and what you need",
    "On the server",
    "In .+",
    "Test it",
    "What it sends",
    "Limits and pitfalls",
    "When somebody leaves",
    "When it fails",
]
LONGEST_LINE = 120
LONGEST_GUIDE = 180


def commands(text: str) -> Iterator[str]:
    """Every `pyscim …` of a page: in its shell blocks, and in code within sentences."""
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if found := re.search(r"(?:^|\s)(pyscim\s.*)", line):
                yield found[1]
    for code in re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        if re.match(r"(?:scripts/)?(?:uv run )?pyscim \w", code) and "…" not in code:
            yield code[code.index("pyscim") :]


def words(command: str) -> list[str]:
    """The arguments of a command, up to what a shell takes for itself."""
    given = shlex.split(command, comments=True)[1:]
    ends = [place for place, word in enumerate(given) if word in {"|", "&&", ";", "<", ">"}]
    return given[: ends[0]] if ends else given


def values(command: str, option: str) -> set[str]:
    """What stands behind an option, each time it is given."""
    return {value for word, value in pairwise(words(command)) if word == option}


def told() -> list[tuple[str, str]]:
    return [(name, command) for name, text in TEXTS.items() for command in dict.fromkeys(commands(text))]


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", prose, re.MULTILINE)}


def problem(given: list[str]) -> str | None:
    """What is wrong with the arguments of a command; nothing is run."""
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands"):
        if not given or given[0] not in command.commands:
            return f"no command {' '.join(given[:1])}"
        command, given = command.commands[given[0]], given[1:]
    context = command.make_context(command.name, [], resilient_parsing=True)
    context.resilient_parsing = False
    try:
        parsed, unexpected, _ = command.make_parser(context).parse_args(list(given))
    except Exception as error:  # noqa: BLE001 - the errors of click are those of the copy that typer carries
        return str(error) or type(error).__name__
    missing = [one.name for one in command.params if one.required and not isinstance(parsed.get(one.name), str)]
    return f"what is {unexpected}, where is {missing}?" if unexpected or missing else None


class TestGuides:
    def test_every_profile_of_an_identity_provider_has_one(self) -> None:
        wanted = {TOLD_ELSEWHERE.get(name, name) for name in set(PROFILES) - NO_GUIDE}
        assert {page.stem for page in GUIDES} == wanted

    def test_what_is_told_elsewhere_is_told_there(self) -> None:
        assert all(f"--profile {name}" in TEXTS[f"{page}.md"] for name, page in TOLD_ELSEWHERE.items())

    def test_the_index_links_to_each_and_names_its_profile(self) -> None:
        for page in GUIDES:
            assert re.search(rf"\({page.name}\).*`{page.stem}`", TEXTS["README.md"]), page.name

    @pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
    def test_the_sections_are_there_in_their_order(self, page: Path) -> None:
        found = re.findall(r"^## (.+)$", TEXTS[page.name], re.MULTILINE)
        assert len(found) == len(SECTIONS)
        assert [name for name, wanted in zip(found, SECTIONS, strict=True) if not re.fullmatch(wanted, name)] == []

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
    def test_lines_and_guides_are_short(self, page: Path) -> None:
        lines = TEXTS[page.name].splitlines()
        assert [line for line in lines if len(line) > LONGEST_LINE] == []
        assert len(lines) <= LONGEST_GUIDE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", TEXTS[page.name])
    for link in (one for one in links if not re.match(r"https?:", one)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


class TestCommands:
    @pytest.mark.parametrize(("page", "command"), told())
    def test_are_there_with_their_options(self, page: str, command: str) -> None:
        assert problem(words(command)) is None, f"{page}: {command}"

    @pytest.mark.parametrize(("page", "command"), told())
    def test_set_what_applications_have(self, page: str, command: str) -> None:
        keys = {value.partition("=")[0] for value in values(command, "--set")}
        assert keys <= set(ApplicationSettings.model_fields), page

    @pytest.mark.parametrize(("page", "command"), told())
    def test_name_profiles_that_are_there(self, page: str, command: str) -> None:
        assert values(command, "--profile") <= set(PROFILES), page

    @pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
    def test_make_an_application_in_the_profile_and_a_token(self, page: Path) -> None:
        found = list(commands(TEXTS[page.name]))
        assert f"pyscim app create --name {page.stem} --profile {page.stem}" in found
        assert any(one.startswith("pyscim token create") and f"--app {page.stem}" in one for one in found)

    @pytest.mark.parametrize(
        ("command", "wrong"),
        [
            ("pyscim app create --name okta --profile okta", False),
            ("pyscim app guard okta --release", False),
            ("pyscim app info --nosuch okta", True),
            ("pyscim app nosuch", True),
            ("pyscim app create", True),
            ("pyscim app guard okta --nosuch", True),
        ],
    )
    def test_a_wrong_one_is_noticed(self, command: str, wrong: bool) -> None:
        assert (problem(words(command)) is not None) == wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_variables_are_settings(page: Path) -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(rf"\b{PREFIX}[A-Z_]+", TEXTS[page.name])) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_quirks_exist(page: Path) -> None:
    named = set(re.findall(r"\b[A-Z]+-\d\d\b", TEXTS[page.name]))
    unlisted = named - {quirk.id for quirk in QUIRKS}
    assert unlisted == set()
