"""docs/protocol.md describes what the sockets really speak."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path
from typing import Any

import pytest

from alltid.conversations.conversation import ATTACHMENTS_LIMIT, TEXT_LIMIT
from alltid.storage.webhooks import sign
from alltid.web import connection, frames

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "protocol.md").read_text()
SOURCES = [
    (ROOT / "src" / "alltid" / name).read_text()
    for name in (
        "web/connection.py",
        "web/customer_socket.py",
        "web/customer_line.py",
        "web/customer_signals.py",
        "web/arranging.py",
        "web/agent_socket.py",
        "web/agent_line.py",
        "web/agent_offers.py",
        "web/agent_thread.py",
        "agents/online_sessions.py",
        "agents/session_rules.py",
        "dispatch/acceptance.py",
        "dispatch/offer.py",
        "dispatch/offer_rows.py",
        "conversations/conversation.py",
        "dispatch/callback_book.py",
        "conversations/transcript.py",
        "storage/group_writer.py",
    )
]


def section(heading: str) -> str:
    """The text below a heading, up to the next of its level or above."""
    level = heading.split(" ", maxsplit=1)[0]
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)",
        DOCUMENT,
        re.MULTILINE | re.DOTALL,
    )
    assert found, heading
    return found[1]


def rows(heading: str) -> dict[str, set[str]]:
    """The frame types of a table, each with the names in its row."""
    table: dict[str, set[str]] = {}
    for line in section(heading).splitlines():
        cells = line.split(" | ")
        for name in re.findall(r"`(\w+)`", cells[0]) if line.startswith("| `") else ():
            table[name] = set(re.findall(r"`(\w+)`", line))
    return table


def incoming(schema: dict[str, Any]) -> dict[str, set[str]]:
    """Each frame type of a JSON Schema with its fields."""
    return {
        frame["properties"]["type"]["const"]: set(frame["properties"]) - {"type"}
        for frame in schema["$defs"].values()
        if "type" in frame.get("properties", {})
    }


@pytest.mark.parametrize(
    ("side", "heading"),
    [
        ("customer_to_server", "### From the customer"),
        ("agent_to_server", "### From the agent"),
    ],
)
def test_every_frame_to_the_server_is_described_with_its_fields(side: str, heading: str) -> None:
    spoken, described = incoming(frames.frames_schema()[side]), rows(heading)
    assert set(spoken) == set(described)
    missing = {name: fields - described[name] for name, fields in spoken.items()}
    assert {name: fields for name, fields in missing.items() if fields} == {}


@pytest.mark.parametrize(
    ("side", "heading"),
    [("server_to_customer", "### To the customer"), ("server_to_agent", "### To the agent")],
)
def test_every_frame_from_the_server_is_described_with_its_fields(side: str, heading: str) -> None:
    # Frames that both get are described with the customer's.
    spoken = incoming(frames.frames_schema()[side])
    described = rows("### To the customer") | rows(heading)
    common = rows("### To the customer")
    for name, fields in spoken.items():
        known = described[name] | common.get(name, set())
        assert fields <= known | {"conversation"}, name


def test_no_frame_is_sent_that_is_not_described() -> None:
    customer, agent = rows("### To the customer"), rows("### To the agent")
    sent = {name for text in SOURCES for name in re.findall(r'"type": "(\w+)"', text)}
    assert sent - {"string"} <= set(customer) | set(agent) | {"websocket"}


def test_every_kind_of_item_and_every_code_is_described() -> None:
    kinds = {name for text in SOURCES for name in re.findall(r'"kind": "(\w+)"', text)}
    kinds -= {"assistant", "agent"}  # who answers
    assert set(rows("### Items")) == kinds
    codes = {
        code
        for text in SOURCES
        for code in re.findall(r'(?:Refused|fail|_later)\(\s*(?:\w+, )*"(\w+)"', text)
    }
    assert codes <= set(rows("## Codes of errors"))


def test_every_closing_code_is_described() -> None:
    codes = {
        value
        for value in vars(connection).values()
        if isinstance(value, int) and not isinstance(value, bool) and 1000 < value < 5000
    }
    codes -= {connection.OUTBOX_FRAMES}
    described = {int(code) for code in re.findall(r"^\| (\d{4}) \|", DOCUMENT, re.MULTILINE)}
    assert described == codes


def test_the_bounds_said_are_the_bounds_kept() -> None:
    for said in (
        f"at most {frames.FRAME_BYTES_MAX // 1024} KiB",
        f"{TEXT_LIMIT:,} characters",
        f"at most {ATTACHMENTS_LIMIT} ids",
        f"({frames.HISTORY_MAX} at most)",
        f"more than {connection.STRIKES_LIMIT} frames",
        f"{connection.OUTBOX_FRAMES:,} frames or {connection.OUTBOX_BYTES // 1024**2} MiB",
        f"nothing was taken for {connection.SEND_SECONDS:.0f} seconds",
        f"no hello within {connection.HELLO_SECONDS:.0f} seconds",
    ):
        assert said in DOCUMENT, said


def test_the_example_that_checks_a_webhook_is_right() -> None:
    code = next(code for code in _python_blocks() if "def is_genuine" in code)
    names: dict[str, Any] = {}
    exec(compile(code, "protocol.md", "exec"), names)
    secret, body, now = "w" * 32, b'{"id":"x"}', 1_777_000_000
    signature = sign(secret, now, body)
    assert names["is_genuine"](secret, signature, body, now + 10.5)
    assert not names["is_genuine"](secret, signature, body + b" ", now)
    assert not names["is_genuine"](secret[::-1] + "x", signature, body, now)
    assert not names["is_genuine"](secret, signature, body, now + 301)
    assert hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest() in (
        signature
    )


def _python_blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
