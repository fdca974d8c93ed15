"""Filters and PATCH paths as a profile reads them: by the strict grammar, and where it refuses, by what the rules allow.

The strict grammar is tried first, and its error is the one that is told: it says best what a filter should look like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, assert_never

from scim.exceptions import InvalidFilter, InvalidPath, ScimError
from scim.protocol.attributes.definition import Attribute, AttributeType
from scim.protocol.attributes.registry import ResourceType, Target
from scim.protocol.compat.entra import SIMPLE_REFERENCE
from scim.protocol.compat.lenient_grammar import Unreadable, read_leniently
from scim.protocol.compat.names import TEXT_AS_BOOLEAN
from scim.protocol.compat.profile import Profile
from scim.protocol.compat.values import as_boolean
from scim.protocol.compat.walk import Applied
from scim.protocol.grammar.ast import And, AttributePath, Comparison, Filter, Not, Or, PatchPath, Present, ValuePath
from scim.protocol.grammar.faults import bracket_depth
from scim.protocol.grammar.parser import MAX_DEPTH, MAX_LENGTH, parse_filter, parse_path
from scim.protocol.values import is_reference


def read_filter(profile: Profile, text: str, kind: ResourceType | None) -> tuple[Filter, tuple[str, ...]]:
    """The tree of a filter on resources of a type, and the rules that it took to read it.

    `kind` is None for a search over all types: then only the rules of the grammar apply.

    Raises:
        InvalidFilter: not a filter, too long, or nested too deeply.
    """
    applied = Applied()
    tree: Filter = _parsed(profile, text, parse_filter, "filter", applied)
    if kind is not None and profile.rules:
        tree = _Reader(profile, kind, applied).filter(tree)
    return tree, tuple(applied.rules)


def read_path(profile: Profile, text: str, kind: ResourceType) -> tuple[PatchPath, tuple[str, ...]]:
    """The tree of a PATCH path on a resource of a type, and the rules that it took to read it.

    Raises:
        InvalidPath: not a path, or too long.
        InvalidFilter: the fault lies inside the brackets.
    """
    applied = Applied()
    tree: PatchPath = _parsed(profile, text, parse_path, "patch_path", applied)
    if profile.rules:
        tree = _Reader(profile, kind, applied).path(tree)
    if ":" in tree.path.name:
        parse_path(text)  # no rule explains what stands before the name: the strict grammar says what is wrong
    return tree, tuple(applied.rules)


def _parsed(profile: Profile, text: str, strict: Callable[[str], Any], start: str, applied: Applied) -> Any:
    try:
        return strict(text)
    except (InvalidFilter, InvalidPath) as error:
        tree = _leniently(profile, text, start, applied)
        if tree is None:
            raise error from error.__cause__
        return tree
