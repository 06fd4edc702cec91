"""A customer of the shop: an action of the tasks, said to our engine step by step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from alltid.assistant.dialogue.commands import Affirm, SlotValue, StartPlaybook
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.reading import files_in, read_library
from tests.assistant.playbooks.company import Company, Talk
from tests.outside_company.retail.shop import Session

PLAYBOOKS = {
    "cancel_pending_order": "cancel_order",
    "modify_pending_order_address": "change_order_address",
    "modify_pending_order_payment": "change_payment",
    "modify_pending_order_items": "change_items",
    "return_delivered_order_items": "return_items",
    "exchange_delivered_order_items": "exchange_items",
    "modify_user_address": "change_own_address",
    "get_order_details": "show_order",
    "get_user_details": "show_profile",
    "get_product_details": "show_product",
    "get_item_details": "show_product",
    "transfer_to_human_agents": "other_requests",
}
ACTIONS = frozenset(name for name in PLAYBOOKS if not name.startswith(("get_", "transfer_")))


@cache
def playbooks() -> Library:
    return read_library(files_in([Path(__file__).parent / "playbooks"]))


def talk_to(session: Session) -> Talk:
    return Talk(company=cast("Company", session), books=playbooks())


def asked_for(session: Session, name: str, arguments: Mapping[str, Any]) -> StartPlaybook:
    """Say an action of the tasks as a customer's wish: what is named, by slot."""
    slots: dict[str, SlotValue] = {}
    for argument, value in arguments.items():
        match argument:
            case "order_id":
                slots["order"] = value
            case "item_ids":
                slots["lines"] = ", ".join(lines_of(session, arguments["order_id"], value))
            case "new_item_ids":
                slots["wanted"] = ", ".join(value)
            case "payment_method_id":
                slots["method"] = session.handle("method", value)
            case "address2":
                slots["has_second"] = bool(value)
                slots |= {"address2": value} if value else {}
            case "product_id" | "item_id":
                slots |= {"kind": argument.removesuffix("_id"), "number": value}
            case "user_id" | "summary":
                pass  # who it is comes from the session, and nobody has to say why
            case _:
                slots[argument] = value
    return StartPlaybook(PLAYBOOKS[name], slots)


def lines_of(session: Session, order_id: str, item_ids: list[str]) -> list[str]:
    """Return the lines of an order that are meant by items: two alike are two lines."""
    items = [each["item_id"] for each in session.books.order(order_id)["items"]]
    found: list[str] = []
    for item in item_ids:
        at = items.index(item)
        items[at] = ""
        found.append(session.handle("line", order_id, str(at)))
    return found


def carried_out(session: Session, name: str, arguments: Mapping[str, Any]) -> bool:
    """Ask for an action, look at the card, say yes; tell whether exactly that was done."""
    talk = talk_to(session)
    talk.say(asked_for(session, name, arguments))
    if talk.dialogue.question is None or talk.dialogue.question.kind != "confirm":
        return False
    before = len(session.did)
    talk.say(Affirm())
    return session.did[before:] == [(name, dict(arguments))]
