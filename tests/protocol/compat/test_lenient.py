"""Filters and PATCH paths as profiles read them: what each rule allows, and what stays refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from scim.exceptions import InvalidFilter, InvalidPath, ScimError
from scim.protocol.attributes.definition import Attribute, AttributeType, Schema
from scim.protocol.attributes.registry import Extension, ResourceType
from scim.protocol.compat.lenient import read_filter, read_path
from scim.protocol.grammar.parser import MAX_DEPTH, MAX_LENGTH, parse_filter, parse_path
from scim.protocol.grammar.printer import to_text
from tests.protocol.compat.quirks import QUIRKS
from tests.protocol.compat.tools import (
    AUTO,
    CORE_USER,
    ENT,
    ENTRA,
    GROUP,
    LAB,
    PING,
    STRICT,
    USER,
    outcome_of_filter,
    path_text,
    without,
)

OLD_1 = "urn:scim:schemas:extension:enterprise:1.0"
OLD_2 = "urn:scim:schemas:extension:enterprise:2.0"
NO_COLON = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"
OUTCOMES = {quirk.id: quirk.strict for quirk in QUIRKS}

FILTERS = [
    ("COMMON-03", f'{OLD_2}.department eq "Ops"', f'{ENT}:department eq "Ops"'),
    ("COMMON-03", f'{OLD_1}:department eq "Ops"', f'{ENT}:department eq "Ops"'),
    ("COMMON-03", f'{OLD_2}:User:manager.value eq "7"', f'{ENT}:manager.value eq "7"'),
    ("COMMON-03", f"{OLD_1}.manager.value pr", f"{ENT}:manager.value pr"),
    ("COMMON-13", f'{ENT}.department eq "Ops"', f'{ENT}:department eq "Ops"'),
    ("COMMON-13", f'{ENT.lower()}.manager.value eq "7"', f'{ENT.lower()}:manager.value eq "7"'),
    ("COMMON-13", f'{CORE_USER}.userName eq "kim"', f'{CORE_USER}:userName eq "kim"'),
    ("COMMON-13", f'{CORE_USER}.emails[type eq "work"]', f'{CORE_USER}:emails[type eq "work"]'),
    ("COMMON-13", f"not ({ENT}.department pr)", f"not ({ENT}:department pr)"),
    ("ENTRA-47", f'{NO_COLON}:department eq "Ops"', f'{ENT}:department eq "Ops"'),
    ("COMMON-19", "externalId eq jyoung", 'externalId eq "jyoung"'),
    ("COMMON-19", "userName eq 'kim'", 'userName eq "kim"'),
    ("COMMON-19", "userName eq ''", 'userName eq ""'),
    ("COMMON-19", "userName eq 'a \"b\" \\'c\\' \\u0041 \\\\'", 'userName eq "a \\"b\\" \'c\' A \\\\"'),
    ("COMMON-19", "userName eq kim@example.com and title pr", 'userName eq "kim@example.com" and title pr'),
    ("COMMON-19", "id eq 2819c223-7f76-453a-919d-413861904646", 'id eq "2819c223-7f76-453a-919d-413861904646"'),
    ("COMMON-19", "externalId eq 007", 'externalId eq "007"'),
    ("COMMON-19", "externalId eq 1:2", 'externalId eq "1:2"'),
    ("COMMON-19", "externalId eq true@x", 'externalId eq "true@x"'),
    ("COMMON-19", "externalId eq notes or externalId eq order", 'externalId eq "notes" or externalId eq "order"'),
    ("COMMON-19", "(externalId eq kim)", 'externalId eq "kim"'),
    ("COMMON-19", "emails[type eq work]", 'emails[type eq "work"]'),
    ("COMMON-19", "meta.created gt 2025-01-01T00:00:00Z", 'meta.created gt "2025-01-01T00:00:00Z"'),
    ("COMMON-20", 'active eq "true"', "active eq true"),
    (
        "COMMON-20",
        'title pr and (active eq "FALSE" or not (active eq "True"))',
        "title pr and (active eq false or not (active eq true))",
    ),
    (
        "COMMON-20",
        'roles[primary eq "True" and not (value eq "true")]',
        'roles[primary eq true and not (value eq "true")]',
    ),
    ("COMMON-20", 'emails.primary eq "true"', "emails.primary eq true"),
    ("COMMON-20", f'{LAB}:verified eq "true"', f"{LAB}:verified eq true"),
    ("COMMON-20", 'emails[primary eq "true" or value pr]', "emails[primary eq true or value pr]"),
    ("COMMON-22", 'emails[type eq "work"].value eq "a"', 'emails[type eq "work" and value eq "a"]'),
    ("COMMON-22", 'emails[type eq "work"] eq "a"', 'emails[type eq "work" and value eq "a"]'),
    ("COMMON-22", 'emails[type eq "work"].Display pr', 'emails[type eq "work" and Display pr]'),
    (
        "COMMON-22",
        'emails[type eq "work" or type eq "home"].value co "a" and title pr',
        'emails[(type eq "work" or type eq "home") and value co "a"] and title pr',
    ),
    (
        "COMMON-22",
        'emails[type eq "work" and primary eq true].value ne "a"',
        'emails[type eq "work" and primary eq true and value ne "a"]',
    ),
    ("COMMON-23", 'userName  eq  "kim"', 'userName eq "kim"'),
    ("COMMON-23", ' userName eq "kim" ', 'userName eq "kim"'),
    ("COMMON-23", 'userName\teq\n"kim"', 'userName eq "kim"'),
    ("COMMON-23", 'userName eq"kim  x"', 'userName eq "kim  x"'),
    ("COMMON-23", 'emails[ type eq "work" ]', 'emails[type eq "work"]'),
    ("COMMON-23", 'emails [type eq "work"]', 'emails[type eq "work"]'),
    ("COMMON-23", "( title pr )and(active eq true)", "title pr and active eq true"),
    ("COMMON-23", "not  (title pr)", "not (title pr)"),
    ("ENTRA-12", f'{ENT}:manager eq "4f1c"', f'{ENT}:manager.value eq "4f1c"'),
    ("ENTRA-12", 'id eq "7" and Manager eq "4f1c"', 'id eq "7" and Manager.value eq "4f1c"'),
    ("ENTRA-12", "manager eq null", "manager.value eq null"),
    ("PING-09", 'email Co "hana@example.com"', 'emails.value co "hana@example.com"'),
    ("PING-09", 'title pr and not (EMAIL eq "a@b")', 'title pr and not (emails.value eq "a@b")'),
    ("PING-09", "email pr or email eq null", "emails.value pr or emails.value eq null"),
]

PATHS = [
    ("COMMON-03", f"{OLD_2}.department", f"{ENT}:department"),
    ("COMMON-13", f"{ENT}.department", f"{ENT}:department"),
    ("COMMON-13", f"{ENT}.manager.value", f"{ENT}:manager.value"),
    ("COMMON-13", f'{LAB}.contracts[type eq "open"].hours', f'{LAB}:contracts[type eq "open"].hours'),
    ("COMMON-14", "department", f"{ENT}:department"),
    ("COMMON-14", "Manager.Value", f"{ENT}:Manager.Value"),
    ("COMMON-14", 'contracts[type eq "open"]', f'{LAB}:contracts[type eq "open"]'),
    ("ENTRA-47", f"{NO_COLON}:department", f"{ENT}:department"),
    ("COMMON-19", "emails[type eq 'work'].value", 'emails[type eq "work"].value'),
    ("COMMON-20", 'roles[primary eq "True"].value', "roles[primary eq true].value"),
    ("COMMON-23", " title", "title"),
    ("COMMON-23", 'emails[ type  eq "work" ].value', 'emails[type eq "work"].value'),
]


class TestReadFilter:
    @pytest.mark.parametrize(("rule", "sent", "meant"), FILTERS)
    def test_reads_by_a_rule_what_is_meant(self, rule: str, sent: str, meant: str) -> None:
        tree, rules = read_filter(AUTO, sent, USER)
        assert to_text(tree) == meant
        assert rules == (rule,)
        assert outcome_of_filter(AUTO, sent) == "accepted"

    @pytest.mark.parametrize(("rule", "sent", "_"), FILTERS)
    def test_in_strict_refuses_it(self, rule: str, sent: str, _: str) -> None:
        assert outcome_of_filter(STRICT, sent) == "400 invalidFilter"
        assert {"400 invalidFilter", "400 invalidPath", "400 invalidValue"} & set(OUTCOMES[rule])

    @pytest.mark.parametrize(("rule", "sent", "_"), FILTERS)
    def test_refuses_it_without_the_rule(self, rule: str, sent: str, _: str) -> None:
        assert outcome_of_filter(without(AUTO, rule), sent) == "400 invalidFilter"

    @pytest.mark.parametrize(
        ("sent", "meant", "rules"),
        [
            ("active eq True", "active eq true", ("COMMON-19", "COMMON-20")),
            (
                "emails[ type eq work ].value eq 'a'",
                'emails[type eq "work" and value eq "a"]',
                ("COMMON-19", "COMMON-22", "COMMON-23"),
            ),
            (f"{ENT}.manager eq 7x", f'{ENT}:manager.value eq "7x"', ("COMMON-19", "COMMON-13", "ENTRA-12")),
            (
                f"{OLD_1}.department eq 'x' and {ENT}.division pr",
                f'{ENT}:department eq "x" and {ENT}:division pr',
                ("COMMON-19", "COMMON-03", "COMMON-13"),
            ),
        ],
    )
    def test_may_need_several_rules(self, sent: str, meant: str, rules: tuple[str, ...]) -> None:
        tree, used = read_filter(AUTO, sent, USER)
        assert (to_text(tree), used) == (meant, rules)

    @pytest.mark.parametrize(
        ("sent", "rules"),
        [
            ('active eq "true"', ("ENTRA-16",)),
            ('emails[type eq "work"].value eq "a"', ("ENTRA-20",)),
            (f'{ENT}.department eq "x"', ("ENTRA-13",)),
            ("externalId eq x", ("COMMON-19",)),
        ],
    )
    def test_counts_by_the_names_of_the_profile(self, sent: str, rules: tuple[str, ...]) -> None:
        assert read_filter(ENTRA, sent, USER)[1] == rules

    def test_asks_no_idp_for_what_another_needs(self) -> None:
        assert read_filter(PING, 'email eq "a@b"', USER)[1] == ("PING-09",)
        assert outcome_of_filter(ENTRA, 'email eq "a@b"') == "400 invalidFilter"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "userName",
            "userName eq",
            "userName eq and title pr",
            "userName eq not",
            'userName xx "kim"',
            'userName = "kim"',
            "userName eq5",
            'userName eq kim"',
            "userName eq 'kim",
            'userName eq "\\x"',
            "userName eq '\\x'",
            "userName eq '\\ud800'",
            "userName eq kim jones",
            'userName eq "a",title pr',
            "title pr active pr",
            "title prand active pr",
            "title pr and not title pr",
            'name . givenName eq "x"',
            'name .givenName eq "x"',
            'name. givenName eq "x"',
            'emails[type eq "work"] .value eq "x"',
            'emails[type eq "work"] pr',
            'emails[type eq "work"].value',
            "emails[0]",
            "emails[]",
            'emails[phoneNumbers[type eq "work"]]',
            'tags eq ["a"]',
            'name eq {"givenName":"x"}',
            "urn:a:b.c.d eq 'x'",
            "urn:example:none:1.0.name.sub eq 'x'",
            f"{ENT}: eq 'x'",
            f"{OLD_1}.2x eq 'x'",
            f"{OLD_1}.department.x.y eq 'x'",
            "emails[urn:a:b.c.d eq 'x']",
            "emails[urn:a:b.c.d pr]",
            'userName eq "' + "a" * MAX_LENGTH + '" ',
            "(" * (MAX_DEPTH + 1) + " title pr" + ")" * (MAX_DEPTH + 1),
        ],
        ids=lambda text: text[:40],
    )
    def test_tells_the_error_of_the_strict_grammar(self, text: str) -> None:
        with pytest.raises(InvalidFilter) as strict:
            parse_filter(text)
        for kind in (USER, None):
            with pytest.raises(InvalidFilter) as lenient:
                read_filter(AUTO, text, kind)
            assert lenient.value.detail == strict.value.detail

    @pytest.mark.parametrize(
        "text",
        [
            'title eq "true"',
            'active eq "yes"',
            'shoeSize eq "true"',
            'tags[value eq "true"]',
            'shoes[primary eq "true"]',
            'emails[shoe eq "true" or not (value pr)]',
            'emails eq "a"',
            'manager.value eq "x"',
            'name eq "x"',
            "department pr",
            f'{LAB}:manager eq "x"',
            'externalId eq "a  b"',
            'email.value eq "a@b"',
            'email[type eq "work"]',
            'emails[email eq "a@b"]',
            f'{CORE_USER}:email eq "a@b"',
            'mail eq "a@b"',
        ],
    )
    def test_leaves_other_filters_alone(self, text: str) -> None:
        tree, rules = read_filter(AUTO, text, USER)
        assert (tree, rules) == (parse_filter(text), ())

    def test_reads_a_list_of_references_by_its_values_without_a_rule(self) -> None:
        assert read_filter(AUTO, 'id eq "g" and members eq "4f1c"', GROUP)[1] == ()

    @pytest.mark.parametrize("in_extension", [False, True])
    def test_reads_email_as_it_is_where_the_type_has_it(self, *, in_extension: bool) -> None:
        email = Attribute(name="email")
        kind = _type(_emails(), extensions={"urn:x:1": email}) if in_extension else _type(_emails(), email)
        assert read_filter(AUTO, 'email eq "a@b"', kind) == (parse_filter('email eq "a@b"'), ())

    @pytest.mark.parametrize("attributes", [(), (Attribute(name="emails", multi_valued=True),)], ids=["none", "simple"])
    def test_reads_email_as_it_is_where_the_type_has_no_values_of_emails(
        self, attributes: tuple[Attribute, ...]
    ) -> None:
        assert read_filter(AUTO, 'email eq "a@b"', _type(*attributes)) == (parse_filter('email eq "a@b"'), ())

    def test_knows_no_enterprise_extension_where_the_type_has_none(self) -> None:
        with pytest.raises(InvalidFilter):
            read_filter(AUTO, f"{OLD_2}.department eq 'x'", GROUP)

    def test_over_all_types_has_the_rules_of_the_grammar_only(self) -> None:
        tree, rules = read_filter(AUTO, "userName eq kim", None)
        assert (to_text(tree), rules) == ('userName eq "kim"', ("COMMON-19",))
        for text in ('active eq "true"', 'email eq "a@b"'):
            assert read_filter(AUTO, text, None) == (parse_filter(text), ())


class TestReadPath:
    @pytest.mark.parametrize(("rule", "sent", "meant"), PATHS)
    def test_reads_by_a_rule_what_is_meant(self, rule: str, sent: str, meant: str) -> None:
        path, rules = read_path(AUTO, sent, USER)
        assert path_text(path) == meant
        assert rules == (rule,)

    @pytest.mark.parametrize(("rule", "sent", "meant"), PATHS)
    def test_does_not_read_it_without_the_rule(self, rule: str, sent: str, meant: str) -> None:
        for profile in (STRICT, without(AUTO, rule)):
            try:
                path, rules = read_path(profile, sent, USER)
            except ScimError:
                continue
            assert path_text(path) != meant
            assert rules == ()

    @pytest.mark.parametrize(
        ("text", "error"),
        [
            ("", InvalidPath),
            ("title]", InvalidPath),
            ("emails[0]", InvalidFilter),
            ("emails[type eq].value", InvalidFilter),
            ('emails[type eq "work"] .value', InvalidPath),
            ('emails[type eq "work"].value eq "x"', InvalidPath),
            (f"{OLD_1}.2x", InvalidPath),
            ("urn:a:b.c.d", InvalidPath),
            (" " + "a" * MAX_LENGTH, InvalidPath),
            ("a[" + "(" * MAX_DEPTH + " b pr" + ")" * MAX_DEPTH + "]", InvalidFilter),
        ],
        ids=lambda case: str(case)[:30],
    )
    def test_tells_the_error_of_the_strict_grammar(self, text: str, error: type[ScimError]) -> None:
        with pytest.raises(error) as strict:
            parse_path(text)
        with pytest.raises(error) as lenient:
            read_path(AUTO, text, USER)
        assert lenient.value.detail == strict.value.detail

    @pytest.mark.parametrize(
        "text",
        [
            "title",
            "shoeSize",
            "name.givenName",
            f"{CORE_USER}:displayName",
            f"{ENT}:department",
            "email",
            f"{ENT}:shoe",
            "urn:example:none:1.0:shoe",
            'emails[type eq "true"].value',
            'shoes[type eq "true"].value',
            "emails[primary pr]",
        ],
    )
    def test_leaves_other_paths_alone(self, text: str) -> None:
        assert read_path(AUTO, text, USER) == (parse_path(text), ())

    def test_does_not_guess_between_two_extensions(self) -> None:
        assert read_path(AUTO, "badge", _two_badges()) == (parse_path("badge"), ())

    def test_prefers_the_longest_urn(self) -> None:
        path, rules = read_path(AUTO, "urn:x:2.0.badge", _two_badges())
        assert (path_text(path), rules) == ("urn:x:2.0:badge", ("COMMON-13",))

    def test_selects_from_a_list_of_booleans(self) -> None:
        path, rules = read_path(AUTO, 'flags[value eq "true"]', _two_badges())
        assert (path_text(path), rules) == ("flags[value eq true]", ("COMMON-20",))


def _two_badges() -> ResourceType:
    badge = Attribute(name="badge")
    flags = Attribute(name="flags", type=AttributeType.BOOLEAN, multi_valued=True)
    return _type(flags, extensions={"urn:x:2": badge, "urn:x:2.0": badge})


def _emails() -> Attribute:
    found = USER.attribute("emails")
    assert found is not None
    return found


def _type(*attributes: Attribute, extensions: Mapping[str, Attribute] = MappingProxyType({})) -> ResourceType:
    return ResourceType(
        name="Badge",
        endpoint="/Badges",
        description="",
        schema=_schema("urn:x:core", *attributes),
        extensions=tuple(Extension(_schema(urn, attribute)) for urn, attribute in extensions.items()),
    )


def _schema(urn: str, *attributes: Attribute) -> Schema:
    return Schema(id=urn, name=urn, description="", attributes=attributes, body={})
