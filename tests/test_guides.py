"""The guides in docs/idp: one for each identity provider, all of one form. What holds for every document: test_docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scim.protocol.compat.profile import PROFILES
from tests.docs.commands import commands
from tests.docs.pages import GUIDES as FOLDER

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


class TestCommands:
    @pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
    def test_make_an_application_in_the_profile_and_a_token(self, page: Path) -> None:
        found = list(commands(page))
        assert f"pyscim app create --name {page.stem} --profile {page.stem}" in found
        assert any(one.startswith("pyscim token create") and f"--app {page.stem}" in one for one in found)
