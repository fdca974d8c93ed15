"""What the strict grammar reads, what it refuses, and what it says then."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lark import Token, v_args

from scim.exceptions import InvalidFilter, InvalidPath
from scim.protocol.grammar.ast import AttributePath, Comparison, Operator, Or, PatchPath, Present, Value, ValuePath
from scim.protocol.grammar.parser import (
    MAX_DIGITS,
    Parser,
    TreeBuilder,
    parse_attribute_path,
    parse_filter,
    parse_path,
)
from scim.protocol.grammar.printer import to_text
from tests.protocol.grammar.syntax import patch_paths

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
OPERATORS = "eq, ne, co, sw, ew, gt, ge, lt, le or pr"
JSON_VALUE = 'a JSON value ("text", a number, true, false or null)'

syntax_pieces = st.lists(
    st.sampled_from(
        ["a", "urn:x:", ".b", " ", "eq", "pr", "not", "and", " or ", "(", ")", "[", "]", '"', "\\", "1e5", "null", "\t"]
    ),
    max_size=24,
).map("".join)


class TestParseFilter:
    @given(st.text() | syntax_pieces)
    @example("a eq 1" + "0" * 5000)
    @example('a eq "\\ud800"')
    def test_any_text_is_a_filter_or_refused(self, text: str) -> None:
        try:
            tree = parse_filter(text)
        except InvalidFilter:
            return
        assert parse_filter(to_text(tree)) == tree

    @pytest.mark.parametrize(
        ("text", "detail"),
        [
            ("", "At character 1: the text ends; expected the name of an attribute, 'not' or '('."),
            ('userName eqq "x"', f"At character 10: 'eqq' is no operator; expected {OPERATORS}."),
            ('userName  eq "x"', f"At character 10: a space is no operator; expected {OPERATORS}."),
            (
                'userName\teq "x"',
                "At character 9: a tab is no operator; expected eq, ne, co, sw, ew, gt, ge, lt, le, pr, '.' or '['.",
            ),
            ('userName eq"x"', "At character 10: 'eq' must stand alone, with one space before the next word or value."),
            ("title pr and", "At character 10: 'and' must stand alone, with one space before the next word or value."),
            ("title pr ", "At character 9: a space is not expected here; expected 'and', 'or' or the end."),
            ("title pr xor a pr", "At character 10: 'xor' is not expected here; expected 'and' or 'or'."),
            ("title pr)", "At character 9: ')' is not expected here; expected 'and', 'or' or the end."),
            ("(title eq 1", "At character 12: the text ends; expected 'and', 'or' or ')'."),
            ("not title pr", "At character 5: 'title' is not expected here; expected '('."),
            ("userName eq kim", f"At character 13: 'kim' is no value; expected {JSON_VALUE}."),
            ("userName eq ", f"At character 13: the text ends; expected {JSON_VALUE}."),
            ("level eq 007", f"At character 10: '007' is no value; expected {JSON_VALUE}."),
            ('userName eq "kim', 'At character 13: the text "kim has no closing quote.'),
            ('userName eq "\\x"', "At character 14: no JSON string: Invalid \\escape."),
            ('userName eq "a\tb"', "At character 15: no JSON string: Invalid control character."),
            ('emails[type eq "a"', "At character 19: the text ends; expected 'and', 'or' or ']'."),
            (
                "userName eq " + "k" * 99,
                f"At character 13: '{'k' * 40}' is no value; expected {JSON_VALUE}.",
            ),
        ],
    )
    def test_a_refusal_says_where_what_and_what_else(self, text: str, detail: str) -> None:
        with pytest.raises(InvalidFilter) as refusal:
            parse_filter(text)
        assert refusal.value.detail == detail

    def test_a_filter_above_the_length_limit_is_refused(self) -> None:
        text = 'a eq "' + "x" * 93 + '"'
        assert parse_filter(text, max_length=100)
        with pytest.raises(InvalidFilter, match="has 100 characters; at most 99"):
            parse_filter(text, max_length=99)

    @pytest.mark.parametrize("text", ["(" * 4000, "(" * 4000 + "a pr" + ")" * 4000, "not (" * 1600, "a[" * 4000])
    def test_deep_brackets_are_refused_before_they_cost_anything(self, text: str) -> None:
        with pytest.raises(InvalidFilter, match="nested more than 50 deep"):
            parse_filter(text)

    def test_ten_thousand_brackets_are_refused_whatever_the_length_limit(self) -> None:
        with pytest.raises(InvalidFilter, match="nested more than 50 deep"):
            parse_filter("(" * 10_000, max_length=100_000)

    def test_brackets_up_to_the_limit_are_read(self) -> None:
        assert parse_filter("(" * 3 + "a pr" + ")" * 3, max_depth=3) == Present(AttributePath("a"))
        with pytest.raises(InvalidFilter):
            parse_filter("(" * 4 + "a pr" + ")" * 4, max_depth=3)

    def test_brackets_inside_a_string_are_no_nesting(self) -> None:
        assert parse_filter('a eq "((((" or b eq "\\"(("', max_depth=0)

    def test_a_long_chain_is_one_flat_node(self) -> None:
        tree = parse_filter(" or ".join(["a pr"] * 1000))
        assert isinstance(tree, Or)
        assert len(tree.operands) == 1000

    @pytest.mark.parametrize("text", ['"\\ud800"', '"\\udc00\\ud800"', '"x\ud800"'])
    def test_half_a_surrogate_pair_is_no_text(self, text: str) -> None:
        with pytest.raises(InvalidFilter, match="half a surrogate pair"):
            parse_filter(f"a eq {text}")

    def test_an_escaped_nul_is_text(self) -> None:
        assert parse_filter('a eq "\\u0000"') == Comparison(AttributePath("a"), Operator.EQ, "\x00")

    @pytest.mark.parametrize(
        ("text", "value"),
        [("7", 7), ("-0", 0), ("4.0", 4.0), ("1e2", 100.0), ("9" * MAX_DIGITS, int("9" * MAX_DIGITS))],
    )
    def test_numbers_without_fraction_and_exponent_are_integers(self, text: str, value: float) -> None:
        tree = parse_filter(f"a eq {text}")
        assert tree == Comparison(AttributePath("a"), Operator.EQ, value)
        assert isinstance(tree, Comparison)
        assert type(tree.value) is type(value)

    @pytest.mark.parametrize("text", ["1e999", "-1e999", "9" * (MAX_DIGITS + 1), "-" + "9" * 5000])
    def test_numbers_beyond_all_storage_are_refused(self, text: str) -> None:
        with pytest.raises(InvalidFilter, match=r"too large|more than 400 digits"):
            parse_filter(f"a eq {text}")


class TestParsePath:
    @given(patch_paths)
    def test_any_path_printed_parses_to_itself(self, path: PatchPath) -> None:
        inside = f"[{to_text(path.filter)}]" if path.filter else ""
        sub = f".{path.sub}" if path.sub else ""
        assert parse_path(f"{path.path}{inside}{sub}") == path

    @given(st.text() | syntax_pieces)
    def test_any_text_is_a_path_or_refused(self, text: str) -> None:
        with contextlib.suppress(InvalidPath, InvalidFilter):
            assert isinstance(parse_path(text), PatchPath)

    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("userName", PatchPath(AttributePath("userName"))),
            ("name.givenName", PatchPath(AttributePath("name", "givenName"))),
            ("members.$ref", PatchPath(AttributePath("members", "$ref"))),
            (f"{ENTERPRISE}:manager.value", PatchPath(AttributePath("manager", "value", ENTERPRISE))),
            (ENTERPRISE, PatchPath(AttributePath("User", uri=ENTERPRISE.removesuffix(":User")))),
            ("emails[primary pr]", PatchPath(AttributePath("emails"), Present(AttributePath("primary")))),
            (
                "emails[primary pr].value",
                PatchPath(AttributePath("emails"), Present(AttributePath("primary")), "value"),
            ),
        ],
    )
    def test_paths(self, text: str, path: PatchPath) -> None:
        assert parse_path(text) == path

    @pytest.mark.parametrize(
        ("text", "detail"),
        [
            ("", "At character 1: the text ends; expected the name of an attribute."),
            ("name.", "At character 6: the text ends; expected the name of an attribute."),
            ("name.a.b", "At character 7: '.b' is not expected here; expected '[' or the end."),
            ("/emails/0", "At character 1: '/emails/0' is not expected here; expected the name of an attribute."),
            ('emails[type eq "a"].', "At character 21: the text ends; expected the name of an attribute."),
            ('emails[type eq "a"].b.c', "At character 22: '.c' is not expected here; expected the end."),
            ("urn:example:x:2.0", "At character 15: '2.0' is not expected here; expected the name of an attribute."),
            ("userName pr", "At character 9: a space is not expected here; expected '[' or the end."),
            ("x" * 9000, "The path has 9000 characters; at most 8192 are read."),
        ],
    )
    def test_a_fault_outside_the_brackets_is_an_invalid_path(self, text: str, detail: str) -> None:
        with pytest.raises(InvalidPath) as refusal:
            parse_path(text)
        assert refusal.value.detail == detail

    @pytest.mark.parametrize(
        "text",
        [
            "emails[]",
            "emails[0].value",
            'emails[type is "work"]',
            'emails[type eq "work".value',
            'emails[type eq "]',
            'emails[type eq "\\ud800"]',
            "emails[a[b pr]]",
            "emails[" + "(" * 50 + "a pr" + ")" * 50 + "]",
        ],
    )
    def test_a_fault_inside_the_brackets_is_an_invalid_filter(self, text: str) -> None:
        with pytest.raises(InvalidFilter):
            parse_path(text)


class TestParseAttributePath:
    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("userName", AttributePath("userName")),
            ("name.givenName", AttributePath("name", "givenName")),
            (f"{ENTERPRISE}:department", AttributePath("department", uri=ENTERPRISE)),
        ],
    )
    def test_names(self, text: str, path: AttributePath) -> None:
        assert parse_attribute_path(text) == path
        assert str(path) == text

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", "the name"),
            (" userName", "the name"),
            ("a.b.c", "the end"),
            ("a[b pr]", "the end"),
            ("a" * 9000, "8192"),
        ],
    )
    def test_anything_else_is_refused(self, text: str, expected: str) -> None:
        with pytest.raises(InvalidPath, match=expected):
            parse_attribute_path(text)


WIDER = r"""
%import .scim (filter, patch_path, attribute_path, factor, value, value_path, NAME, OPERATOR, _AND, _BEGIN, _END, _DOT)
%override OPERATOR: / *(?:eq|ne|co|sw|ew|gt|ge|lt|le)(?![-\w]) */i
%override _AND: /[ \t]*and(?![-\w])[ \t]*/i
%override _BEGIN: /\[ */
%override _END: / *\]/
%extend value: WORD
%extend factor: value_path _DOT NAME OPERATOR value -> selected
WORD.-1: /[^\s"()\[\]]+/
"""


class WiderBuilder(TreeBuilder):
    def WORD(self, token: Token) -> str:  # noqa: N802
        return str(token)

    @v_args(inline=True)
    def selected(self, selection: ValuePath, name: str, operator: Operator, value: Value) -> ValuePath:
        return ValuePath(selection.path, Comparison(AttributePath(name), operator, value))


@pytest.fixture(scope="module")
def wider(tmp_path_factory: pytest.TempPathFactory) -> Parser:
    file: Path = tmp_path_factory.mktemp("grammar") / "wider.lark"
    file.write_text(WIDER, encoding="utf-8")
    return Parser(file, builder=WiderBuilder)


class TestAnotherGrammar:
    @pytest.mark.parametrize(
        ("wide", "strict"),
        [
            ('userName   eq"kim"', 'userName eq "kim"'),
            ("userName eq kim", 'userName eq "kim"'),
            ("title pr  AND\tactive eq true", "title pr and active eq true"),
            ('emails[ type eq "work" ]', 'emails[type eq "work"]'),
            ('emails[type eq "work"].value eq "x"', 'emails[value eq "x"]'),
        ],
    )
    def test_a_grammar_that_imports_this_one_reads_more_into_the_same_tree(
        self, wider: Parser, wide: str, strict: str
    ) -> None:
        assert wider.parse_filter(wide) == parse_filter(strict)
        with pytest.raises(InvalidFilter):
            parse_filter(wide)

    def test_its_refusals_are_told_alike(self, wider: Parser) -> None:
        with pytest.raises(InvalidFilter, match="At character 10: 'eqq' is no operator"):
            wider.parse_filter("userName eqq kim")
