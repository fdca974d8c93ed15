"""What a filter means for a resource type, and what is refused."""

from __future__ import annotations

from typing import cast

import pytest

from scim.exceptions import InvalidFilter
from scim.protocol.attributes.definition import Attribute, AttributeType, Mutability, Schema
from scim.protocol.attributes.registry import Extension, ResourceType, Target
from scim.protocol.filters.check import check, check_entry
from scim.protocol.filters.checked import AllOf, AnyOf, Checked, Entry, Exists, Negation, Test, mentions
from scim.protocol.grammar.ast import Filter, Operator
from scim.protocol.grammar.parser import parse_filter
from tests.vectors import lab_registry

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"


def resource_type(name: str) -> ResourceType:
    found = lab_registry().resource_type(name)
    assert found
    return found


USER, GROUP = resource_type("User"), resource_type("Group")


def checked(text: str) -> Checked:
    return check(parse_filter(text), USER)


def core(name: str, sub: str | None = None) -> Target:
    attribute = USER.attribute(name)
    assert attribute
    return Target(attribute, attribute.sub(sub) if sub else None)


def extension(urn: str, name: str, sub: str | None = None) -> Target:
    found = USER.extension(urn)
    attribute = found.schema.attribute(name) if found else None
    assert attribute
    return Target(attribute, attribute.sub(sub) if sub else None, urn)


def part(name: str, sub: str) -> Target:
    """A sub-attribute as the condition of an entry names it."""
    return Target(core(name, sub).leaf)


class TestNames:
    @pytest.mark.parametrize(
        ("text", "target"),
        [
            ("USERNAME pr", core("userName")),
            ("id pr", core("id")),
            ("externalId pr", core("externalId")),
            ("schemas pr", core("schemas")),
            ("meta.lastmodified pr", core("meta", "lastModified")),
            ("members.value pr", None),
            ("name.GIVENNAME pr", core("name", "givenName")),
            (f"{USER.schema.id.upper()}:name.givenName pr", core("name", "givenName")),
            (f"{ENTERPRISE.upper()}:manager.value pr", extension(ENTERPRISE, "manager", "value")),
            ("department pr", extension(ENTERPRISE, "department")),
            ("manager.value pr", extension(ENTERPRISE, "manager", "value")),
            ("level pr", extension(LAB, "level")),
            ("level.x pr", None),
            (f"{ENTERPRISE}:userName pr", None),
            ("urn:unknown:userName pr", None),
        ],
    )
    def test_a_path_names_one_attribute_in_the_schema_s_spelling(self, text: str, target: Target | None) -> None:
        if target:
            assert checked(text) == Exists(target)
        else:
            with pytest.raises(InvalidFilter, match=r"The resource type User has no attribute '.+'"):
                checked(text)

    def test_a_bare_name_that_two_extensions_have_is_unknown(self) -> None:
        def extended(urn: str) -> Extension:
            return Extension(Schema(id=urn, name="X", description="", attributes=(Attribute(name="x"),), body={}))

        kind = ResourceType(
            name="Two",
            endpoint="/Two",
            description="",
            schema=USER.schema,
            extensions=(extended("urn:a"), extended("urn:b")),
        )
        assert check(parse_filter("urn:a:x pr"), kind)
        with pytest.raises(InvalidFilter, match="'x'"):
            check(parse_filter("x pr"), kind)

    def test_what_only_another_type_of_the_query_has_matches_nothing(self) -> None:
        never = AnyOf(())
        for text, expected in [
            ('userName eq "kim"', never),
            ('userName ne "kim"', Negation(never)),
            ("userName pr", never),
            ('emails[type eq "work"]', never),
        ]:
            assert check(parse_filter(text), GROUP, among=(USER, GROUP)) == expected

    def test_what_no_type_of_the_query_has_is_refused(self) -> None:
        with pytest.raises(InvalidFilter, match="Group has no attribute 'colour'"):
            check(parse_filter("colour pr"), GROUP, among=(USER,))

    @pytest.mark.parametrize(
        "text", ["password pr", 'password eq "x"', f"{LAB}:pin pr", 'pin sw "x"', 'title pr or pin eq "x"']
    )
    def test_secrets_cannot_be_asked_for(self, text: str) -> None:
        with pytest.raises(InvalidFilter, match="is never shown, and cannot be filtered by"):
            checked(text)


class TestNodes:
    @pytest.mark.parametrize(
        ("text", "node"),
        [
            ('userName eq "KIM"', Test(core("userName"), Operator.EQ, "kim")),
            ('id eq "U1"', Test(core("id"), Operator.EQ, "U1")),
            ('schemas eq "URN:X"', Test(core("schemas"), Operator.EQ, "urn:x")),
            ('userName ne "KIM"', Negation(Test(core("userName"), Operator.EQ, "kim"))),
            ("title eq null", Negation(Exists(core("title")))),
            ("title ne null", Negation(Negation(Exists(core("title"))))),
            ("active eq true", Test(core("active"), Operator.EQ, True)),
            ("level ge 4.5", Test(extension(LAB, "level"), Operator.GE, 4.5)),
            ("score lt 10", Test(extension(LAB, "score"), Operator.LT, 10)),
            (
                'meta.created gt "2025-01-01T01:00:00.1234567+01:00"',
                Test(core("meta", "created"), Operator.GT, "2025-01-01T00:00:00.123456Z"),
            ),
            ('emails co "X"', Test(core("emails", "value"), Operator.CO, "x")),
            ("emails eq null", Negation(Exists(core("emails", "value")))),
            ("emails pr", Exists(core("emails"))),
            ("name pr", Exists(core("name"))),
            ('profileUrl sw "https://X"', Test(core("profileUrl"), Operator.SW, "https://X")),
            (
                "title pr and (active eq true or not (nickName pr))",
                AllOf(
                    (
                        Exists(core("title")),
                        AnyOf((Test(core("active"), Operator.EQ, True), Negation(Exists(core("nickName"))))),
                    )
                ),
            ),
            (
                'emails[TYPE ne "Work" and primary eq null]',
                Entry(
                    core("emails"),
                    AllOf(
                        (
                            Negation(Test(part("emails", "type"), Operator.EQ, "work")),
                            Negation(Exists(part("emails", "primary"))),
                        )
                    ),
                ),
            ),
            (
                'name[familyName eq "Lind"]',
                Entry(core("name"), Test(part("name", "familyName"), Operator.EQ, "lind")),
            ),
        ],
    )
    def test_nodes(self, text: str, node: Checked) -> None:
        assert checked(text) == node


TEXTUAL = "eq ne co sw ew gt ge lt le"
ORDERED = "eq ne gt ge lt le"
EQUAL = "eq ne"


class TestOperators:
    @pytest.mark.parametrize(
        ("path", "operand", "allowed"),
        [
            ("userName", '"x"', TEXTUAL),
            ("id", '"x"', TEXTUAL),
            ("site", '"x"', TEXTUAL),
            ("active", "true", EQUAL),
            ("blob", '"AA=="', EQUAL),
            ("level", "1", ORDERED),
            ("score", "1.5", ORDERED),
            ("joined", '"2025-01-01T00:00:00Z"', ORDERED),
        ],
    )
    def test_each_type_has_its_operators(self, path: str, operand: str, allowed: str) -> None:
        for operator in Operator:
            text = f"{path} {operator} {operand}"
            if operator in allowed.split():
                assert checked(text)
            else:
                with pytest.raises(InvalidFilter, match=f"takes {', '.join(allowed.split())} and pr, not {operator}"):
                    checked(text)

    @pytest.mark.parametrize("operator", ["co", "sw", "ew", "gt", "ge", "lt", "le"])
    def test_null_goes_with_equality_only(self, operator: str) -> None:
        with pytest.raises(InvalidFilter, match="null goes with eq and ne only"):
            checked(f"title {operator} null")

    @pytest.mark.parametrize(
        "text",
        [
            'active eq "true"',
            "active eq 1",
            "userName eq true",
            "userName gt 5",
            'level eq "7"',
            "level eq false",
            'meta.created gt "yesterday"',
            "meta.created gt 5",
            "blob eq 5",
            'emails[primary eq "True"]',
        ],
    )
    def test_an_operand_of_another_type_is_refused(self, text: str) -> None:
        with pytest.raises(InvalidFilter, match="cannot be compared with"):
            checked(text)


class TestComplexAttributes:
    @pytest.mark.parametrize(
        ("text", "example"),
        [
            ('name eq "x"', "name.formatted"),
            ("name eq null", "name.formatted"),
            ('addresses co "Oslo"', "addresses.formatted"),
            ('meta gt "2024-01-01T00:00:00Z"', "meta.resourceType"),
            ('desk eq "x"', f"{LAB}:desk.building"),
        ],
    )
    def test_a_comparison_names_a_sub_attribute(self, text: str, example: str) -> None:
        with pytest.raises(InvalidFilter, match=f"such as '{example}'"):
            checked(text)

    @pytest.mark.parametrize("text", ['userName[value eq "x"]', 'tags[value eq "x"]', 'name.givenName[value eq "x"]'])
    def test_no_brackets_follow_what_has_no_sub_attributes(self, text: str) -> None:
        with pytest.raises(InvalidFilter, match="no brackets may follow"):
            checked(text)

    @pytest.mark.parametrize("text", ["emails[colour pr]", "emails[value.x pr]", "emails[urn:x:value pr]"])
    def test_names_inside_brackets_are_sub_attributes(self, text: str) -> None:
        with pytest.raises(InvalidFilter, match=r"'emails' has no sub-attribute '.+'"):
            checked(text)


class TestCheckEntry:
    def entry(self, text: str, attribute: Attribute) -> Checked:
        return check_entry(parse_filter(text), attribute)

    def test_names_are_sub_attributes(self) -> None:
        emails = core("emails").attribute
        expected = Test(part("emails", "type"), Operator.EQ, "work")
        assert self.entry('TYPE eq "Work"', emails) == expected
        with pytest.raises(InvalidFilter, match="'emails' has no sub-attribute 'userName'"):
            self.entry("userName pr", emails)

    def test_an_entry_of_a_simple_list_is_its_own_value(self) -> None:
        tags = extension(LAB, "tags").attribute
        node = self.entry('value sw "RE"', tags)
        assert isinstance(node, Test)
        assert (node.target.attribute.name, node.target.attribute.multi_valued, node.value) == ("value", False, "re")
        with pytest.raises(InvalidFilter, match="'tags' has no sub-attribute 'type'"):
            self.entry("type pr", tags)

    def test_secrets_cannot_be_asked_for(self) -> None:
        codes = Attribute(name="codes", multi_valued=True, mutability=Mutability.WRITE_ONLY)
        with pytest.raises(InvalidFilter, match="never shown"):
            self.entry('value eq "x"', codes)
        sub = Attribute(name="value", mutability=Mutability.WRITE_ONLY)
        keys = Attribute(name="keys", type=AttributeType.COMPLEX, multi_valued=True, sub_attributes=(sub,))
        with pytest.raises(InvalidFilter, match="never shown"):
            self.entry('value eq "x"', keys)

    def test_a_list_named_alone_does_not_reveal_a_secret_value(self) -> None:
        sub = Attribute(name="value", mutability=Mutability.WRITE_ONLY)
        keys = Attribute(name="keys", type=AttributeType.COMPLEX, multi_valued=True, sub_attributes=(sub,))
        schema = Schema(id="urn:k", name="K", description="", attributes=(keys,), body={})
        kind = ResourceType(name="K", endpoint="/K", description="", schema=schema)
        with pytest.raises(InvalidFilter, match="never shown"):
            check(parse_filter('keys eq "x"'), kind)


def test_what_is_no_filter_is_not_checked() -> None:
    with pytest.raises(AssertionError):
        check(cast(Filter, None), USER)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("title pr", False),
        ('groups.value eq "1"', True),
        ('title pr or not (groups[type eq "direct"])', True),
        ("groups pr and title pr", True),
        (f'{ENTERPRISE}:manager.value eq "1" and (title pr or title ne "x")', False),
    ],
)
def test_what_a_filter_is_about_can_be_told(text: str, wanted: bool) -> None:
    assert mentions(checked(text), "groups") is wanted


def test_b31_a_flag_that_is_missing_counts_as_false() -> None:
    primary = part("emails", "primary")
    secondary = Negation(Test(primary, Operator.EQ, value=True))
    assert checked("emails.primary eq false") == Entry(core("emails"), secondary)
    assert checked("emails[primary eq false]") == Entry(core("emails"), secondary)
    assert checked("emails.primary ne false") == Negation(Entry(core("emails"), secondary))
    assert checked("emails.primary eq true") == Test(core("emails", "primary"), Operator.EQ, value=True)
    assert checked("active eq false") == Test(core("active"), Operator.EQ, value=False)


def test_f49_over_several_types_what_one_cannot_answer_is_not_met_there() -> None:
    user, thing = resource_type("User"), resource_type("Thing")
    parsed = parse_filter('name eq "saw" or not (size gt 3)')
    assert check(parsed, thing, among=(user, thing)) != check(parsed, user, among=(user, thing))
    assert check(parsed, user, among=(user, thing)) == AnyOf((AnyOf(()), Negation(AnyOf(()))))
    assert check(parse_filter('name ne "saw"'), user, among=(user, thing)) == Negation(AnyOf(()))
    for text in ('nope eq "x"', "name gt 3", "name[nope pr]", 'emails[type eq 3] or name eq "x"'):
        with pytest.raises(InvalidFilter):
            check(parse_filter(text), user, among=(user, thing))
