"""Filters and PATCH paths as a profile reads them: the strict grammar, and where it refuses, what the rules allow.

The strict grammar is tried first, and its error is the one that is told: it knows best what a filter should look like.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, assert_never

from scim.exceptions import InvalidFilter, InvalidPath, ScimError
from scim.protocol.attributes.definition import Attribute, AttributeType
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.compat.lenient import Unreadable, read_leniently
from scim.protocol.compat.profile import Profile
from scim.protocol.compat.rule import Mark, Phase
from scim.protocol.grammar.ast import And, AttributePath, Comparison, Filter, Not, Or, PatchPath, Present, Value, ValuePath
from scim.protocol.grammar.faults import bracket_depth
from scim.protocol.grammar.parser import MAX_DEPTH, MAX_LENGTH, parse_filter, parse_path
