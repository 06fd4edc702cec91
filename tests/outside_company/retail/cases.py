"""Actions that the policy allows, made up from the outside data by throwing dice."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.assistant.understanding.sentences import outside_data
from tests.outside_company.retail.customer import ACTIONS
from tests.outside_company.retail.reference import Reference
from tests.outside_company.retail.shop import ITEMS_MODIFIED, Books, Db, Session, read_db

CHANGES = ("modify_pending_order_items", "exchange_delivered_order_items")
OF_AN_ORDER = tuple(sorted(ACTIONS - {"modify_user_address"}))
STATUSES = (
    "pending", "processed", "delivered", "cancelled", ITEMS_MODIFIED, "return requested",
    "exchange requested",
)  # fmt: skip


@cache
def folder() -> Path | None:
    """Where the shop's data lie; None when they are absent."""
    data = outside_data()
    return data / "tau3_retail" if data is not None else None


@cache
def by_status(where: Any, status: str) -> list[str]:
    return [key for key, order in read_db(where).orders.items() if order["status"] == status]


class NoSuchCase(Exception):  # noqa: N818  it is what the dice say
    """The dice fell so that there is no such case: they are thrown again."""


class Case:
    """A customer, an action that the policy allows, and the data as they are then."""

    def __init__(self, db: Db, dice: Random, name: str) -> None:
        self.db, self.dice, self.name = db, dice, name
        status = "delivered" if "delivered" in name else "pending"
        self.order_id = self.any_of(by_status(folder(), status))
        self.books = Books(db)
        self.user_id = str(self.order["user_id"])
        self.arguments = {"order_id": self.order_id, **self._more()}

    def any_of(self, choices: Any) -> Any:
        choices = list(choices)
        if not choices:
            raise NoSuchCase
        return self.dice.choice(choices)

    @property
    def order(self) -> Any:
        return self.books.order(self.order_id)

    @property
    def methods(self) -> Any:
        return self.books.user(self.user_id)["payment_methods"]

    @property
    def original(self) -> str:
        return str(self.order["payment_history"][0]["payment_method_id"])

    def _more(self) -> dict[str, Any]:
        match self.name:
            case "cancel_pending_order":
                return {"reason": self.any_of(["no longer needed", "ordered by mistake"])}
            case "modify_pending_order_address":
                return self._address()
            case "modify_pending_order_payment":
                total = self.order["payment_history"][0]["amount"]
                fitting = [
                    key
                    for key, each in self.methods.items()
                    if key != self.original and each.get("balance", total) >= total
                ]
                return {"payment_method_id": self.any_of(fitting)}
            case "return_delivered_order_items":
                cards = [k for k, each in self.methods.items() if each["source"] == "gift_card"]
                return {
                    "item_ids": [each["item_id"] for each in self._lines()],
                    "payment_method_id": self.any_of([self.original, *cards]),
                }
        lines = self._lines()
        new = [self.any_of(self.variants(each, available=True)) for each in lines]
        plain = [k for k, each in self.methods.items() if each["source"] != "gift_card"]
        return {
            "item_ids": [each["item_id"] for each in lines],
            "new_item_ids": new,
            "payment_method_id": self.any_of(plain),
        }

    def _lines(self) -> list[Any]:
        items = self.order["items"]
        return self.dice.sample(items, self.dice.randint(1, min(4, len(items))))

    def _address(self) -> dict[str, str]:
        some = self.db.users[self.any_of(list(self.db.users)[:50])]["address"]
        return {**some, "address2": self.any_of(["", some["address2"] or "Suite 1"])}

    def variants(self, line: Any, *, available: bool) -> list[str]:
        found = self.db.products[line["product_id"]]["variants"]
        return [
            key
            for key, each in found.items()
            if each["available"] is available and key != line["item_id"]
        ]

    def session(self) -> Session:
        return Session(self.books, self.user_id)

    def reference(self) -> Reference:
        orders = {**self.db.orders, **self.books.orders}
        users = {**self.db.users, **self.books.users}
        return Reference(self.db.products, users, orders)

    def with_card(self, balance: float) -> str:
        """Give the customer a gift card with so much on it."""
        user = self.books.user_to_change(self.user_id)
        card = {"source": "gift_card", "id": "gift_card_1", "balance": round(balance, 2)}
        user["payment_methods"]["gift_card_1"] = card
        return "gift_card_1"


def thrown(
    db: Db, seed: int, names: tuple[str, ...], change: Callable[[Case], None] | None = None
) -> Case:
    """Make a case of a seed, changed by `change`."""
    dice = Random(seed)
    for _ in range(200):
        try:
            case = Case(db, dice, dice.choice(names))
            if change is not None:
                change(case)
        except NoSuchCase:
            continue
        return case
    raise AssertionError(f"no case in 200 throws: {names}")
