"""The parts of the desk beside the way of a message, one line each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from alltid.desk.arranging import arranging_part
from alltid.desk.assistant_actions import assistant_actions_part
from alltid.desk.copilot import copilot_part
from alltid.desk.knowledge import knowledge_part
from alltid.desk.lender import lender_part
from alltid.desk.part import Ground, Part
from alltid.desk.pay import pay_part
from alltid.desk.people import people_part
from alltid.desk.push import push_part
from alltid.desk.steering import steering_part
from alltid.desk.work_tools import work_tools_part

# Each makes its part from the common ground; a later one may not rely on an earlier one.
BUILDERS: Final[Sequence[Callable[[Ground], Part]]] = (
    people_part,
    arranging_part,
    push_part,
    pay_part,
    work_tools_part,
    steering_part,
    lender_part,
    knowledge_part,
    copilot_part,
    assistant_actions_part,
)


def build_parts(ground: Ground) -> list[Part]:
    """Put every part together; nothing runs yet."""
    return [build(ground) for build in BUILDERS]
