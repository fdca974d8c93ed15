"""Which attributes an answer holds (RFC 7644 §3.9, RFC 7643 §7)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import InvalidValue
from scim.protocol.grammar.ast import AttributePath
from scim.protocol.projection import Projection
from tests.support.gadgets import GADGET, SPEC, gadget
from tests.support.registry import kind

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ALWAYS = {"schemas": [CORE, ENTERPRISE], "id": "1"}
EMAILS = [{"value": "a", "type": "work", "primary": True}, {"display": "b"}]
META = {"resourceType": "User", "version": 'W/"1"'}
EXTENSION = {"division": "x", "manager": {"value": "2", "displayName": "Boss"}}
USER = ALWAYS | {
    "userName": "kim",
    "password": "secret",
    "name": {"givenName": "K", "familyName": "L"},
    "emails": EMAILS,
    "meta": META,
    ENTERPRISE: EXTENSION,
}
DEFAULT = {name: value for name, value in USER.items() if name != "password"}


def shown(*, attributes: list[str] | None = None, excluded: list[str] | None = None) -> dict[str, Any]:
    return Projection.of(kind("User"), attributes=attributes, excluded=excluded).apply(USER)


def without(*names: str, **changed: Any) -> dict[str, Any]:
    return {name: value for name, value in DEFAULT.items() if name not in names} | changed


def test_d03_b42_with_no_parameters_all_but_what_is_never_returned_is_shown() -> None:
    assert shown() == DEFAULT


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        pytest.param(["userName"], {"userName": "kim"}, id="D-04 and D-14: no meta"),
        pytest.param(["USERNAME", "Name.GIVENNAME"], {"userName": "kim", "name": {"givenName": "K"}}, id="D-07 any case"),
        pytest.param([f"{CORE}:userName"], {"userName": "kim"}, id="D-07 with the base URN"),
        pytest.param([f"{ENTERPRISE}:manager.value"], {ENTERPRISE: {"manager": {"value": "2"}}}, id="D-07 extension"),
        pytest.param(["department", "division"], {ENTERPRISE: {"division": "x"}}, id="bare name of an extension"),
        pytest.param(["emails"], {"emails": EMAILS}, id="D-08 all of a list"),
        pytest.param(["emails.value"], {"emails": [{"value": "a"}]}, id="D-08 one part of each entry"),
        pytest.param(["emails.value", "emails"], {"emails": EMAILS}, id="D-08 part, then all"),
        pytest.param(["emails", "emails.value"], {"emails": EMAILS}, id="D-08 all, then part"),
        pytest.param(["emails.value", "emails.type"], {"emails": [{"value": "a", "type": "work"}]}, id="two parts"),
        pytest.param(["emails.$ref", "name.middleName"], {}, id="parts without value"),
        pytest.param([ENTERPRISE], {ENTERPRISE: EXTENSION}, id="D-10 an extension"),
        pytest.param([ENTERPRISE.lower()], {ENTERPRISE: EXTENSION}, id="D-10 in lower case"),
        pytest.param(["nope", "nope.x", "1%", "emails[type pr]"], {}, id="D-11 unknown names"),
        pytest.param(["password"], {}, id="B-42 never, though asked for"),
        pytest.param(["meta.version"], {"meta": {"version": 'W/"1"'}}, id="D-14"),
        pytest.param([" userName "], {"userName": "kim"}, id="D-12 blanks"),
        pytest.param(["id"], {}, id="B-12 always set"),
    ],
)  # fmt: skip
def test_attributes_name_what_is_shown_besides_the_always_set(names: list[str], parts: dict[str, Any]) -> None:
    assert shown(attributes=names) == ALWAYS | parts


@pytest.mark.parametrize(
    ("names", "rest"),
    [
        pytest.param(["emails"], without("emails"), id="D-05"),
        pytest.param(["id", "schemas"], DEFAULT, id="B-41 the always set stays"),
        pytest.param(["name.givenName"], without(name={"familyName": "L"}), id="D-09 a part"),
        pytest.param(["name.givenName", "name.familyName"], without("name"), id="D-09 nothing is left"),
        pytest.param(["emails.display"], without(emails=EMAILS[:1]), id="D-09 nothing is left of an entry"),
        pytest.param(["name.givenName", "name"], without("name"), id="part, then all"),
        pytest.param([ENTERPRISE], without(ENTERPRISE), id="D-10 an extension"),
        pytest.param([f"{ENTERPRISE}:manager"], without(**{ENTERPRISE: {"division": "x"}}), id="D-07 extension"),
        pytest.param(["nope"], DEFAULT, id="D-11 unknown"),
        pytest.param(["password"], DEFAULT, id="B-42"),
    ],
)  # fmt: skip
def test_excluded_attributes_are_taken_from_the_default_set(names: list[str], rest: dict[str, Any]) -> None:
    assert shown(excluded=names) == rest


def test_d06_the_two_parameters_exclude_each_other() -> None:
    with pytest.raises(InvalidValue, match="exclude each other"):
        Projection.of(kind("User"), attributes=["userName"], excluded=["emails"])


@pytest.mark.parametrize("nothing", [None, [], ["", " "]])
def test_d12_empty_parameters_are_not_given(nothing: list[str] | None) -> None:
    assert shown(attributes=nothing) == shown(excluded=nothing) == DEFAULT
    assert shown(attributes=nothing, excluded=["emails"]) == without("emails")
    assert Projection.of(kind("User"), attributes=nothing, excluded=nothing).is_default


@pytest.mark.parametrize(("attributes", "excluded"), [(["nope"], None), (None, ["emails"])])
def test_a_parameter_that_is_given_is_no_default(attributes: list[str] | None, excluded: list[str] | None) -> None:
    assert not Projection.of(kind("User"), attributes=attributes, excluded=excluded).is_default


@pytest.mark.parametrize(
    ("attributes", "excluded", "wanted"),
    [
        (None, None, True),
        (["groups"], None, True),
        (["groups.value"], None, True),
        (["userName"], None, False),
        (None, ["groups"], False),
        (None, ["groups.display"], True),
    ],
)
def test_q13_what_is_not_wanted_need_not_be_loaded(
    attributes: list[str] | None, excluded: list[str] | None, wanted: bool
) -> None:
    projection = Projection.of(kind("User"), attributes=attributes, excluded=excluded)
    assert projection.wants("groups") is wanted
    assert not projection.wants("members")


BOX = {"label": "L", "text": "T", "hint": "H", "key": "K"}
THING = {
    "schemas": [GADGET, SPEC],
    "id": "1",
    "name": "saw",
    "always": "a",
    "asked": "b",
    "box": BOX,
    "parts": [{"value": "1", "key": "K"}, {"key": "K"}],
    SPEC: {"level": 1},
    "stray": 1,
}
FIRST = {"schemas": [GADGET, SPEC], "id": "1", "always": "a"}


def of_gadget(
    attributes: list[str] | None = None, excluded: list[str] | None = None, sent: frozenset[str] = frozenset()
) -> dict[str, Any]:
    answer = Projection.of(gadget(), attributes=attributes, excluded=excluded).apply(THING, sent=sent)
    assert {name: answer.pop(name) for name in FIRST} == FIRST
    return answer


NAME = {"name": "saw"}
PARTS = {"parts": [{"value": "1"}]}
LEVEL = {SPEC: {"level": 1}}
LABEL = {"box": {"label": "L"}}
SHORT = {"box": {"label": "L", "text": "T"}}


@pytest.mark.parametrize(
    ("attributes", "excluded", "sent", "shown"),
    [
        pytest.param(None, None, (), NAME | SHORT | PARTS | LEVEL, id="B-44 request is not default"),
        pytest.param(None, None, ("asked",), NAME | SHORT | PARTS | LEVEL | {"asked": "b"}, id="B-44 sent just now"),
        pytest.param(None, ["asked"], ("asked",), NAME | SHORT | PARTS | LEVEL, id="sent, but excluded"),
        pytest.param(["asked"], None, (), {"asked": "b"}, id="B-44 asked for"),
        pytest.param(["name"], None, ("asked",), NAME, id="D-04 sent, but others asked for"),
        pytest.param(["box"], None, (), SHORT, id="D-08 all of it"),
        pytest.param(["box.text"], None, (), SHORT, id="B-45 always parts come with any other"),
        pytest.param(["box.hint"], None, (), {"box": {"label": "L", "hint": "H"}}, id="B-44 a part asked for"),
        pytest.param(["box.key", "parts.key"], None, (), LABEL, id="B-42 a part that is never returned"),
        pytest.param(["name"], None, (), NAME, id="B-45 not without its parent"),
        pytest.param(None, ["box"], (), NAME | LABEL | PARTS | LEVEL, id="B-41 always parts stay"),
        pytest.param(None, ["box.label", "box.text"], (), NAME | LABEL | PARTS | LEVEL, id="B-41 excluded by name"),
        pytest.param(None, [SPEC, "parts"], (), NAME | SHORT, id="an extension of which nothing is left goes"),
        pytest.param(None, ["always"], (), NAME | SHORT | PARTS | LEVEL, id="B-41 always"),
    ],
)
def test_b41_to_b45_returned_is_a_matter_of_each_attribute_and_part(
    attributes: list[str] | None, excluded: list[str] | None, sent: tuple[str, ...], shown: dict[str, Any]
) -> None:
    assert of_gadget(attributes, excluded, frozenset(sent)) == shown


def test_d13_schemas_are_always_sent() -> None:
    assert shown(attributes=["userName"])["schemas"] == [CORE, ENTERPRISE]
    assert shown(excluded=["schemas"])["schemas"] == [CORE, ENTERPRISE]


def test_what_the_extension_no_longer_has_is_left_out() -> None:
    assert Projection.of(gadget()).apply({SPEC: {"gone": 1}}) == {}


def test_one_projection_serves_many_resources() -> None:
    projection = Projection.of(kind("User"), attributes=["emails.value"])
    first, second = ({"emails": [{"value": value, "type": "work"}]} for value in "ab")
    assert projection.apply(first) == {"emails": [{"value": "a"}]}
    assert projection.apply(second) == {"emails": [{"value": "b"}]}


@pytest.mark.parametrize(
    ("attributes", "excluded", "wanted"),
    [
        ([], [], True),
        (["emails"], [], True),
        (["emails.display"], [], True),
        (["emails.value"], [], False),
        (["userName"], [], False),
        ([], ["emails"], False),
        ([], ["emails.display"], False),
        ([], ["emails.value"], True),
    ],
)
def test_whether_a_part_may_be_shown_is_known_beforehand(
    attributes: list[str], excluded: list[str], wanted: bool
) -> None:
    target = kind("User").find(AttributePath("emails", "display"))
    assert target is not None
    assert Projection.of(kind("User"), attributes=attributes, excluded=excluded).wants_part(target) is wanted
