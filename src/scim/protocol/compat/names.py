"""Attribute paths in wrong spellings (quirks COMMON-03, -13, -14, ENTRA-47): which URN a text starts with.

Works on the attribute path alone, as text: never on the filter beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.rule import Found, Mark, Phase, RenamesUrn
from scim.protocol.grammar.ast import AttributePath

TEXT_AS_BOOLEAN = Mark(phase=Phase.PATHS, meaning="a boolean may be compared with its text")
DOT_AFTER_URN = Mark(phase=Phase.PATHS, meaning="a dot may stand where a colon is due, after the URN")
BARE_EXTENSION_NAME = Mark(phase=Phase.PATHS, meaning="a PATCH path may name an extension's attribute without URN")

UNKNOWN_ATTRIBUTES = Mark(phase=Phase.NAMES, meaning="attributes that no schema knows are left out by a setting")
NAMED_OTHERWISE = Mark(phase=Phase.VALUES, meaning="a member or manager may be named by something else than its id")

_NAME = r"\$?[A-Za-z][-_A-Za-z0-9]*"
_NAME_AND_SUB = re.compile(rf"({_NAME})(?:\.({_NAME}))?")
_PATCH_PATH = re.compile(rf"\s*([^\s\[\]\"()]+)\s*(\[.*\](?:\.({_NAME}))?)?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The spellings that a profile reads, each with the id it is counted by."""

    wrong_urns: tuple[tuple[str, RenamesUrn], ...] = ()
    dotted: str | None = None
    bare: str | None = None

    def resolve(
        self, path: AttributePath, kind: ResourceType, *, bare: bool = False
    ) -> tuple[AttributePath, tuple[str, ...]]:
        """The path as the RFC spells it, and the rules that this took; a path that nothing explains stays as it is.

        With `bare`, a name that the core lacks is looked for in the extensions.
        """
        if path.uri is None and ":" not in path.name:
            return self._in_extension(path, kind, self.bare) if bare and self.bare else (path, ())
        if kind.find(path) is not None:
            return path, ()
        return self._with_urn(str(path), kind) or (path, ())

    def find(self, text: str, kind: ResourceType) -> Found | None:
        """What a PATCH path names, without reading the filter in it; None for what the type lacks."""
        parts = _PATCH_PATH.fullmatch(text)
        if parts is None:
            return None
        path, rules = self.resolve(split(parts[1]), kind, bare=True)
        target = kind.find(path)
        if target is None:
            return None
        sub = target.attribute.sub(parts[3]) if parts[3] else target.sub
        if parts[3] and (sub is None or target.sub is not None):
            return None
        return Found(target=replace(target, sub=None), selects=parts[2] is not None, sub=sub, rules=rules)

    def _in_extension(
        self, path: AttributePath, kind: ResourceType, rule: str
    ) -> tuple[AttributePath, tuple[str, ...]]:
        if kind.attribute(path.name) is not None:
            return path, ()
        found = kind.find(path, bare_extension_names=True)
        return (replace(path, uri=found.extension), (rule,)) if found else (path, ())

    def _with_urn(self, text: str, kind: ResourceType) -> tuple[AttributePath, tuple[str, ...]] | None:
        """The longest URN wins, so that a dot inside a URN is safe."""
        for urn, joint, name, sub in _splits(text):
            if kind.is_base(urn) or kind.extension(urn):
                if joint == ":":
                    return AttributePath(name, sub, urn), ()
                return (AttributePath(name, sub, urn), (self.dotted,)) if self.dotted else None
            for rule, work in self.wrong_urns:
                right = work.rename(urn, kind)
                if right is not None:
                    return AttributePath(name, sub, right), (rule,)
        return None


def split(text: str) -> AttributePath:
    """A path as the strict grammar reads it; a text that it does not read is all name."""
    urn, colon, rest = text.rpartition(":")
    parts = _NAME_AND_SUB.fullmatch(rest)
    if parts is None:
        return AttributePath(text)
    return AttributePath(parts[1], parts[2], urn if colon else None)


def _splits(text: str) -> Iterator[tuple[str, str, str, str | None]]:
    """(URN, joint, name, sub) for every way to cut a path in two, the longest URN first."""
    for at in range(len(text) - 1, 0, -1):
        if text[at] in ".:" and (parts := _NAME_AND_SUB.fullmatch(text, at + 1)):
            yield text[:at], text[at], parts[1], parts[2]
