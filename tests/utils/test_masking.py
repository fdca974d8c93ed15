"""No secret passes into a log or an audit record, however the request spells it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scim.utils.masking import mask_filter, mask_secrets

URN = "urn:ietf:params:scim:schemas:core:2.0:User"
SECRET = "hunter2"


class TestMaskSecrets:
    @pytest.mark.parametrize(
        "body",
        [
            {"password": SECRET},
            {"PassWord": SECRET},
            {f"{URN}:password": SECRET},
            {URN: {"password": SECRET}},
            {"a": [{"b": {"password": [SECRET, {"x": SECRET}]}}]},
            {"password": {"value": SECRET}},
            {"password.value": SECRET},
            {"op": "replace", "path": "password", "value": SECRET},
            {"OP": "Replace", "Path": "PASSWORD", "Value": SECRET},
            {"value": SECRET, "path": "password"},
            {"op": "replace", "path": f"{URN}:password", "value": SECRET},
            {"op": "replace", "path": "password.value", "value": SECRET},
            {"op": "replace", "path": 'password[type eq "a:b]"].value', "value": SECRET},
            {"op": "replace", "path": f'{URN}:credentials[type eq "a:b"].password', "value": {"x": SECRET}},
            {"op": "remove", "path": f'credentials[password eq "{SECRET}"]'},
            {"op": "replace", "path": "/password", "value": SECRET},
            {"op": "replace", "path": '"password"', "value": SECRET},
            {"op": "replace", "path": "password]", "value": SECRET},
            {"op": "remove", "path": f'password[value eq "{SECRET}"]'},
            {"op": "add", "value": {"password": SECRET}},
            {"op": "add", "value": {f"{URN}:password": SECRET}},
            {"Operations": [{"method": "POST", "path": "/Users", "data": {"password": SECRET}}]},
            {"Operations": [{"method": "PATCH", "data": {"Operations": [{"path": "password", "value": SECRET}]}}]},
            {"filter": f'userName eq "a" and password eq "{SECRET}"'},
        ],
    )
    def test_a_secret_is_gone(self, body: Any) -> None:
        masked = mask_secrets(body)
        assert SECRET not in str(masked)
        assert "***" in str(masked)

    @pytest.mark.parametrize(
        "body",
        [
            {"password": None, "userName": "a", "active": True, "n": 1},
            {"op": "remove", "path": "password"},
            {"op": "replace", "path": "password", "value": None},
            {"op": "replace", "path": 'emails[type eq "password"].value', "value": "a@example.com"},
            {"op": "replace", "path": "passwordHint", "value": "x"},
            {"path": 5, "value": "x"},
            {"path": "/Users/1", "value": "x"},
            "password",
            [],
        ],
    )
    def test_everything_else_stays(self, body: Any) -> None:
        assert mask_secrets(body) == body

    def test_the_body_itself_is_not_changed(self) -> None:
        body = {"Operations": [{"path": "password", "value": SECRET}]}
        before = copy.deepcopy(body)
        mask_secrets(body)
        assert body == before

    def test_a_mask_may_be_told_from_any_value(self) -> None:
        mark = object()
        assert mask_secrets([{"password": "***"}, {"path": "password", "value": "x"}], mask=mark) == [
            {"password": mark},
            {"path": "password", "value": mark},
        ]

    def test_names_are_given_in_any_case(self) -> None:
        assert mask_secrets({"apikey": "x", "password": "y"}, {"apiKey"}) == {"apikey": "***", "password": "y"}


class TestMaskFilter:
    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            ('password eq "x"', "password eq ***"),
            (f'{URN}:Password SW "x y"', f"{URN}:Password SW ***"),
            ('a eq "b" or (password co "x\\"y") and c pr', 'a eq "b" or (password co ***) and c pr'),
            ("password eq 'x y'", "password eq ***"),
            ("password eq x)", "password eq ***)"),
            ('password eq "x', "password eq ***"),
            ('password.value eq "x"', "password.value eq ***"),
            ('mypassword eq "x"', 'mypassword eq "x"'),
            ('password[value eq "x]y" or a eq "b"]', "password[***]"),
            ('password [type eq "x', "password [***"),
            ("password pr", "password pr"),
        ],
    )
    def test_masks_what_a_secret_is_compared_with(self, text: str, masked: str) -> None:
        assert mask_filter(text) == masked

    def test_without_names_nothing_is_masked(self) -> None:
        assert mask_filter('password eq "x"', ()) == 'password eq "x"'
