"""The documents for people, and what is in them: links and anchors, blocks that can be run, tables."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs"
GUIDES = FOLDER / "idp"
PAGES = [ROOT / "README.md", *sorted(FOLDER.rglob("*.md"))]

_BLOCK = re.compile(r"^( *)```(?P<kind>[^\n]*)\n(?P<text>.*?)^ *```$", re.DOTALL | re.MULTILINE)


def name(page: Path) -> str:
    """A page as people name it: its path in the repository."""
    return page.relative_to(ROOT).as_posix()


@functools.cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, *kinds: str) -> list[str]:
    """What stands in the fenced blocks of these kinds, such as `sh`; with `sh run` it can be run as it is."""
    return [found["text"] for found in _BLOCK.finditer(text(page)) if found["kind"] in kinds]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _BLOCK.sub("", text(page))


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)}


def links(page: Path) -> list[str]:
    """The links to something in the repository, each once; pictures are links too."""
    found = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    return [link for link in dict.fromkeys(found) if not re.match(r"https?:", link)]


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether there is a file or folder at the end of a link, and a heading where it names one."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def table(page: Path, heading: str) -> Iterator[list[str]]:
    """The rows of the tables below a heading, down to the next one, without their heads; of each the cells, as written."""
    section = re.split(r"^#+ ", text(page).partition(f"\n{heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    for line in re.sub(r"^\|.*\n\|[ |-]+$", "", section, flags=re.MULTILINE).splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
