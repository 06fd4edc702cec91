"""The shop's policy and what its actions leave behind, written down on their own.

No code of `shop`, of the playbooks or of the engine: exact decimals, no handles, no session.
An action is its name and its arguments as the tasks write them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any


class Reference:
    """The data after some actions, beside the data before."""

    def __init__(self, products: Any, users: Any, orders: Any) -> None:
        self.products = products
        self._before = {"users": users, "orders": orders}
        self._after: dict[str, dict[str, Any]] = {"users": {}, "orders": {}}

    def changes(self) -> dict[str, dict[str, Any]]:
        return {
            kind: {key: row for key, row in rows.items() if row != self._before[kind][key]}
            for kind, rows in self._after.items()
        }

    def do(self, name: str, arguments: dict[str, Any]) -> None:
        getattr(self, name)(**arguments)

    def row(self, kind: str, key: str) -> Any:
        if key not in self._after[kind]:
            self._after[kind][key] = deepcopy(self._before[kind][key])
        return self._after[kind][key]

    # What the policy says, sentence by sentence: the first one that an action breaks.

    def why_not(self, user_id: str, name: str, arguments: dict[str, Any]) -> str | None:
        broken = (
            self._broken_for_oneself(user_id, arguments)
            if name == "modify_user_address"
            else self._broken_for_an_order(user_id, name, arguments)
        )
        return next(broken, None)

    def _broken_for_oneself(self, user_id: str, arguments: dict[str, Any]) -> Iterator[str]:
        if arguments["user_id"] != user_id:
            yield "deny any requests for others"

    def _broken_for_an_order(
        self, user_id: str, name: str, arguments: dict[str, Any]
    ) -> Iterator[str]:
        order = self.see("orders", arguments["order_id"])
        if order is None or order["user_id"] != user_id:
            yield "deny any requests for others"
            return
        wanted = "delivered" if "delivered" in name else "pending"
        if order["status"] != wanted:
            yield f"only if its status is '{wanted}'"
        methods = self.see("users", user_id)["payment_methods"]
        method = methods.get(arguments.get("payment_method_id"))
        if "payment_method_id" in arguments and method is None:
            yield "the user's profile has the payment methods"
            return
        match name:
            case "cancel_pending_order":
                if arguments["reason"] not in {"no longer needed", "ordered by mistake"}:
                    yield "other reasons are not acceptable"
            case "modify_pending_order_payment":
                yield from self._broken_for_payment(order, method)
            case "return_delivered_order_items":
                yield from self._broken_for_return(order, arguments["item_ids"], method)
            case "modify_pending_order_items" | "exchange_delivered_order_items":
                yield from self._broken_for_change(order, arguments, method)

    def _broken_for_payment(self, order: Any, method: Any) -> Iterator[str]:
        first = order["payment_history"][0]
        if len(order["payment_history"]) > 1:
            yield "only a single payment method"
        if method["id"] == first["payment_method_id"]:
            yield "different from the original payment method"
        if method["source"] == "gift_card" and method["balance"] < first["amount"]:
            yield "enough balance to cover the total amount"

    def _broken_for_return(self, order: Any, items: list[str], method: Any) -> Iterator[str]:
        if not items or Counter(items) - Counter(each["item_id"] for each in order["items"]):
            yield "the list of items to be returned"
        original = order["payment_history"][0]
        for entry in order["payment_history"]:
            if entry["transaction_type"] == "payment":
                original = entry
        if method["id"] != original["payment_method_id"] and method["source"] != "gift_card":
            yield "either the original payment method, or an existing gift card"

    def _broken_for_change(
        self, order: Any, arguments: dict[str, Any], method: Any
    ) -> Iterator[str]:
        old, new = arguments["item_ids"], arguments["new_item_ids"]
        if not old or Counter(old) - Counter(each["item_id"] for each in order["items"]):
            yield "each item of the order"
            return
        if len(old) != len(new):
            yield "each item can be modified to a new item"
            return
        lines = {each["item_id"]: each for each in order["items"]}
        for before, after in zip(old, new, strict=True):
            variant = self.products[lines[before]["product_id"]]["variants"].get(after)
            if variant is None:
                yield "there cannot be any change of product types"
                return
            if not variant["available"]:
                yield "to an available new item"
            if after == before:
                yield "but of different product option"
        difference = self._difference(order, old, new)
        if method["source"] == "gift_card" and Decimal(str(method["balance"])) < difference:
            yield "enough balance to cover the price difference"

    def see(self, kind: str, key: str) -> Any:
        return self._after[kind].get(key) or self._before[kind].get(key)

    # What is left behind.

    def cancel_pending_order(self, order_id: str, reason: str) -> None:
        order = self.row("orders", order_id)
        # "the total will be refunded via the original payment method"
        net: Counter[str] = Counter()
        for entry in order["payment_history"]:
            cents = int(Decimal(str(entry["amount"])) * 100)
            net[entry["payment_method_id"]] += (
                cents if entry["transaction_type"] == "payment" else -cents
            )
        for method, cents in net.items():
            if cents > 0:
                self._book(order, "refund", method, Decimal(cents) / 100)
        order.update(status="cancelled", cancel_reason=reason)

    def modify_pending_order_address(self, order_id: str, **address: str) -> None:
        self.row("orders", order_id)["address"] = address

    def modify_user_address(self, user_id: str, **address: str) -> None:
        self.row("users", user_id)["address"] = address

    def modify_pending_order_payment(self, order_id: str, payment_method_id: str) -> None:
        order = self.row("orders", order_id)
        (first,) = order["payment_history"]
        amount = Decimal(str(first["amount"]))
        self._book(order, "payment", payment_method_id, amount)
        self._book(order, "refund", first["payment_method_id"], amount)

    def modify_pending_order_items(
        self, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
    ) -> None:
        order = self.row("orders", order_id)
        difference = self._difference(order, item_ids, new_item_ids)
        kind = "payment" if difference > 0 else "refund"
        self._book(order, kind, payment_method_id, abs(difference))
        left = list(order["items"])
        for old, new in zip(item_ids, new_item_ids, strict=True):
            line = next(each for each in left if each["item_id"] == old)
            left = [each for each in left if each is not line]
            variant = self._variant(line, new)
            line.update(item_id=new, price=variant["price"], options=variant["options"])
        order["status"] = "pending (items modifed)"

    def return_delivered_order_items(
        self, order_id: str, item_ids: list[str], payment_method_id: str
    ) -> None:
        self.row("orders", order_id).update(
            status="return requested",
            return_items=sorted(item_ids),
            return_payment_method_id=payment_method_id,
        )

    def exchange_delivered_order_items(
        self, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
    ) -> None:
        order = self.row("orders", order_id)
        order.update(
            status="exchange requested",
            exchange_items=sorted(item_ids),
            exchange_new_items=sorted(new_item_ids),
            exchange_payment_method_id=payment_method_id,
            exchange_price_difference=float(self._difference(order, item_ids, new_item_ids)),
        )

    def _difference(self, order: Any, old: list[str], new: list[str]) -> Decimal:
        price = {each["item_id"]: Decimal(str(each["price"])) for each in order["items"]}
        product = {each["item_id"]: each for each in order["items"]}
        found = Decimal(0)
        for before, after in zip(old, new, strict=True):
            found += Decimal(str(self._variant(product[before], after)["price"])) - price[before]
        return found

    def _variant(self, line: Any, item: str) -> Any:
        return self.products[line["product_id"]]["variants"][item]

    def _book(self, order: Any, kind: str, method: str, amount: Decimal) -> None:
        order["payment_history"].append(
            {"transaction_type": kind, "amount": float(amount), "payment_method_id": method}
        )
        card = self.row("users", order["user_id"])["payment_methods"][method]
        if card["source"] == "gift_card":
            sign = 1 if kind == "refund" else -1
            card["balance"] = float(Decimal(str(card["balance"])) + sign * amount)
