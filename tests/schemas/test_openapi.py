from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from scim.protocol.attributes.registry import builtin_registry
from scim.protocol.discovery import Features, all_documents, discovery_list, service_provider_config
from scim.schemas.openapi import openapi_document
from tests.schemas.document import (
    REGISTRIES,
    ROOT,
    accepts,
    document,
    nodes,
    operations,
    references,
    resolve,
    validator,
)

BASE = "/scim/v2"
READ = {"400", "401", "403", "429", "500", "503"}
BODY = {"409", "413", "415"}
STATUSES = {
    ("GET", "s"): READ | {"200"},
    ("POST", "s"): READ | BODY | {"201", "412"},
    ("POST", "s/.search"): READ | {"200", "413", "415"},
    ("GET", "s/{id}"): READ | {"200", "304", "404"},
    ("PUT", "s/{id}"): READ | BODY | {"200", "204", "404", "412", "428"},
    ("PATCH", "s/{id}"): READ | BODY | {"200", "204", "404", "412", "428"},
    ("DELETE", "s/{id}"): READ | {"204", "404", "409", "412", "428"},
}
EVERYTHING = [("GET", "/"), ("POST", "/.search"), ("POST", "/Bulk")]
EVERYTHING += [(method, "/Me") for method in ("GET", "PUT", "PATCH", "DELETE")]
DISCOVERY = ["ServiceProviderConfig", "ResourceTypes", "ResourceTypes/{id}", "Schemas", "Schemas/{id}"]
SCIM_TYPES = {
    ("GET", "/Users"): {
        *("invalidFilter", "invalidPath", "invalidSyntax", "invalidValue"),
        *("invalidCursor", "expiredCursor", "invalidCount"),
    },
    ("POST", "/Users"): {"invalidSyntax", "invalidValue"},
    ("PUT", "/Users/{id}"): {"invalidSyntax", "invalidValue", "mutability"},
    ("PATCH", "/Groups/{id}"): {
        "invalidFilter",
        "invalidPath",
        "invalidSyntax",
        "invalidValue",
        "mutability",
        "noTarget",
    },
}
TYPES = [("User", "Users"), ("Group", "Groups")]


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["paths"][path][method.lower()]
    return found


@pytest.mark.parametrize("name", REGISTRIES)
class TestForm:
    def test_it_is_openapi_3_1(self, name: str) -> None:
        schemathesis.openapi.from_dict(document(name)).validate()
        assert document(name)["openapi"] == "3.1.0"

    def test_every_reference_names_a_component(self, name: str) -> None:
        body = document(name)
        for reference in references(body):
            assert resolve(body, {"$ref": reference})

    def test_every_component_is_used(self, name: str) -> None:
        body = document(name)
        sections = {key: section for key, section in body["components"].items() if key != "securitySchemes"}
        declared = {f"#/components/{section}/{key}" for section, entries in sections.items() for key in entries}
        assert declared == references(body)

    def test_every_schema_is_json_schema(self, name: str) -> None:
        body = document(name)
        for node in nodes(body):
            if "schema" in node and isinstance(node["schema"], dict):
                assert validator(body, node["schema"])
        for schema in body["components"]["schemas"].values():
            jsonschema_rs.meta.validate(schema)

    def test_every_example_fits_its_schema(self, name: str) -> None:
        body = document(name)
        fitting = 0
        for node in nodes([body["paths"], body["components"]["responses"]]):
            for example in node.get("examples", {}).values() if "schema" in node else ():
                validator(body, node["schema"]).validate(resolve(body, example)["value"])
                fitting += 1
        assert fitting

    def test_operation_ids_are_unique(self, name: str) -> None:
        ids = [operation["operationId"] for _, _, operation in operations(document(name))]
        assert len(ids) == len(set(ids))

    def test_every_tag_is_declared(self, name: str) -> None:
        used = {tag for _, _, operation in operations(document(name)) for tag in operation["tags"]}
        assert used == {tag["name"] for tag in document(name)["tags"]}


class TestOperations:
    def test_each_type_has_all_and_besides_there_are_discovery_and_health(self) -> None:
        expected = {(method, f"{BASE}/{kind}{path}") for kind, _ in TYPES for method, path in STATUSES}
        expected |= {("GET", f"{BASE}/{path}") for path in DISCOVERY} | {("GET", "/healthz"), ("GET", "/readyz")}
        expected |= {(method, BASE + path) for method, path in EVERYTHING}
        expected.add(("GET", f"{BASE}/Groups/{{id}}/members"))
        assert {(method, path) for method, path, _ in operations(document())} == expected

    @pytest.mark.parametrize(("kind", "endpoint"), TYPES)
    @pytest.mark.parametrize(("method", "path"), STATUSES)
    def test_each_names_every_status_it_may_answer(self, kind: str, endpoint: str, method: str, path: str) -> None:
        answers = set(operation(method, f"{BASE}/{kind}{path}")["responses"])
        assert answers == STATUSES[method, path]

    @pytest.mark.parametrize(("method", "path"), SCIM_TYPES)
    def test_a_bad_request_names_the_scim_types_there_are(self, method: str, path: str) -> None:
        response = resolve(document(), operation(method, BASE + path)["responses"]["400"])
        schema = response["content"]["application/scim+json"]["schema"]
        assert set(schema["properties"]["scimType"]["enum"]) == SCIM_TYPES[method, path]

    def test_bodies_go_in_and_out_in_both_media_types(self) -> None:
        for _, path, one in operations(document()):
            bodies = [resolve(document(), response) for response in one["responses"].values()]
            bodies += [one["requestBody"]] if "requestBody" in one else []
            for body in bodies:
                if path.startswith(BASE) and "content" in body:
                    assert list(body["content"]) == ["application/scim+json", "application/json"]

    def test_a_list_takes_filter_sorting_paging_and_shape(self) -> None:
        parameters = operation("GET", f"{BASE}/Users")["parameters"]
        names = [resolve(document(), parameter)["name"] for parameter in parameters]
        shape = ("attributes", "excludedAttributes")
        assert names == ["filter", "sortBy", "sortOrder", "startIndex", "count", "cursor", *shape]

    @pytest.mark.parametrize(
        ("method", "conditions"),
        [
            ("GET", {"If-None-Match"}),
            ("PUT", {"Prefer", "If-Match", "If-None-Match"}),
            ("PATCH", {"Prefer", "If-Match", "If-None-Match"}),
            ("DELETE", {"If-Match"}),
        ],
    )
    def test_conditions_are_headers(self, method: str, conditions: set[str]) -> None:
        parameters = [resolve(document(), entry) for entry in operation(method, f"{BASE}/Users/{{id}}")["parameters"]]
        assert {entry["name"] for entry in parameters if entry["in"] == "header"} == conditions
        assert [entry["name"] for entry in parameters if entry.get("required")] == ["id"]

    @pytest.mark.parametrize(
        ("status", "header"), [("401", "WWW-Authenticate"), ("429", "Retry-After"), ("503", "Retry-After")]
    )
    def test_errors_that_tell_what_to_do_next_do_so_in_a_header(self, status: str, header: str) -> None:
        response = resolve(document(), operation("GET", f"{BASE}/Users")["responses"][status])
        assert list(response["headers"]) == [header]

    @pytest.mark.parametrize(("method", "status"), [("GET", "200"), ("GET", "304"), ("PUT", "200"), ("PATCH", "200")])
    def test_one_resource_comes_with_place_and_version(self, method: str, status: str) -> None:
        response = operation(method, f"{BASE}/Users/{{id}}")["responses"][status]
        assert set(response["headers"]) == {"Location", "ETag"}


class TestSecurity:
    def test_a_bearer_token_is_asked_for_where_nothing_else_is_said(self) -> None:
        assert document()["security"] == [{"bearer": []}]
        assert document()["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"

    def test_discovery_takes_a_token_but_needs_none_and_health_takes_none(self) -> None:
        for _, path, one in operations(document()):
            if path.removeprefix(f"{BASE}/") in DISCOVERY:
                assert one["security"] == [{}, {"bearer": []}]
            elif path.startswith(BASE):
                assert "security" not in one
            else:
                assert one["security"] == []


class TestDiscoveryDocuments:
    FEATURES = Features(
        max_results=1000,
        default_page_size=100,
        bulk_max_operations=1000,
        bulk_max_payload_bytes=8_000_000,
        cursor_timeout=3600,
    )

    def schema(self, path: str) -> dict[str, Any]:
        content = operation("GET", f"{BASE}/{path}")["responses"]["200"]["content"]
        found: dict[str, Any] = content["application/scim+json"]["schema"]
        return found

    def test_what_the_server_offers_fits(self) -> None:
        config = service_provider_config(self.FEATURES, base_url=ROOT + BASE)
        validator(document(), self.schema("ServiceProviderConfig")).validate(config)
        del config["patch"]
        assert not accepts(document(), self.schema("ServiceProviderConfig"), config)

    @pytest.mark.parametrize("name", REGISTRIES)
    @pytest.mark.parametrize("what", ["ResourceTypes", "Schemas"])
    def test_resource_types_and_schemas_fit(self, name: str, what: str) -> None:
        documents = [*all_documents(REGISTRIES[name](), base_url=ROOT + BASE)[what].values()]
        validator(document(), self.schema(what)).validate(discovery_list(documents))
        for one in documents:
            validator(document(), self.schema(f"{what}/{{id}}")).validate(one)
            assert not accepts(document(), self.schema(f"{what}/{{id}}"), one | {"surprise": 1})


class TestHealth:
    @pytest.mark.parametrize(
        ("path", "status", "body"),
        [
            ("/healthz", "200", {"status": "ok"}),
            ("/readyz", "200", {"status": "ready"}),
            ("/readyz", "503", {"status": "not ready", "reason": "Migrations are pending."}),
        ],
    )
    def test_answers_fit(self, path: str, status: str, body: dict[str, str]) -> None:
        response = operation("GET", path)["responses"][status]
        schema = response["content"]["application/json"]["schema"]
        assert accepts(document(), schema, body)
        assert not accepts(document(), schema, {"status": "perhaps"})


def test_server_version_and_base_path_are_as_given() -> None:
    made = openapi_document(builtin_registry(), server_url="https://h.test/idp", version="9.9", base_path="/x")
    assert made["servers"] == [{"url": "https://h.test/idp"}]
    assert made["info"]["version"] == "9.9"
    assert "/x/Users" in made["paths"]
    shown = made["components"]["examples"]["User.example.shown"]["value"]
    assert shown["meta"]["location"].startswith("https://h.test/idp/x/Users/")
