"""What the assistant did, as a part of the desk: for leads to read, and held against P5."""

from __future__ import annotations

from alltid.assistant.tools.action_records import ActionRecords
from alltid.desk.part import Ground, Part
from alltid.insights.action_watch import ActionWatch


def assistant_actions_part(ground: Ground) -> Part:
    """Let routes read the ledger of actions, and watch it."""
    records = ActionRecords(ground.pool, ground.clock)
    watch = ActionWatch(ground.pool, ground.clock)
    return Part("assistant_actions", records, loops={"only your own": watch.run})
