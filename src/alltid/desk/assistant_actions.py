"""What the assistant did, as a part of the desk, for leads."""

from __future__ import annotations

from alltid.assistant.tools.action_records import ActionRecords
from alltid.desk.part import Ground, Part


def assistant_actions_part(ground: Ground) -> Part:
    """Let routes read the ledger of actions."""
    return Part("assistant_actions", ActionRecords(ground.pool, ground.clock))
