"""The shop's side: its data, and a small tool layer over them for one signed-in customer.

The tools know nothing of the policy: whatever they are told to do with a customer's own things
they do. That nothing wrong is done is the playbooks' work, and the policy check's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from alltid.assistant.tools.tool import Json, ToolCall, ToolFailed, ToolResult

CURRENCY = "USD"
ITEMS_MODIFIED = "pending (items modifed)"  # as the policy writes it
REASONS = {"no_longer_needed": "no longer needed", "ordered_by_mistake": "ordered by mistake"}


@dataclass(frozen=True)
class Db:
    """The shop's data as they lie in the file: never changed."""

    products: Mapping[str, Any]
    users: Mapping[str, Any]
    orders: Mapping[str, Any]
    product_of: Mapping[str, str]


@cache
def read_db(folder: Path) -> Db:
    data = orjson.loads((folder / "db.json").read_bytes())
    product_of = {
        item: product for product, each in data["products"].items() for item in each["variants"]
    }
    return Db(data["products"], data["users"], data["orders"], product_of)


@dataclass
class Books:
    """What has changed beside the file: only what an action touched is copied."""

    db: Db
    users: dict[str, Any] = field(default_factory=dict)
    orders: dict[str, Any] = field(default_factory=dict)

    def user(self, user_id: str) -> Any:
        return self.users.get(user_id) or self.db.users[user_id]

    def order(self, order_id: str) -> Any:
        return self.orders.get(order_id) or self.db.orders[order_id]

    def user_to_change(self, user_id: str) -> Any:
        return self.users.setdefault(user_id, deepcopy(self.user(user_id)))

    def order_to_change(self, order_id: str) -> Any:
        return self.orders.setdefault(order_id, deepcopy(self.order(order_id)))

    def changes(self) -> dict[str, dict[str, Any]]:
        """Return what differs from the file."""
        return {
            "users": {k: v for k, v in self.users.items() if v != self.db.users[k]},
            "orders": {k: v for k, v in self.orders.items() if v != self.db.orders[k]},
        }


def cents(amount: float) -> int:
    return round(amount * 100)


def who_is(db: Db, name: str, arguments: Mapping[str, str]) -> str | None:
    """Find a customer by e-mail, or by name and zip code: what signing in amounts to here."""
    for user_id, user in db.users.items():
        if name == "find_user_id_by_email":
            if user["email"].lower() == arguments["email"].lower():
                return user_id
        elif (
            user["name"]["first_name"].lower() == arguments["first_name"].lower()
            and user["name"]["last_name"].lower() == arguments["last_name"].lower()
            and user["address"]["zip"] == arguments["zip"]
        ):
            return user_id
    return None


class Session:
    """The tools of one signed-in customer. Nothing in their arguments says who that is."""

    def __init__(self, books: Books, user_id: str) -> None:
        self.books = books
        self.user_id = user_id
        self.did: list[tuple[str, dict[str, Any]]] = []
        self._ids: dict[str, tuple[str, ...]] = {}
        self._tools: dict[str, Callable[[Mapping[str, Any]], Json | ToolFailed]] = {
            "my_orders": self._my_orders,
            "my_profile": self._my_profile,
            "order_details": self._order_details,
            "compare_items": self._compare_items,
            "product_details": self._product_details,
            "item_details": self._item_details,
            "cancel_pending_order": self._cancel,
            "modify_pending_order_address": self._order_address,
            "modify_pending_order_payment": self._order_payment,
            "modify_pending_order_items": self._order_items,
            "return_delivered_order_items": self._return,
            "exchange_delivered_order_items": self._exchange,
            "modify_user_address": self._own_address,
        }

    def answer(self, call: ToolCall) -> ToolResult | ToolFailed:
        try:
            value = self._tools[call.tool](call.arguments)
        except KeyError as error:
            return ToolFailed(call, "no_such_thing", str(error))
        return value if isinstance(value, ToolFailed) else ToolResult(call, value)

    def handle(self, *parts: str) -> str:
        """Return the session's own name for a thing; the company's ids stay inside."""
        name = hashlib.sha256("|".join((self.user_id, *parts)).encode()).hexdigest()[:12]
        self._ids[name] = parts
        return name

    def _id(self, handle: Any) -> str:
        return self._ids[handle][1]

    # What can be read.

    def _my_orders(self, _: Mapping[str, Any]) -> Json:
        return [
            {"handle": self.handle("order", order_id), "number": order_id}
            for order_id in self.books.user(self.user_id)["orders"]
        ]

    def _my_profile(self, _: Mapping[str, Any]) -> Json:
        user = self.books.user(self.user_id)
        methods = [
            {
                "handle": self.handle("method", each["id"]),
                "kind": each["source"],
                "label": " ".join((each["source"].replace("_", " "), each.get("last_four", ""))),
                "balance": cents(each.get("balance", 0)),
                "currency": CURRENCY,
            }
            for each in user["payment_methods"].values()
        ]
        return {
            "name": " ".join(user["name"].values()),
            "email": user["email"],
            "address": user["address"],
            "methods": methods,
        }

    def _order_details(self, arguments: Mapping[str, Any]) -> Json:
        order_id = self._id(arguments["order"])
        order = self.books.order(order_id)
        paid = [each for each in order["payment_history"] if each["transaction_type"] == "payment"]
        return {
            "number": order_id,
            "status": order["status"],
            "address": order["address"],
            "total": sum(cents(item["price"]) for item in order["items"]),
            "currency": CURRENCY,
            "paid_with": self.handle("method", paid[-1]["payment_method_id"]),
            "payments": len(order["payment_history"]),
            "lines": [
                {
                    "handle": self.handle("line", order_id, str(at)),
                    "name": item["name"],
                    "item": item["item_id"],
                    "options": ", ".join(item["options"].values()),
                    "price": cents(item["price"]),
                    "currency": CURRENCY,
                }
                for at, item in enumerate(order["items"])
            ],
        }

    def _compare_items(self, arguments: Mapping[str, Any]) -> Json:
        """Put the lines of an order beside the items that are wanted instead, one to one."""
        order = self.books.order(self._id(arguments["order"]))
        wanted = str(arguments["wanted"]).replace(",", " ").split()
        lines = [order["items"][int(self._ids[line][2])] for line in arguments["lines"]]
        pairs = [self._pair(line, item) for line, item in zip(lines, wanted, strict=False)]
        return {
            "lines": len(lines),
            "wanted": len(wanted),
            "pairs": pairs,
            "difference": sum(pair["difference"] for pair in pairs),
            "currency": CURRENCY,
        }

    def _pair(self, line: Mapping[str, Any], item: str) -> dict[str, Any]:
        product = self.books.db.product_of.get(item, "")
        variant = self.books.db.products[product]["variants"][item] if product else {}
        return {
            "name": line["name"],
            "old": line["item_id"],
            "new": item,
            "options": ", ".join(variant.get("options", {}).values()),
            "product": line["product_id"],
            "new_product": product,
            "available": bool(variant.get("available", False)),
            "difference": cents(variant.get("price", 0)) - cents(line["price"]),
        }

    def _product_details(self, arguments: Mapping[str, Any]) -> Json:
        product = self.books.db.products[arguments["product"]]
        return {"name": product["name"], "variants": len(product["variants"])}

    def _item_details(self, arguments: Mapping[str, Any]) -> Json:
        product = self.books.db.products[self.books.db.product_of[arguments["item"]]]
        price = product["variants"][arguments["item"]]["price"]
        return {"name": product["name"], "price": cents(price), "currency": CURRENCY}

    # What can be done. Who it is done for is the session's, in each of them.

    def _cancel(self, arguments: Mapping[str, Any]) -> Json:
        order_id = self._id(arguments["order"])
        order = self.books.order_to_change(order_id)
        for method, minor in _paid(order).items():
            self._refund(order, method, minor)
        order["status"] = "cancelled"
        order["cancel_reason"] = REASONS.get(arguments["reason"], arguments["reason"])
        self.did.append(
            ("cancel_pending_order", {"order_id": order_id, "reason": order["cancel_reason"]})
        )
        return {}

    def _order_address(self, arguments: Mapping[str, Any]) -> Json:
        order_id = self._id(arguments["order"])
        address = {name: value for name, value in arguments.items() if name != "order"}
        self.books.order_to_change(order_id)["address"] = address
        self.did.append(("modify_pending_order_address", {"order_id": order_id, **address}))
        return {}

    def _own_address(self, arguments: Mapping[str, Any]) -> Json:
        self.books.user_to_change(self.user_id)["address"] = dict(arguments)
        self.did.append(("modify_user_address", {"user_id": self.user_id, **arguments}))
        return {}

    def _order_payment(self, arguments: Mapping[str, Any]) -> Json:
        order_id, method = self._id(arguments["order"]), self._id(arguments["method"])
        order = self.books.order_to_change(order_id)
        paid = _paid(order)
        self._charge(order, method, sum(paid.values()))
        for old, minor in paid.items():
            self._refund(order, old, minor)
        self.did.append(
            (
                "modify_pending_order_payment",
                {"order_id": order_id, "payment_method_id": method},
            )
        )
        return {}

    def _order_items(self, arguments: Mapping[str, Any]) -> Json:
        order_id, places, wanted, method = self._change(arguments)
        order = self.books.order_to_change(order_id)
        call = {
            "order_id": order_id,
            "item_ids": [order["items"][at]["item_id"] for at in places],
            "new_item_ids": wanted,
            "payment_method_id": method,
        }
        before = sum(cents(item["price"]) for item in order["items"])
        for at, item in zip(places, wanted, strict=True):
            variant = self.books.db.products[order["items"][at]["product_id"]]["variants"][item]
            changed = {name: variant[name] for name in ("item_id", "price", "options")}
            order["items"][at] = {**order["items"][at], **changed}
        difference = sum(cents(item["price"]) for item in order["items"]) - before
        if difference > 0:
            self._charge(order, method, difference)
        else:
            self._refund(order, method, -difference)
        order["status"] = ITEMS_MODIFIED
        self.did.append(("modify_pending_order_items", call))
        return {}

    def _return(self, arguments: Mapping[str, Any]) -> Json:
        order_id, method = self._id(arguments["order"]), self._id(arguments["method"])
        order = self.books.order_to_change(order_id)
        items = [order["items"][int(self._ids[line][2])]["item_id"] for line in arguments["lines"]]
        order["status"] = "return requested"
        order["return_items"] = sorted(items)
        order["return_payment_method_id"] = method
        self.did.append(
            (
                "return_delivered_order_items",
                {"order_id": order_id, "item_ids": items, "payment_method_id": method},
            )
        )
        return {}

    def _exchange(self, arguments: Mapping[str, Any]) -> Json:
        order_id, places, wanted, method = self._change(arguments)
        order = self.books.order_to_change(order_id)
        items = [order["items"][at]["item_id"] for at in places]
        pairs = [
            self._pair(order["items"][at], new) for at, new in zip(places, wanted, strict=True)
        ]
        order["status"] = "exchange requested"
        order["exchange_items"] = sorted(items)
        order["exchange_new_items"] = sorted(wanted)
        order["exchange_payment_method_id"] = method
        order["exchange_price_difference"] = sum(pair["difference"] for pair in pairs) / 100
        call = {"order_id": order_id, "item_ids": items, "new_item_ids": wanted}
        self.did.append(("exchange_delivered_order_items", {**call, "payment_method_id": method}))
        return {}

    def _change(self, arguments: Mapping[str, Any]) -> tuple[str, list[int], list[str], str]:
        places = [int(self._ids[line][2]) for line in arguments["lines"]]
        wanted = str(arguments["wanted"]).replace(",", " ").split()
        return self._id(arguments["order"]), places, wanted, self._id(arguments["method"])

    def _charge(self, order: dict[str, Any], method: str, minor: int) -> None:
        self._move(order, method, minor, "payment")

    def _refund(self, order: dict[str, Any], method: str, minor: int) -> None:
        self._move(order, method, minor, "refund")

    def _move(self, order: dict[str, Any], method: str, minor: int, kind: str) -> None:
        order["payment_history"].append(
            {"transaction_type": kind, "amount": minor / 100, "payment_method_id": method}
        )
        if "balance" in self.books.user(self.user_id)["payment_methods"][method]:
            card = self.books.user_to_change(self.user_id)["payment_methods"][method]
            sign = -1 if kind == "payment" else 1
            card["balance"] = (cents(card["balance"]) + sign * minor) / 100


def _paid(order: Mapping[str, Any]) -> dict[str, int]:
    """Return what each method has paid and not got back, in minor units."""
    found: dict[str, int] = {}
    for each in order["payment_history"]:
        sign = 1 if each["transaction_type"] == "payment" else -1
        method = each["payment_method_id"]
        found[method] = found.get(method, 0) + sign * cents(each["amount"])
    return {method: minor for method, minor in found.items() if minor > 0}
