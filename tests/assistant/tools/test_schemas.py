"""No tool has an argument for who the customer is: the rule, over all schemas there are."""

from __future__ import annotations

from typing import Any

import pytest

from alltid.assistant.tools.declared import AllowedTool
from alltid.assistant.tools.identity import (
    identity_arguments,
    names_an_identity,
    takes_any_field,
)
from alltid.assistant.tools.importing import ToolsRefused, take_in
from alltid.assistant.tools.mcp_tools import read_listing
from alltid.assistant.tools.openapi_tools import read_document
from alltid.assistant.tools.tool import ToolSpec
from alltid.examples.lender.api.app import lender_app
from alltid.examples.lender.api.catalogue import SPECS, TOOLS, schema_of
from alltid.examples.lender.api.described import lender_allow_list, lender_operations
from alltid.examples.lender.api.memory import MemoryLender
from alltid.examples.lender.api.tokens import LenderTokens
from alltid.examples.lender.customers import ISSUER
from alltid.kernel.clock import ManualClock
from tests.assistant.tools.lender import KEYS

# Every argument that may carry a contact detail, by tool: new ones, of the signed-in customer.
NEW_CONTACT_DETAILS = {("request_email_change", "email")}


def over_openapi() -> tuple[ToolSpec, ...]:
    clock = ManualClock()
    app = lender_app(MemoryLender(clock, ISSUER), LenderTokens(KEYS), clock)
    return read_document(app.openapi(), lender_allow_list()).specs


def over_mcp() -> tuple[ToolSpec, ...]:
    listed = [(tool.name, tool.description, schema_of(tool.arguments)) for tool in TOOLS]
    return read_listing(listed, lender_allow_list())


@pytest.mark.parametrize("specs", [SPECS, over_openapi(), over_mcp()], ids=["own", "api", "mcp"])
def test_no_schema_names_a_customer_or_takes_any_field(specs: tuple[ToolSpec, ...]) -> None:
    assert len(specs) == 23
    named = {(spec.name, each) for spec in specs for each in identity_arguments(spec.arguments)}
    assert named == NEW_CONTACT_DETAILS
    assert [spec.name for spec in specs if takes_any_field(spec.arguments)] == []


def test_the_lenders_description_leads_to_the_tools_that_the_desk_uses() -> None:
    clock = ManualClock()
    app = lender_app(MemoryLender(clock, ISSUER), LenderTokens(KEYS), clock)
    described = read_document(app.openapi(), lender_allow_list())
    assert dict(described.operations) == lender_operations()
    own = {spec.name: spec for spec in SPECS}
    for spec in described.specs:
        assert spec.effect == own[spec.name].effect
        assert spec.handles == dict(own[spec.name].handles)
        assert set(spec.arguments["properties"]) == set(own[spec.name].arguments["properties"])
        assert set(spec.arguments["required"]) == set(own[spec.name].arguments["required"])


@pytest.mark.parametrize(
    "name",
    [
        "customer", "customer_id", "customerId", "CustomerID", "userId", "user", "uid", "e_mail",
        "email", "contactEmail", "ssn", "account_number", "accountNumber", "account", "phone",
        "on_behalf_of", "subject", "sub", "principal", "member-no", "personal_number", "iban",
        "X-User", "usuario", "kund_id", "tenant",
    ],
)  # fmt: skip
def test_words_for_a_person_or_an_account_are_known(name: str) -> None:
    assert names_an_identity(name)


@pytest.mark.parametrize(
    "name", ["invoice", "days", "method", "purchase", "reason", "street", "city", "code", "order"]
)
def test_words_for_things_are_none(name: str) -> None:
    assert not names_an_identity(name)


def hidden(inner: dict[str, Any]) -> list[dict[str, Any]]:
    """Schemas in which `inner` is somewhere."""
    wrapped = {"type": "object", "properties": inner, "additionalProperties": False}
    return [
        {"properties": inner},
        {"properties": {"filter": wrapped}},
        {"properties": {"list": {"type": "array", "items": wrapped}}},
        {"properties": {"either": {"anyOf": [{"type": "null"}, wrapped]}}},
        {"properties": {"lent": {"$ref": "#/$defs/Lent"}}, "$defs": {"Lent": wrapped}},
    ]


@pytest.mark.parametrize("schema", hidden({"customer_id": {"type": "string"}}))
def test_a_tool_that_would_take_a_customer_is_not_taken_in(schema: dict[str, Any]) -> None:
    with pytest.raises(ToolsRefused, match="customer_id"):
        take_in("list_orders", "", schema, AllowedTool(effect="read"), schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"filter": {"type": "object"}}},
        {"properties": {"filter": {"type": "object", "additionalProperties": True}}},
        {"properties": {"all": {"type": "array", "items": {"type": "object"}}}},
    ],
)
def test_a_tool_that_takes_any_field_is_not_taken_in(schema: dict[str, Any]) -> None:
    with pytest.raises(ToolsRefused, match="any fields"):
        take_in("search", "", schema, AllowedTool(effect="read"), schema)


def test_what_may_be_left_out_is_left_out_and_what_is_needed_is_not() -> None:
    schema = {
        "properties": {"user": {"type": "string"}, "page": {"type": "integer"}},
        "required": ["page"],
    }
    allowed = AllowedTool(
        effect="read", leave_out=("user",), limits={"page": {"minimum": 1, "maximum": 5}}
    )
    spec = take_in("list_orders", "Orders.", schema, allowed, schema)
    assert spec.arguments == {
        "type": "object",
        "properties": {"page": {"type": "integer", "minimum": 1, "maximum": 5}},
        "required": ["page"],
        "additionalProperties": False,
    }
    with pytest.raises(ToolsRefused, match="can't be left out"):
        take_in("x", "", schema, AllowedTool(effect="read", leave_out=("page",)), schema)
    with pytest.raises(ToolsRefused, match="no argument"):
        take_in("x", "", schema, AllowedTool(effect="read", identity=("mail",)), schema)


def test_ids_become_handles_at_any_depth() -> None:
    schema = {
        "properties": {
            "order_id": {"type": "integer", "description": "which"},
            "item_ids": {"type": "array", "items": {"type": "integer"}, "maxItems": 3},
        },
        "required": ["order_id"],
    }
    allowed = AllowedTool(effect="act", handles={"order_id": "order", "item_ids": "item"})
    spec = take_in("cancel", "", schema, allowed, schema)
    one = {"type": "string", "maxLength": 400, "minLength": 1}
    assert spec.arguments["properties"] == {
        "order_id": {**one, "description": "which"},
        "item_ids": {"type": "array", "items": one, "maxItems": 3},
    }


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"$ref": "#/properties/a"}}},
        {"properties": {"a": {"$ref": "https://other.example/schema"}}},
        {"properties": {"a": {"$ref": "#/nowhere"}}},
        {"properties": {str(n): {"type": "string"} for n in range(41)}},
    ],
)
def test_schemas_that_lead_nowhere_or_on_for_ever_are_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(ToolsRefused):
        take_in("x", "", schema, AllowedTool(effect="read"), schema)


def test_schemas_that_are_none_or_never_end_name_nothing_and_take_anything() -> None:
    endless: dict[str, Any] = {"type": "array"}
    endless["items"] = endless
    assert identity_arguments(endless) == []
    assert takes_any_field(endless)
    assert not takes_any_field({"type": "array", "items": True})
    closed: dict[str, Any] = {"additionalProperties": False}
    assert takes_any_field(closed | {"patternProperties": {"^a": {"type": "string"}}})
    kept = take_in("x", "", {"properties": {"a": True}}, AllowedTool(effect="read"), {})
    assert kept.arguments["properties"] == {"a": True}
