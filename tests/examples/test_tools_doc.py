"""docs/tools.md says what the example's tools take and answer: compared with what they do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from alltid.assistant.tools.tool import Principal, ToolCall
from alltid.examples.lender.api.catalogue import TOOLS
from alltid.examples.lender.customers import ISSUER
from alltid.examples.lender.fake import FakeLender
from alltid.kernel.clock import ManualClock
from tests.assistant.tools.lender import NOW, proposal, told

pytestmark = pytest.mark.anyio

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "tools.md").read_text()
EXAMPLE = re.compile(
    r"^#### `(\w+)` \((read|act)\)\n\n(.+?)\n\n```json\n(.+?)\n(.+?)\n```$", re.MULTILINE
)
EXAMPLES = {name: rest for name, *rest in EXAMPLE.findall(TEXT)}
CLOSABLE = 3


def test_each_tool_is_written_down_with_its_effect_words_and_address() -> None:
    assert list(EXAMPLES) == [tool.name for tool in TOOLS]
    for tool in TOOLS:
        effect, words, *_ = EXAMPLES[tool.name]
        assert effect == tool.effect
        assert words == f"{tool.description} `{tool.method} {tool.path}`"


def shape(value: Any) -> Any:
    """What is to be compared: all but handles, whose ends are left out in the document."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value[:2]]
    if isinstance(value, str):
        return re.sub(r"^([a-z_]+)-[a-z2-7]{4}(…|[a-z2-7]{20,})$", r"\1-…", value)
    return value


@pytest.mark.parametrize("name", EXAMPLES)
async def test_each_example_is_what_the_tool_answers(name: str) -> None:
    effect, _, arguments, answer = EXAMPLES[name]
    lender = FakeLender(ManualClock(NOW))
    who = Principal(ISSUER, "norrhem-1001")
    reads = lender.reads(who, "c1")
    executor = lender.executor(who, "c1")
    given = json.loads(arguments)
    for argument, value in given.items():
        if isinstance(value, str) and value.endswith("…"):
            given[argument] = await whole(reads, value.removesuffix("…"))
    if name.startswith("confirm_"):
        begun = name.replace("confirm", "request")
        await executor.act(proposal(begun, **json.loads(EXAMPLES[begun][2])), confirmed_by=1)
    if name == "request_account_closure":
        account = lender.system.accounts[who.subject]
        object.__setattr__(account, "invoices", (account.invoices[CLOSABLE],))
    if effect == "read":
        value = told(await reads.read(ToolCall(name, given)))
    else:
        value = told(await executor.act(proposal(name, **given), confirmed_by=2))
    shown = value[:1] if isinstance(value, list) else value
    said = json.loads(answer)
    for each in (said, shown):
        if isinstance(each, dict):
            each.pop("reference", None)
    assert shape(shown) == shape(said)


async def whole(reads: Any, beginning: str) -> str:
    """The handle that begins so; the fake's handles are the same in every run."""
    for tool in ("list_invoices", "list_payment_methods", "list_purchases"):
        for each in told(await reads.read(ToolCall(tool))):
            if each["handle"].startswith(beginning):
                found: str = each["handle"]
                return found
    raise AssertionError(beginning)
