"""From a body to the document that is stored: POST and PUT (RFC 7643 §2.4, §3; RFC 7644 §3.3, §3.5.1)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from scim.exceptions import InvalidSyntax, InvalidValue, Mutability, ScimError
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.unknown import UnknownPolicy, Unknowns
from scim.protocol.validation import check_schemas, read_replacement, read_resource, with_schemas
from tests.support.gadgets import GADGET, PLAIN, SPEC, TAGGED, document, gadget
from tests.support.growth import is_linear
from tests.support.registry import kind

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"
USER = {"schemas": [CORE], "userName": "kim"}


def read(body: Any, of: ResourceType | None = None, unknowns: Unknowns | None = None) -> dict[str, Any]:
    return read_resource(body, of or kind("User"), unknowns=unknowns or Unknowns())


def put(body: Any, stored: dict[str, Any], of: ResourceType | None = None) -> dict[str, Any]:
    kept = copy.deepcopy(stored)
    try:
        return read_replacement(body, stored, of or kind("User"), unknowns=Unknowns())
    finally:
        assert stored == kept


class TestSchemas:
    @pytest.mark.parametrize(
        ("schemas", "error"),
        [
            pytest.param(None, InvalidSyntax, id="B-01 missing"),
            pytest.param([], InvalidSyntax, id="B-01 empty"),
            pytest.param(CORE, InvalidSyntax, id="B-01 text"),
            pytest.param([CORE, 1], InvalidSyntax, id="B-01 number in it"),
            pytest.param([CORE, CORE.upper()], InvalidSyntax, id="B-01 double"),
            pytest.param([ENTERPRISE], InvalidSyntax, id="C-10 without the base schema"),
            pytest.param([GROUP], InvalidSyntax, id="C-10 of another type"),
            pytest.param([CORE, GROUP], InvalidValue, id="B-03 schema the type does not have"),
        ],
    )
    def test_b01_b03_schemas_hold_the_base_schema_and_extensions_of_the_type(
        self, schemas: Any, error: type[ScimError]
    ) -> None:
        with pytest.raises(error):
            check_schemas(schemas, kind("User"))

    @pytest.mark.parametrize("schemas", [[CORE], [CORE.upper()], [CORE, ENTERPRISE], [ENTERPRISE.lower(), CORE]])
    def test_b02_order_and_letter_case_have_no_effect(self, schemas: list[str]) -> None:
        check_schemas(schemas, kind("User"))

    @pytest.mark.parametrize("schemas", [[CORE], [CORE, ENTERPRISE]])
    def test_b05_an_extension_with_values_is_named_whether_it_was_or_not(self, schemas: list[str]) -> None:
        body = USER | {"schemas": schemas, ENTERPRISE: {"costCenter": "7"}}
        assert read(body)["schemas"] == [CORE, ENTERPRISE]

    def test_b05_an_extension_without_values_is_not_named(self) -> None:
        assert read(USER | {"schemas": [CORE, ENTERPRISE]})["schemas"] == [CORE]
        assert with_schemas({"userName": "kim", ENTERPRISE: {}}, kind("User"))["schemas"] == [CORE]


class TestBody:
    @pytest.mark.parametrize("body", [None, [], "x", 1, True, [USER]])
    def test_b60_a_body_is_an_object(self, body: Any) -> None:
        with pytest.raises(InvalidSyntax, match="The body must be a JSON object"):
            read(body)

    def test_b06_names_ignore_case_and_answers_have_the_spelling_of_the_schema(self) -> None:
        body = {"SCHEMAS": [CORE], "USERNAME": "kim", ENTERPRISE.upper(): {"COSTCENTER": "7"}}
        assert read(body) == {"schemas": [CORE, ENTERPRISE], "userName": "kim", ENTERPRISE: {"costCenter": "7"}}

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param({"userName": "a", "Username": "b"}, id="at the top"),
            pytest.param({"Schemas": [CORE]}, id="schemas"),
            pytest.param({"name": {"givenName": "a", "givenname": "b"}}, id="in an object"),
            pytest.param({"emails": [{"value": "a", "VALUE": "b"}]}, id="in an entry"),
            pytest.param({ENTERPRISE: {"division": "a", "Division": "b"}}, id="in an extension"),
            pytest.param({ENTERPRISE: {"manager": {"value": "a", "Value": "b"}}}, id="in an object of an extension"),
            pytest.param({ENTERPRISE: {}, ENTERPRISE.upper(): {}}, id="extension URNs"),
            pytest.param({"nope": 1, "NOPE": 2}, id="unknown names"),
        ],
    )
    def test_b07_names_that_differ_in_case_only_are_refused(self, body: dict[str, Any]) -> None:
        with pytest.raises(InvalidSyntax, match="in different letter case"):
            read(USER | body)

    @pytest.mark.parametrize(
        ("body", "path", "detail"),
        [
            ({"nope": 1}, "nope", "User has no attribute 'nope'."),
            ({"department": "x"}, "department", "User has no attribute 'department'."),
            ({"urn:x": {}}, "urn:x", "User has no attribute 'urn:x'."),
            ({ENTERPRISE: {"nope": 1}}, f"{ENTERPRISE}:nope", f"The extension '{ENTERPRISE}' has no attribute 'nope'."),
        ],
    )
    def test_b09_unknown_attributes_are_refused_or_left_out(self, body: dict[str, Any], path: str, detail: str) -> None:
        with pytest.raises(InvalidSyntax) as refusal:
            read(USER | body)
        assert refusal.value.detail == detail
        unknowns = Unknowns(UnknownPolicy.IGNORE)
        assert read(USER | body, unknowns=unknowns) == USER
        assert unknowns.ignored == [path]

    def test_unknown_attributes_that_are_null_are_unknown_but_nothing_to_tell_of(self) -> None:
        body = USER | {"nope": None, ENTERPRISE: {"nope": None}, "name": {"nope": None}}
        with pytest.raises(InvalidSyntax, match="User has no attribute 'nope'"):
            read(body)
        unknowns = Unknowns(UnknownPolicy.IGNORE)
        assert read(body, unknowns=unknowns) == USER
        assert unknowns.ignored == []

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param({"id": "9", "meta": {"version": "x"}}, id="B-11 B-14"),
            pytest.param({"groups": [{"value": "1"}]}, id="Q-08"),
            pytest.param({"groups": "no list at all"}, id="what does not count is not judged"),
            pytest.param({LAB: {"audit": {"by": "me"}}}, id="in an extension"),
            pytest.param({ENTERPRISE: {"manager": {"displayName": "Boss"}}}, id="S-03 readOnly part"),
        ],
    )
    def test_c05_read_only_values_are_ignored(self, body: dict[str, Any]) -> None:
        assert read(USER | body) == USER

    @pytest.mark.parametrize("nothing", [None, [], {}])
    def test_b35_an_extension_that_is_nothing_is_absent(self, nothing: Any) -> None:
        assert read(USER | {ENTERPRISE: nothing}) == USER

    def test_b35_parts_of_an_extension_that_are_null_are_absent(self) -> None:
        assert read(USER | {ENTERPRISE: {"division": None, "manager": {"value": None}}}) == USER

    @pytest.mark.parametrize("value", ["x", ["x"], 1])
    def test_b04_an_extension_is_an_object(self, value: Any) -> None:
        with pytest.raises(InvalidValue, match="must be an object with the extension's attributes"):
            read(USER | {ENTERPRISE: value})

    def test_c11_immutable_and_write_only_values_may_be_set(self) -> None:
        extension = {"badge": "T-1", "pin": "99"}
        assert read(USER | {LAB: extension})[LAB] == extension


class TestRequired:
    @pytest.mark.parametrize(
        "body",
        [
            pytest.param({"schemas": [CORE]}, id="C-08 missing"),
            pytest.param(USER | {"userName": None}, id="B-50 null"),
            pytest.param(USER | {"userName": ""}, id="B-53 empty"),
        ],
    )
    def test_b50_a_required_attribute_has_a_value(self, body: dict[str, Any]) -> None:
        with pytest.raises(InvalidValue, match="'userName' is required and must not be empty"):
            read(body)

    @pytest.mark.parametrize(
        "entry", [{"type": "open"}, {"value": None, "type": "open"}, {"value": "", "type": "open"}]
    )
    def test_b51_every_entry_has_its_required_parts(self, entry: dict[str, Any]) -> None:
        contracts = [{"value": "c1"}, entry]
        with pytest.raises(InvalidValue, match=r"contracts.value' is required where .* has a value"):
            read(USER | {LAB: {"contracts": contracts}})

    def test_b51_a_required_part_is_needed_only_where_its_parent_has_a_value(self) -> None:
        thing = {"schemas": ["urn:example:params:scim:schemas:core:2.0:Thing"], "name": "x"}
        assert read(thing, kind("Thing")) == thing
        with pytest.raises(InvalidValue, match=r"'owner.value' is required"):
            read(thing | {"owner": {"$ref": "../Users/1"}}, kind("Thing"))

    @pytest.mark.parametrize(
        ("change", "detail"),
        [
            ({SPEC: None}, f"'{SPEC}:level' is required and must not be empty."),
            ({SPEC: {"slots": [{"value": "1"}]}}, f"'{SPEC}:level' is required and must not be empty."),
            ({"aliases": []}, "'aliases' is required and must not be empty."),
            ({"home": {"text": None}}, "'home' is required and must not be empty."),
        ],
    )
    def test_a22_a_required_extension_and_its_required_attributes_are_there(
        self, change: dict[str, Any], detail: str
    ) -> None:
        with pytest.raises(InvalidValue) as refusal:
            read(document() | change, gadget())
        assert refusal.value.detail == detail

    def test_a22_a_required_extension_without_required_attributes_still_needs_a_value(self) -> None:
        of = gadget(plain_required=True)
        with pytest.raises(InvalidValue, match=f"The extension '{PLAIN}' is required"):
            read(document(), of)
        assert read(document(**{PLAIN: {"word": "x"}}), of)["schemas"] == [GADGET, SPEC, PLAIN]


class TestLists:
    def test_b30_one_entry_may_be_primary(self) -> None:
        two = [{"value": "a", "primary": True}, {"value": "b", "primary": True}]
        with pytest.raises(InvalidValue, match="'emails' has more than one entry with primary true"):
            read(USER | {"emails": two})
        with pytest.raises(InvalidValue, match=f"'{LAB}:contracts' has more than one"):
            read(USER | {LAB: {"contracts": two}})

    def test_b31_a_missing_primary_counts_as_false(self) -> None:
        emails = [{"value": "a", "primary": True}, {"value": "b"}, {"value": "c", "primary": False}]
        assert read(USER | {"emails": emails})["emails"] == emails

    def test_b61_the_order_of_entries_is_kept(self) -> None:
        emails = [{"value": value} for value in "zay"]
        assert read(USER | {"emails": emails})["emails"] == emails


class TestReplacement:
    def test_g03_g04_values_are_replaced_as_a_whole_and_absent_ones_cleared(self) -> None:
        stored = read(USER | {"title": "a", "name": {"givenName": "K", "familyName": "L"}, "emails": [{"value": "a"}]})
        assert put(USER | {"name": {"givenName": "M"}}, stored) == USER | {"name": {"givenName": "M"}}

    @pytest.mark.parametrize("nothing", [None, []])
    def test_g05_null_and_the_empty_list_clear(self, nothing: Any) -> None:
        assert put(USER | {"emails": nothing}, read(USER | {"emails": [{"value": "a"}]})) == USER

    def test_g07_read_only_values_are_ignored(self) -> None:
        assert put(USER | {"id": "other", "groups": [{"value": "1"}]}, USER | {"id": "me"}) == USER

    def test_g08_required_attributes_must_be_in_the_body(self) -> None:
        with pytest.raises(InvalidValue, match="'userName' is required"):
            put({"schemas": [CORE]}, USER)

    def test_g13_schemas_are_checked_and_an_extension_that_is_left_out_goes(self) -> None:
        with pytest.raises(InvalidSyntax):
            put({"userName": "kim"}, USER)
        assert put(USER, read(USER | {ENTERPRISE: {"division": "x"}})) == USER

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            pytest.param({"badge": "T-1"}, {"badge": "T-1"}, id="the same"),
            pytest.param({"level": 1}, {"level": 1, "badge": "T-1"}, id="left out"),
            pytest.param(None, {"badge": "T-1"}, id="the extension left out"),
        ],
    )
    def test_g06_an_immutable_value_stays(self, sent: Any, kept: dict[str, Any]) -> None:
        after = put(USER | {LAB: sent}, read(USER | {LAB: {"badge": "T-1"}}))
        assert after == USER | {"schemas": [CORE, LAB], LAB: kept}

    def test_g06_an_immutable_value_may_be_set_once_but_not_changed(self) -> None:
        assert put(USER | {LAB: {"badge": "T-2"}}, USER)[LAB] == {"badge": "T-2"}
        with pytest.raises(Mutability, match="badge' is immutable and has a value already"):
            put(USER | {LAB: {"badge": "T-2"}}, read(USER | {LAB: {"badge": "T-1"}}))

    def test_g06_the_stored_spelling_of_an_equal_value_stays(self) -> None:
        stored = read(document(origin="Oslo", marks=["a", "B"]), gadget())
        assert put(document(origin="OSLO", marks=["A", "b"]), stored, gadget()) == stored

    @pytest.mark.parametrize("change", [{"marks": ["a"]}, {"marks": ["b", "a"]}, {"seals": [{"value": "2"}]}])
    def test_g06_an_immutable_list_stays_as_a_whole(self, change: dict[str, Any]) -> None:
        stored = read(document(marks=["a", "b"], seals=[{"value": "1"}]), gadget())
        with pytest.raises(Mutability):
            put(document(**change), stored, gadget())

    def test_g06_immutable_parts_stay_as_long_as_their_parent_has_a_value(self) -> None:
        stored = read(USER | {LAB: {"desk": {"code": "W3", "room": "1"}}})
        assert put(USER | {LAB: {"desk": {"room": "2"}}}, stored)[LAB] == {"desk": {"room": "2", "code": "W3"}}
        with pytest.raises(Mutability, match=r"desk.code' is immutable"):
            put(USER | {LAB: {"desk": {"code": "W4"}}}, stored)
        assert put(USER, stored) == USER

    def test_what_is_kept_needs_what_is_required_beside_it(self) -> None:
        stored = read(document(**{TAGGED: {"tag": "a", "stamp": "x"}}), gadget())
        assert put(document(**{TAGGED: {"tag": "b"}}), stored, gadget())[TAGGED] == {"tag": "b", "stamp": "x"}
        with pytest.raises(InvalidValue, match=f"'{TAGGED}:tag' is required"):
            put(document(), stored, gadget())

    @pytest.mark.parametrize(
        ("entry", "kept"),
        [
            pytest.param({"value": "c1"}, {"value": "c1", "serial": "S1"}, id="left out"),
            pytest.param({"value": "c1", "serial": "S1"}, {"value": "c1", "serial": "S1"}, id="the same"),
            pytest.param({"value": "c9", "serial": "S9"}, {"value": "c9", "serial": "S9"}, id="a new entry"),
        ],
    )
    def test_g16_entries_that_stay_are_matched_by_value(self, entry: dict[str, Any], kept: dict[str, Any]) -> None:
        stored = read(USER | {LAB: {"contracts": [{"value": "c1", "serial": "S1"}]}})
        assert put(USER | {LAB: {"contracts": [entry]}}, stored)[LAB] == {"contracts": [kept]}

    def test_g16_immutable_parts_of_an_entry_that_stays_cannot_change(self) -> None:
        stored = read(USER | {LAB: {"contracts": [{"value": "c1", "serial": "S1"}]}})
        with pytest.raises(Mutability, match=r"contracts.serial' is immutable"):
            put(USER | {LAB: {"contracts": [{"value": "c1", "serial": "S2"}]}}, stored)

    def test_g16_entries_that_share_a_value_are_told_apart_by_type(self) -> None:
        contracts = [
            {"value": "c1", "type": "fixed", "serial": "S1"},
            {"value": "c1", "type": "open", "serial": "S2"},
        ]
        stored = read(USER | {LAB: {"contracts": contracts}})
        assert put(stored, stored) == stored
        without = [{"value": "c1", "type": "OPEN"}, {"value": "c1"}]
        assert put(USER | {LAB: {"contracts": without}}, stored)[LAB] == {
            "contracts": [{"value": "c1", "type": "OPEN", "serial": "S2"}, {"value": "c1"}]
        }

    def test_entries_without_type_that_share_a_value_are_new(self) -> None:
        keepers = [{"value": "u1", "note": "a"}, {"value": "u1", "note": "b"}]
        stored = read(document(keepers=keepers), gadget())
        assert put(stored, stored, gadget()) == stored

    def test_okta09_display_of_a_member_may_differ(self) -> None:
        stored = {"schemas": [GROUP], "displayName": "g", "members": [{"value": "1", "display": "Kim", "type": "User"}]}
        sent = stored | {"members": [{"value": "1", "display": "Mira"}]}
        members = put(sent, stored, kind("Group"))["members"]
        assert members == [{"value": "1", "display": "Mira", "type": "User"}]


def test_the_cost_of_large_lists_is_linear() -> None:
    def replacing(size: int) -> Callable[[], object]:
        emails = [{"value": f"{number}@h.example.org", "type": "work"} for number in range(size)]
        contracts = [{"value": f"c{number}", "serial": f"s{number}"} for number in range(size)]
        body = USER | {"emails": emails, LAB: {"contracts": contracts}}
        stored = read(body)
        return lambda: read_replacement(body, stored, kind("User"), unknowns=Unknowns())

    assert is_linear(replacing)
