"""Which media type an answer has."""

from __future__ import annotations

import pytest

from scim.protocol.media_types import JSON, SCIM, answer_type


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        pytest.param(None, SCIM, id="P-06 no Accept"),
        pytest.param("", SCIM, id="P-06 empty"),
        pytest.param("*/*", SCIM, id="P-06 anything"),
        pytest.param("application/*", SCIM, id="P-06 any application type"),
        pytest.param("application/scim+json", SCIM, id="P-01"),
        pytest.param("application/json", JSON, id="P-02"),
        pytest.param("Application/JSON; charset=utf-8", JSON, id="P-02 with parameters"),
        pytest.param("application/json;q=0.5", JSON, id="P-02 with a weight"),
        pytest.param("application/json, application/scim+json", SCIM, id="both"),
        pytest.param("application/json, */*;q=0.1", SCIM, id="JSON among others"),
        pytest.param("application/json, application/scim+json;q=0", JSON, id="P-06 weight 0 is not asked for"),
        pytest.param("application/json;q=0.0", SCIM, id="P-06 JSON not asked for"),
        pytest.param("application/json,", JSON, id="a stray comma"),
        pytest.param("text/html", SCIM, id="P-06 nothing fits"),
    ],
)
def test_json_is_answered_where_it_alone_is_asked_for(accept: str | None, answer: str) -> None:
    assert answer_type(accept) == answer
