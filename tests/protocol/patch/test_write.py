"""`add` and `replace` on every kind of target (RFC 7644 §3.5.2.1, §3.5.2.3)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import InvalidSyntax, InvalidValue, Mutability, NoTarget, ScimError
from tests.support.gadgets import PLAIN, document, gadget
from tests.support.patching import ENTERPRISE, LAB, operation, patched, user
from tests.support.registry import kind

A = {"value": "a", "type": "work"}
B = {"value": "b", "type": "home"}
TWO = user(emails=[A | {"primary": True}, B])


def after(before: dict[str, Any], *sent: dict[str, Any]) -> dict[str, Any]:
    return patched(before, kind("User"), *sent).document


def gadget_after(before: dict[str, Any], *sent: dict[str, Any]) -> dict[str, Any]:
    return patched(before, gadget(), *sent).document


def lab(**values: Any) -> dict[str, Any]:
    return user(**{LAB: values})


both = pytest.mark.parametrize("op", ["add", "replace"])


class TestSingle:
    @both
    @pytest.mark.parametrize("before", [user(), user(title="old")])
    def test_h22_h25_h42_h44_a_value_is_set(self, op: str, before: dict[str, Any]) -> None:
        assert after(before, operation(op, "title", "new")) == user(title="new")

    @both
    @pytest.mark.parametrize("value", [["x"], {"value": "x"}, 1, True])
    def test_h50_a_misfit_is_refused(self, op: str, value: Any) -> None:
        with pytest.raises(InvalidValue, match=f"^Operation 1 \\({op} title\\): 'title' must be a string"):
            after(user(), operation(op, "title", value))

    @pytest.mark.parametrize("nothing", [None, [], {}])
    def test_h49_replacing_by_nothing_unassigns_and_adding_nothing_changes_nothing(self, nothing: Any) -> None:
        assert after(user(title="x"), operation("replace", "title", nothing)) == user()
        assert after(user(title="x"), operation("add", "title", nothing)) == user(title="x")

    def test_h49_a_required_value_cannot_be_unassigned(self) -> None:
        with pytest.raises(InvalidValue, match="'userName' is required and cannot be unassigned"):
            after(user(), operation("replace", "userName", None))

    @both
    def test_b50_nor_be_empty_text(self, op: str) -> None:
        with pytest.raises(InvalidValue, match="'userName' is required and must not be empty"):
            after(user(), operation(op, "userName", ""))

    @both
    def test_h09_an_immutable_value_is_set_once(self, op: str) -> None:
        assert after(user(), operation(op, f"{LAB}:badge", "T")) == lab(badge="T")
        assert after(lab(badge="T"), operation(op, f"{LAB}:badge", "T")) == lab(badge="T")
        with pytest.raises(Mutability, match="badge' is immutable and has a value already"):
            after(lab(badge="T"), operation(op, f"{LAB}:badge", "t"))

    def test_h09_an_immutable_value_is_not_unassigned(self) -> None:
        with pytest.raises(Mutability):
            after(lab(badge="T"), operation("replace", f"{LAB}:badge", None))

    def test_h09_an_immutable_value_keeps_its_spelling(self) -> None:
        before = document(origin="Oslo", **{PLAIN: {"stamp": "Red"}})
        before["schemas"].append(PLAIN)
        sent = [operation("replace", "origin", "OSLO"), operation("add", f"{PLAIN}:stamp", "RED")]
        assert gadget_after(before, *sent) == before

    def test_h10_a_write_only_value_is_set(self) -> None:
        assert after(user(), operation("replace", f"{LAB}:pin", "1")) == lab(pin="1")


class TestComplex:
    NAME = user(name={"givenName": "K", "familyName": "L"})

    @both
    def test_h23_h45_parts_that_are_not_named_stay(self, op: str) -> None:
        sent = operation(op, "name", {"GIVENNAME": "M", "middleName": "N"})
        assert after(self.NAME, sent) == user(name={"givenName": "M", "familyName": "L", "middleName": "N"})

    def test_b35_a_part_that_is_null_goes_by_replace_and_stays_by_add(self) -> None:
        value = {"givenName": None}
        assert after(self.NAME, operation("replace", "name", value)) == user(name={"familyName": "L"})
        assert after(self.NAME, operation("add", "name", value)) == self.NAME

    @pytest.mark.parametrize("nothing", [None, {}, [], {"givenName": None, "familyName": None}])
    def test_b37_replacing_by_nothing_unassigns(self, nothing: Any) -> None:
        assert after(self.NAME, operation("replace", "name", nothing)) == user()
        assert after(self.NAME, operation("add", "name", nothing)) == self.NAME

    @both
    @pytest.mark.parametrize("value", ["K", ["K"], [{"givenName": "K"}], {"givenName": ["K"]}])
    def test_h50_a_misfit_is_refused(self, op: str, value: Any) -> None:
        with pytest.raises(InvalidValue):
            after(user(), operation(op, "name", value))

    @both
    def test_b07_doubled_names_are_refused(self, op: str) -> None:
        with pytest.raises(InvalidSyntax, match="twice"):
            after(user(), operation(op, "name", {"givenName": "K", "givenname": "L"}))

    @both
    def test_h27_a_part_by_its_path_makes_its_parent(self, op: str) -> None:
        assert after(user(), operation(op, "name.givenName", "K")) == user(name={"givenName": "K"})
        assert after(user(), operation(op, f"{ENTERPRISE}:manager.value", "1")) == user(
            **{ENTERPRISE: {"manager": {"value": "1"}}}
        )

    def test_the_last_part_takes_its_parent_along(self) -> None:
        assert after(user(name={"givenName": "K"}), operation("replace", "name.givenName", None)) == user()

    def test_adding_nothing_to_a_part_makes_no_parent(self) -> None:
        assert after(user(), operation("add", "name.givenName", None)) == user()

    @both
    def test_b38_read_only_parts_in_a_value_are_left_as_they_are(self, op: str) -> None:
        before = user(**{ENTERPRISE: {"manager": {"value": "1", "displayName": "Boss"}}})
        sent = operation(op, f"{ENTERPRISE}:manager", {"value": "2", "displayName": "Me"})
        assert after(before, sent)[ENTERPRISE] == {"manager": {"value": "2", "displayName": "Boss"}}

    @both
    def test_h09_immutable_parts_are_set_once(self, op: str) -> None:
        before = lab(desk={"code": "W3"})
        assert after(before, operation(op, f"{LAB}:desk", {"code": "W3", "room": "1"}))[LAB] == {
            "desk": {"code": "W3", "room": "1"}
        }
        with pytest.raises(Mutability, match=r"desk.code' is immutable"):
            after(before, operation(op, f"{LAB}:desk", {"code": "W4"}))

    @both
    @pytest.mark.parametrize("path", [f"{ENTERPRISE}:manager", f"{ENTERPRISE}:manager.value"])
    def test_b10_an_empty_id_is_refused(self, op: str, path: str) -> None:
        with pytest.raises(InvalidValue, match=r"manager.value' is empty; no resource has an empty id"):
            after(user(), operation(op, path, "" if path.endswith("value") else {"value": ""}))

    def test_empty_text_that_is_no_id_is_a_value(self) -> None:
        assert after(TWO, operation("replace", 'emails[type eq "home"].value', ""))["emails"][1]["value"] == ""

    def test_a_required_part_is_not_unassigned(self) -> None:
        before = {"schemas": ["urn:example:params:scim:schemas:core:2.0:Thing"], "name": "x", "owner": {"value": "1"}}
        for sent in (operation("replace", "owner", {"value": None}), operation("replace", "owner.value", None)):
            with pytest.raises(InvalidValue, match=r"'owner.value' is required and cannot be unassigned"):
                patched(before, kind("Thing"), sent)

    def test_h19_a_required_complex_value_is_not_emptied(self) -> None:
        for sent in (operation("replace", "home", {"text": None}), operation("replace", "home", None)):
            with pytest.raises(InvalidValue, match="'home' is required"):
                gadget_after(document(), sent)


class TestList:
    @pytest.mark.parametrize("value", [B, [B]])
    def test_h24_add_appends_one_entry_or_several(self, value: Any) -> None:
        assert after(user(emails=[A]), operation("add", "emails", value)) == user(emails=[A, B])

    @pytest.mark.parametrize("value", [B, [B]])
    def test_h43_replace_takes_the_place_of_all(self, value: Any) -> None:
        assert after(user(emails=[A]), operation("replace", "emails", value)) == user(emails=[B])

    @pytest.mark.parametrize(
        "value",
        [A, {"VALUE": "A", "type": "WORK", "primary": True}, A | {"primary": True}],
    )
    def test_h26_adding_an_entry_that_is_there_changes_nothing(self, value: dict[str, Any]) -> None:
        before = user(emails=[A | ({"primary": True} if value.get("primary") else {}), B])
        assert after(before, operation("add", "emails", [value])) == before

    def test_h26_the_same_entry_added_twice_is_added_once(self) -> None:
        entry = {"display": "x"}
        assert after(user(), operation("add", "emails", [entry, entry])) == user(emails=[entry])

    @both
    def test_b32_the_same_pair_twice_is_refused(self, op: str) -> None:
        with pytest.raises(InvalidValue, match="same type and value twice"):
            after(user(), operation(op, "emails", [B, B | {"display": "x"}]))

    def test_b32_an_added_entry_does_not_double_a_pair_that_is_there(self) -> None:
        with pytest.raises(InvalidValue, match="same type and value twice"):
            after(TWO, operation("add", "emails", B | {"display": "x"}))

    def test_h13_an_added_primary_takes_the_flag_over(self) -> None:
        new = {"value": "c", "primary": True}
        assert after(TWO, operation("add", "emails", new))["emails"] == [A | {"primary": False}, B, new]

    @both
    def test_h63_two_primaries_in_one_value_are_refused(self, op: str) -> None:
        with pytest.raises(InvalidValue, match="more than one entry with primary true"):
            after(user(), operation(op, "emails", [A | {"primary": True}, B | {"primary": True}]))

    def test_a_reference_that_is_there_takes_no_flag_from_others(self) -> None:
        before = document(keepers=[{"value": "1", "primary": True}, {"value": "2"}])
        assert gadget_after(before, operation("add", "keepers", {"value": "2", "primary": True})) == before

    @pytest.mark.parametrize("nothing", [None, [], {}, [{}], [{"value": None}]])
    def test_h49_replacing_by_nothing_unassigns_and_adding_nothing_changes_nothing(self, nothing: Any) -> None:
        assert after(TWO, operation("replace", "emails", nothing)) == user()
        assert after(TWO, operation("add", "emails", nothing)) == TWO

    @both
    @pytest.mark.parametrize("value", ["a", ["a"], [[]], [A, None], 1, [[A]]])
    def test_h50_a_misfit_is_refused(self, op: str, value: Any) -> None:
        with pytest.raises(InvalidValue):
            after(user(), operation(op, "emails", value))

    def test_h64_an_entry_needs_its_required_parts(self) -> None:
        with pytest.raises(InvalidValue, match=r"contracts.value' is required"):
            after(user(), operation("add", f"{LAB}:contracts", {"type": "open"}))

    @both
    def test_lists_of_simple_values(self, op: str) -> None:
        before = lab(tags=["north"])
        tags = after(before, operation(op, f"{LAB}:tags", ["south", "NORTH"]))[LAB]["tags"]
        assert tags == (["north", "south"] if op == "add" else ["south", "NORTH"])

    def test_h49_a_required_list_is_not_unassigned(self) -> None:
        with pytest.raises(InvalidValue, match="'aliases' is required"):
            gadget_after(document(), operation("replace", "aliases", []))

    @pytest.mark.parametrize(
        ("sent", "error"),
        [
            (operation("add", "marks", ["b"]), Mutability),
            (operation("replace", "marks", ["b"]), Mutability),
            (operation("replace", "marks", []), Mutability),
            (operation("add", "marks", ["A"]), None),
            (operation("replace", "marks", ["A"]), None),
            (operation("replace", 'marks[value eq "a"]', "b"), Mutability),
            (operation("replace", 'marks[value eq "a"]', "A"), None),
            (operation("replace", 'seals[value eq "1"]', {"value": "2"}), Mutability),
            (operation("add", 'seals[value eq "1"]', {"text": "x"}), Mutability),
            (operation("replace", "seals.text", "x"), Mutability),
            (operation("replace", 'seals[value eq "1"].text', "T"), None),
        ],
    )
    def test_h09_an_immutable_list_is_fixed_as_a_whole(
        self, sent: dict[str, Any], error: type[ScimError] | None
    ) -> None:
        before = document(marks=["a"], seals=[{"value": "1", "text": "t"}])
        if error is None:
            assert gadget_after(before, sent) == before
            return
        with pytest.raises(error, match="is immutable and has a value already"):
            gadget_after(before, sent)


class TestPartOfAList:
    @both
    def test_h30_without_a_filter_every_entry_is_written(self, op: str) -> None:
        assert after(TWO, operation(op, "emails.display", "x"))["emails"] == [
            A | {"primary": True, "display": "x"},
            B | {"display": "x"},
        ]

    @both
    def test_h30_a_list_without_entries_is_no_target(self, op: str) -> None:
        with pytest.raises(NoTarget, match="'emails' has no entry whose 'type' could be set"):
            after(user(), operation(op, "emails.type", "work"))

    def test_an_extension_that_was_made_for_nothing_is_not_left(self) -> None:
        with pytest.raises(NoTarget):
            after(user(), operation("replace", f"{LAB}:contracts.hours", 1))
        assert after(user(), operation("add", f"{LAB}:desk.room", None)) == user()

    @both
    def test_parts_of_lists_in_extensions(self, op: str) -> None:
        before = lab(contracts=[{"value": "a"}, {"value": "b", "hours": 1}])
        assert after(before, operation(op, f"{LAB}:contracts.hours", 2))[LAB] == {
            "contracts": [{"value": "a", "hours": 2}, {"value": "b", "hours": 2}]
        }

    @both
    def test_h28_h47_with_a_filter_each_selected_entry_is_written(self, op: str) -> None:
        assert after(TWO, operation(op, 'emails[type eq "home"].value', "c"))["emails"][1] == B | {"value": "c"}

    @both
    def test_h29_h48_a_filter_that_selects_nothing_is_no_target(self, op: str) -> None:
        for path in ('emails[type eq "other"].value', 'emails[type eq "other"]'):
            with pytest.raises(NoTarget, match="selects no entry"):
                after(TWO, operation(op, path, {"value": "c"}))

    @both
    def test_h13_primary_is_taken_over(self, op: str) -> None:
        found = after(TWO, operation(op, 'emails[type eq "home"].primary', True))["emails"]
        assert [entry["primary"] for entry in found] == [False, True]

    @both
    def test_h63_primary_cannot_be_set_on_several(self, op: str) -> None:
        with pytest.raises(InvalidValue, match="more than one entry with primary true"):
            after(TWO, operation(op, "emails.primary", True))

    def test_b32_writing_a_part_does_not_make_the_same_pair_twice(self) -> None:
        with pytest.raises(InvalidValue, match="same type and value twice"):
            after(user(emails=[A, A | {"type": "home"}]), operation("replace", "emails.type", "work"))

    def test_an_entry_whose_last_part_goes_is_gone(self) -> None:
        before = user(emails=[A, {"display": "x"}])
        assert after(before, operation("replace", "emails.display", None)) == user(emails=[A])

    def test_lists_inside_entries_are_added_to_and_replaced(self) -> None:
        before = document(parts=[{"value": "1", "colours": ["red"]}])
        path = 'parts[value eq "1"].colours'
        colours = {
            "add": ["red", "blue"],
            "replace": ["RED", "blue"],
        }
        for op, expected in colours.items():
            found = gadget_after(before, operation(op, path, ["RED", "blue"]))
            assert found["parts"] == [{"value": "1", "colours": expected}]
        assert gadget_after(before, operation("add", path, "blue"))["parts"][0]["colours"] == ["red", "blue"]
        assert gadget_after(before, operation("replace", path, None))["parts"] == [{"value": "1"}]
        with pytest.raises(InvalidValue):
            gadget_after(before, operation("replace", path, 1))

    def test_h09_an_immutable_list_inside_an_entry_is_fixed(self) -> None:
        before = document(parts=[{"value": "1", "stamps": ["a"]}])
        assert gadget_after(before, operation("add", "parts.stamps", "A")) == before
        with pytest.raises(Mutability):
            gadget_after(before, operation("add", "parts.stamps", "b"))


class TestSelectedEntries:
    def test_h46_replace_puts_the_whole_entry_in_the_place_of_each(self) -> None:
        assert after(TWO, operation("replace", 'emails[type eq "work"]', {"value": "c"}))["emails"] == [
            {"value": "c"},
            B,
        ]

    def test_h28_add_gives_further_parts(self) -> None:
        found = after(TWO, operation("add", 'emails[type eq "work"]', {"DISPLAY": "x", "type": None}))
        assert found["emails"] == [A | {"primary": True, "display": "x"}, B]

    @both
    def test_h13_primary_is_taken_over(self, op: str) -> None:
        found = after(TWO, operation(op, 'emails[type eq "home"]', B | {"primary": True}))["emails"]
        assert found == [A | {"primary": False}, B | {"primary": True}]

    @both
    @pytest.mark.parametrize("value", [None, {}, {"display": None}, [A], [], "a", 1])
    def test_the_value_is_one_entry(self, op: str, value: Any) -> None:
        with pytest.raises(InvalidValue):
            after(TWO, operation(op, 'emails[type eq "home"]', value))

    @both
    def test_b32_no_pair_twice(self, op: str) -> None:
        with pytest.raises(InvalidValue, match="same type and value twice"):
            after(TWO, operation(op, 'emails[type eq "home"]', A))

    def test_h63_several_entries_cannot_all_become_primary(self) -> None:
        with pytest.raises(InvalidValue, match="more than one entry with primary true"):
            after(TWO, operation("add", "emails[value pr]", {"primary": True}))

    def test_h54_simple_values_are_selected_by_themselves(self) -> None:
        before = lab(tags=["north", "south"])
        assert after(before, operation("replace", f'{LAB}:tags[value eq "NORTH"]', "east"))[LAB] == {
            "tags": ["east", "south"]
        }

    @pytest.mark.parametrize(
        ("value", "entry"),
        [
            ({"value": "c2"}, {"value": "c2", "serial": "S", "seal": "wax"}),
            ({"value": "c1", "serial": "S", "seal": "tin"}, {"value": "c1", "serial": "S", "seal": "wax"}),
        ],
    )
    def test_g06_h46_fixed_parts_may_be_left_out(self, value: dict[str, Any], entry: dict[str, Any]) -> None:
        before = lab(contracts=[{"value": "c1", "serial": "S", "seal": "wax", "hours": 1}])
        assert after(before, operation("replace", f'{LAB}:contracts[value eq "c1"]', value))[LAB] == {
            "contracts": [entry]
        }

    def test_g06_h46_fixed_parts_cannot_change(self) -> None:
        before = lab(contracts=[{"value": "c1", "serial": "S"}])
        for op in ("add", "replace"):
            with pytest.raises(Mutability, match=r"contracts.serial' is immutable"):
                after(before, operation(op, f'{LAB}:contracts[value eq "c1"]', {"value": "c1", "serial": "T"}))
