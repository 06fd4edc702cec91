"""The retail shop of the outside data: its policy as playbooks, and its customers' tasks.

Nothing of the data is in the project. The tasks' expected actions are said to our engine, go
through its rules, the card, the yes and the check just before the action; the tool layer would
do anything. What is left behind is compared with a reference that shares no code with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from alltid.assistant.playbooks.effects import Ended, HandOff
from tests.outside_company.retail.cases import folder
from tests.outside_company.retail.customer import ACTIONS, asked_for, carried_out, talk_to
from tests.outside_company.retail.reference import Reference
from tests.outside_company.retail.shop import Books, Db, Session, read_db, who_is

pytestmark = pytest.mark.outside
# Nothing of these is asked of the shop's data: adding up, and who signs in.
ASIDE = {"calculate", "find_user_id_by_name_zip", "find_user_id_by_email"}


@pytest.fixture
def db() -> Db:
    where = folder()
    if where is None:
        pytest.skip("outside data is absent: set ALLTID_OUTSIDE_DATA to its folder")
    return read_db(where)


def tasks() -> list[Any]:
    where = folder()
    if where is None:
        return []
    return [
        task
        for file in sorted(where.glob("tasks*.json"))
        for task in orjson.loads(file.read_bytes())
    ]


def actions_of(task: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = task["evaluation_criteria"]["actions"] or []
    return [(each["name"], dict(each["arguments"])) for each in found]


def customer_of(db: Db, task: Mapping[str, Any]) -> str | None:
    """Return who signs in: whom the task's agent looks up, or else whose things it is about."""
    for name, arguments in actions_of(task):
        if name.startswith("find_user_id"):
            found = who_is(db, name, arguments)
            if found is not None:
                return found
    for _, arguments in actions_of(task):
        if "user_id" in arguments:
            return str(arguments["user_id"])
        if "order_id" in arguments:
            return str(db.orders[arguments["order_id"]]["user_id"])
    return None


def accepted(session: Session, name: str, arguments: Mapping[str, Any]) -> bool:
    if name in ASIDE:
        return True
    if name in ACTIONS:
        return carried_out(session, name, arguments)
    talk = talk_to(session)
    talk.say(asked_for(session, name, arguments))
    if name == "transfer_to_human_agents":
        return isinstance(talk.effect, HandOff) and talk.texts == [
            "YOU ARE BEING TRANSFERRED TO A HUMAN AGENT. PLEASE HOLD ON."
        ]
    if name == "get_order_details":
        own = session.books.user(session.user_id)["orders"]
        if arguments["order_id"] in own:
            return talk.texts[0].startswith(arguments["order_id"])
        # A slip in the number, or somebody else's: nothing is told but of one's own.
        return not talk.texts or talk.texts[0].startswith(tuple(own))
    return isinstance(talk.effect, Ended) and not talk.says[0].note


@pytest.mark.parametrize("task", tasks() or [None], ids=lambda task: task and str(task["id"]))
def test_what_a_task_expects_is_accepted_and_leaves_the_right_data(db: Db, task: Any) -> None:
    assert task is not None
    user_id = customer_of(db, task)
    if user_id is None:
        assert not [name for name, _ in actions_of(task) if name in ACTIONS]
        return
    books = Books(db)
    session = Session(books, user_id)
    reference = Reference(db.products, db.users, db.orders)
    for name, arguments in actions_of(task):
        broken = name in ACTIONS and reference.why_not(user_id, name, arguments)
        assert accepted(session, name, arguments) == (not broken), (name, arguments, broken)
        if name in ACTIONS and not broken:
            reference.do(name, arguments)
    assert books.changes() == reference.changes()


def test_what_the_tasks_expect_is_what_the_policy_allows(db: Db) -> None:
    assert tasks()
    done, broken = 0, {}
    for task in tasks():
        user_id = customer_of(db, task)
        reference = Reference(db.products, db.users, db.orders)
        for name, arguments in actions_of(task):
            if name not in ACTIONS:
                continue
            assert user_id is not None
            why = reference.why_not(user_id, name, arguments)
            if why is not None:
                broken[str(task["id"])] = why
                continue
            reference.do(name, arguments)
            done += 1
    assert done >= len(tasks())
    # A gift card of 17.00 is to pay a difference of 21.10: the task and the policy disagree, and
    # the policy is what is followed.
    known = {"105": "enough balance to cover the price difference"}
    there = {str(task["id"]) for task in tasks()}
    assert {task: why for task, why in broken.items() if task in known} == {
        task: why for task, why in known.items() if task in there
    }
    assert len(broken) * 20 <= len(tasks())
