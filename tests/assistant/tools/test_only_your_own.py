"""Whoever asks whatever with whatever handle reaches their own data and nothing else."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.assistant.tools.boundary import Allowed
from alltid.assistant.tools.handles import Handles, NotAHandle
from alltid.assistant.tools.tool import (
    ARGUMENTS_BYTES_MAX,
    Principal,
    ToolCall,
    ToolFailed,
    ToolResult,
    ToolSpec,
)
from alltid.examples.lender.api.catalogue import SPECS, TOOLS
from alltid.examples.lender.api.people import PEOPLE
from alltid.examples.lender.customers import ISSUER
from alltid.examples.lender.fake import FakeLender
from alltid.kernel.clock import ManualClock
from tests.assistant.tools.lender import ELIN, LUKAS, NOW, code_of, proposal, told

CONVERSATIONS = ("c1", "c2")
EVERYBODY = [Principal(ISSUER, subject) for subject in PEOPLE]
STRANGERS = [
    Principal("https://other.example", "norrhem-1001"),
    Principal(ISSUER, "norrhem-9999"),
    Principal("", ""),
]
WORLDS = [(who, where) for who in EVERYBODY for where in CONVERSATIONS]
READING = [tool.name for tool in TOOLS if tool.effect == "read"]
ACTING = [tool.name for tool in TOOLS if tool.effect == "act"]


def handles_in(value: Any) -> set[str]:
    """All handles of an answer: they alone have this form."""
    if isinstance(value, dict):
        return set().union(*map(handles_in, value.values()), set())
    if isinstance(value, list):
        return set().union(*map(handles_in, value), set())
    kinds = ("invoice-", "purchase-", "payment_method-", "return-", "refund-")
    return {value} if isinstance(value, str) and value.startswith(kinds) else set()


def seen_by(lender: FakeLender, who: Principal, where: str) -> dict[str, Any]:
    """Everything that a customer may read without choosing an object."""

    async def look() -> dict[str, Any]:
        reads = lender.reads(who, where)
        plain = [name for name in READING if not name.startswith("quote_")]
        return {name: told(await reads.read(ToolCall(name))) for name in plain}

    return asyncio.run(look())


LENDER = FakeLender(ManualClock(NOW))
SEEN = {world: seen_by(LENDER, *world) for world in WORLDS}
HANDLES = {world: sorted(handles_in(list(seen.values()))) for world, seen in SEEN.items()}
ALL_HANDLES = [(world, handle) for world, handles in HANDLES.items() for handle in handles]


def test_no_two_conversations_share_a_handle_and_none_holds_an_id_of_the_company() -> None:
    assert len({handle for _, handle in ALL_HANDLES}) == len(ALL_HANDLES) > 100
    for seen in SEEN.values():
        text = json.dumps(seen)
        for kind in ("inv-", "pur-", "met-", "ret-1", "ref-1"):
            assert kind not in text


def test_two_customers_ask_the_same_and_each_hears_of_themselves_only() -> None:
    elin, lukas = SEEN[ELIN, "c1"], SEEN[LUKAS, "c1"]
    for name in elin:
        assert elin[name] != lukas[name]
    numbers = {each["number"] for each in elin["list_invoices"]}
    assert numbers.isdisjoint(each["number"] for each in lukas["list_invoices"])
    # A turn that is done again sees the same.
    assert seen_by(LENDER, ELIN, "c1") == elin


odd_text = st.text(max_size=40) | st.sampled_from(
    [
        "inv-1001-01", "inv-1002-01", "pur-1002-90", "' OR 1=1 --", "'; DROP TABLE accounts; --",
        "../../v1/account", "norrhem-1002", "\u202eelin", "İ", "0", "null", "{{handle}}", "%00",
        "invoice-", "invoice-aaaa", "a" * 500,
    ]
)  # fmt: skip
a_handle = st.sampled_from(ALL_HANDLES)


@settings(max_examples=100)
@given(
    st.sampled_from(WORLDS + [(who, "c1") for who in STRANGERS]),
    st.sampled_from(SPECS),
    st.data(),
)
def test_nobody_reaches_anothers_data_with_any_tool_and_handle(
    world: tuple[Principal, str], spec: ToolSpec, data: st.DataObject
) -> None:
    who, where = world
    lender = FakeLender(ManualClock(NOW))
    arguments: dict[str, Any] = {}
    chosen = []
    for name in spec.arguments["properties"]:
        if name in spec.handles:
            chosen.append(data.draw(a_handle.map(lambda each: each) | odd_text.map(_of_nobody)))
            arguments[name] = chosen[-1][1]
        else:
            arguments[name] = data.draw(fitting(spec.arguments["properties"][name]))
    before = dict(lender.system.accounts)

    async def ask() -> ToolResult | ToolFailed:
        if spec.effect == "read":
            return await lender.reads(who, where).read(ToolCall(spec.name, arguments))
        return await lender.executor(who, where).act(
            proposal(spec.name, **arguments), confirmed_by=1
        )

    answer = asyncio.run(ask())
    others = {each: account for each, account in before.items() if each != who.subject}
    now = lender.system.accounts
    assert {each: now[each] for each in others} == others
    if any(whose != world for whose, _ in chosen):
        assert code_of(answer) in {"no_such_object", "bad_arguments"}
        assert now == before
    if isinstance(answer, ToolResult):
        assert who in EVERYBODY
        text = json.dumps(answer.value, default=list)
        for account in others.values():
            assert not any(each.number in text for each in account.invoices)
            assert account.name not in text


def _of_nobody(text: str) -> tuple[Any, str]:
    return None, text


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that mostly fit a property's schema."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    if "[0-9]{6}" in schema.get("pattern", ""):
        return st.sampled_from(["424242", "000000"])
    if "@" in schema.get("pattern", ""):
        return st.just("someone.new@example.org")
    return st.sampled_from(["SE", "Nygatan 1", "norrhem-1002", "lukas.brandt@example.de"])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | odd_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(odd_text, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100)
@given(
    st.sampled_from([*READING, *ACTING, "DROP", "", "__class__"]),
    st.dictionaries(st.sampled_from(["invoice", "days", "status", "customer_id"]) | odd_text,
        json_values, max_size=4) | json_values,
)  # fmt: skip
def test_hostile_arguments_are_answers_and_change_nothing(tool: str, arguments: Any) -> None:
    lender = FakeLender(ManualClock(NOW))

    async def ask() -> list[ToolResult | ToolFailed]:
        call = ToolCall(tool, arguments)
        return [
            await lender.reads(ELIN, "c1").read(call),
            await lender.executor(ELIN, "c1").act(
                proposal("x").__class__(call, "p", "s"), confirmed_by=1
            ),
        ]

    before = dict(lender.system.accounts)
    read, acted = asyncio.run(ask())
    if isinstance(read, ToolResult):
        assert tool in READING
    if isinstance(acted, ToolFailed):
        assert lender.system.accounts == before


@pytest.mark.parametrize(
    "arguments",
    [
        {"invoice": "a" * ARGUMENTS_BYTES_MAX, "days": 3},
        {"invoice": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}, "days": 3},
        {"invoice": "x", "days": 10**400},
        {"invoice": "x", "days": float("nan")},
        {"invoice": "x", "days": True},
        {"invoice": "x", "days": "3"},
        {"invoice": "x", "days": 3.5},
        {"invoice": "x", "days": 3, "customer_id": "norrhem-1002"},
        {"invoice": "x\0", "days": 3},
        {"invoice": "\ud800", "days": 3},
        {"invoice": ["x"], "days": 3},
        {"invoice": "x"},
        {1: "x"},
        [],
        None,
        "invoice",
    ],
)
def test_arguments_that_are_not_as_described_never_get_to_the_company(arguments: Any) -> None:
    handles = Handles(b"k").of("c1", ELIN)
    found = Allowed(SPECS).inward(ToolCall("quote_extension", arguments), "read", handles)
    assert isinstance(found, ToolFailed)
    assert found.code in {"bad_arguments", "no_such_object"}
    # The words say where and which rule, and repeat nothing of what was given.
    assert "norrhem" not in found.message


@given(st.text(max_size=60), st.sampled_from(["invoice", "purchase"]))
def test_a_handle_opens_to_what_was_sealed_and_nothing_else_opens(text: str, kind: str) -> None:
    handles = Handles(b"k").of("c1", ELIN)
    if len(text.encode("utf-8", "surrogatepass")) < 200 and text.isprintable():
        sealed = handles.seal(kind, text)
        assert handles.open(kind, sealed) == text
        for other in (
            Handles(b"k").of("c2", ELIN),
            Handles(b"k").of("c1", LUKAS),
            Handles(b"k").of("c1", Principal("", ELIN.issuer + ELIN.subject)),
            Handles(b"other").of("c1", ELIN),
        ):
            with pytest.raises(NotAHandle):
                other.open(kind, sealed)
        for changed in (sealed.upper(), sealed[:-1], sealed + "a", f"method{sealed}", sealed + "="):
            with pytest.raises(NotAHandle):
                handles.open(kind, changed)
        with pytest.raises(NotAHandle):
            handles.open("payment_method", sealed)
    with pytest.raises(NotAHandle):
        handles.open(kind, text)


def test_numbers_stay_numbers_and_long_ids_are_refused() -> None:
    handles = Handles(b"k").of("c1", ELIN)
    assert handles.open("order", handles.seal("order", 42)) == 42
    assert handles.open("order", handles.seal("order", "42")) == "42"
    with pytest.raises(NotAHandle):
        handles.seal("order", "x" * 300)


def outward(value: Any) -> ToolResult | ToolFailed:
    spec = ToolSpec("t", "", "read", {"type": "object"}, handles={"id": "order", "order": "order"})
    handles = Handles(b"k").of("c1", ELIN)
    return Allowed([spec]).outward(spec, ToolCall("t"), value, handles)


def test_results_are_bounded_and_ids_that_nobody_named_are_dropped() -> None:
    value = told(
        outward([{"id": 7, "order": None, "customer_id": "x", "userId": 3, "paid": 1, "t": "a\0b"}])
    )
    assert value[0].pop("handle").startswith("order-")
    assert value == [{"order": None, "paid": 1, "t": "ab"}]
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    assert code_of(outward(deep)) == "too_large"
    assert code_of(outward("x" * 70_000)) == "too_large"
    assert code_of(outward({"id": {"a": 1}})) == "bad_result"
    assert code_of(outward({"id": True})) == "bad_result"
    assert code_of(outward(object())) == "bad_result"


def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two tools"):
        Allowed([SPECS[0], SPECS[0]])


def test_lists_of_handles_open_one_by_one_and_other_things_do_not() -> None:
    arguments = {
        "type": "object",
        "properties": {"orders": True, "in": {"type": "object"}},
        "additionalProperties": False,
    }
    spec = ToolSpec("t", "", "read", arguments, handles={"orders": "order"})
    handles = Handles(b"k").of("c1", ELIN)
    allowed = Allowed([spec])
    one, two = handles.seal("order", 1), handles.seal("order", "two")
    for chosen, opened in (
        ({"orders": [one, two]}, {"orders": [1, "two"]}),
        ({"orders": None}, {"orders": None}),
        ({"in": {"deep": [{"orders": one}]}}, {"in": {"deep": [{"orders": 1}]}}),
    ):
        inward = allowed.inward(ToolCall("t", chosen), "read", handles)
        assert not isinstance(inward, ToolFailed)
        assert inward.arguments == opened
    wrong = allowed.inward(ToolCall("t", {"orders": [5]}), "read", handles)
    assert isinstance(wrong, ToolFailed)
    assert wrong.code == "no_such_object"
    sealed = allowed.outward(spec, ToolCall("t"), {"orders": [1, None]}, handles)
    assert told(sealed) == {"orders": [one, None]}
