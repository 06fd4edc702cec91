"""Actions made up from the outside data: what the policy allows is done, whatever breaks it is not.

Each is said to the engine by a signed-in customer, with a yes; the policy's word comes from the
reference. Thousands of them a run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alltid.assistant.dialogue.commands import (
    Affirm,
    AskKnowledge,
    Cancel,
    Choose,
    Clarify,
    Deny,
    FillSlot,
    SmallTalk,
)
from alltid.assistant.playbooks.effects import Act, Input
from alltid.assistant.playbooks.engine import advance
from alltid.assistant.playbooks.policy_check import Allowed, policy_check
from alltid.assistant.tools.tool import ToolCall
from tests.outside_company.retail.cases import (
    CHANGES,
    OF_AN_ORDER,
    STATUSES,
    Case,
    NoSuchCase,
    folder,
    thrown,
)
from tests.outside_company.retail.customer import (
    ACTIONS,
    asked_for,
    carried_out,
    playbooks,
    talk_to,
)
from tests.outside_company.retail.shop import Db, Session, read_db

pytestmark = pytest.mark.outside
quickly = settings(
    max_examples=115,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SEEDS = st.integers(0, 2**32)


@pytest.fixture
def db() -> Db:
    where = folder()
    if where is None:
        pytest.skip("outside data is absent: set ALLTID_OUTSIDE_DATA to its folder")
    return read_db(where)


def refused(case: Case) -> None:
    """The policy says no, the customer says yes, and nothing is done."""
    reference = case.reference()
    assert reference.why_not(case.user_id, case.name, case.arguments) is not None
    before = case.books.changes()
    session = case.session()
    assert not carried_out(session, case.name, case.arguments)
    assert session.did == []
    assert case.books.changes() == before


@quickly
@given(seed=SEEDS)
def test_what_the_policy_allows_is_done_and_nothing_beside_it(db: Db, seed: int) -> None:
    case = thrown(db, seed, OF_AN_ORDER)
    reference = case.reference()
    assert reference.why_not(case.user_id, case.name, case.arguments) is None
    session = case.session()
    assert carried_out(session, case.name, case.arguments)
    reference.do(case.name, case.arguments)
    assert case.books.changes() == reference.changes()


# Ways of breaking the policy: each makes an allowed action into one that isn't.


def anothers_order_as_it_is(case: Case) -> None:
    """Sign in as somebody else; everything about the order is right."""
    case.user_id = str(case.any_of(list(case.db.users)[:80]))
    if not (case.order["user_id"] != case.user_id):
        raise NoSuchCase


def wrong_status(case: Case) -> None:
    status = case.any_of([each for each in STATUSES if each != case.order["status"]])
    case.books.order_to_change(case.order_id)["status"] = status


def reason_not_allowed(case: Case) -> None:
    reasons = ["found it cheaper", "it is late", "ordered twice", "no reason", "needed", "", "mist"]
    case.arguments["reason"] = case.any_of(reasons)


def too_little_on_the_card(case: Case) -> None:
    if case.name == "modify_pending_order_payment":
        needed = case.order["payment_history"][0]["amount"]
    else:
        items, new = case.arguments["item_ids"], case.arguments["new_item_ids"]
        needed = float(case.reference()._difference(case.order, items, new))
    if not (needed > 0):
        raise NoSuchCase
    short = case.any_of([0.01, 0.5, needed])
    case.arguments["payment_method_id"] = case.with_card(max(0, needed - short))


def another_product(case: Case) -> None:
    line = case.order["items"][0]
    others = [each for each in list(case.db.products)[:30] if each != line["product_id"]]
    product = case.db.products[case.any_of(others)]
    own = {case.db.product_of[each] for each in case.arguments["new_item_ids"]}
    if not (product["product_id"] not in own):
        raise NoSuchCase
    at = case.any_of(range(len(case.arguments["new_item_ids"])))
    case.arguments["new_item_ids"][at] = case.any_of(product["variants"])


def no_such_item(case: Case) -> None:
    case.arguments["new_item_ids"][0] = case.any_of(["1", "0000000000", "any", "9523456873"])


def not_available(case: Case) -> None:
    first = case.arguments["item_ids"][0]
    line = next(each for each in case.order["items"] if each["item_id"] == first)
    case.arguments["new_item_ids"][0] = case.any_of(case.variants(line, available=False))


def the_same_again(case: Case) -> None:
    case.arguments["new_item_ids"][0] = case.arguments["item_ids"][0]


def one_too_few(case: Case) -> None:
    case.arguments["new_item_ids"].pop()
    if not (case.arguments["new_item_ids"]):
        raise NoSuchCase


def one_too_many(case: Case) -> None:
    case.arguments["new_item_ids"].append(case.arguments["new_item_ids"][0])


def refund_elsewhere(case: Case) -> None:
    user = case.books.user_to_change(case.user_id)
    user["payment_methods"]["paypal_1"] = {"source": "paypal", "id": "paypal_1"}
    case.arguments["payment_method_id"] = "paypal_1"


def the_same_method(case: Case) -> None:
    case.arguments["payment_method_id"] = case.original


def a_second_change_of_payment(case: Case) -> None:
    order = case.books.order_to_change(case.order_id)
    order["payment_history"] *= 2


def anothers_method(case: Case) -> None:
    other = case.db.users[case.any_of(list(case.db.users)[:80])]
    methods = [each for each in other["payment_methods"] if each not in case.methods]
    case.arguments["payment_method_id"] = case.any_of(methods)


RETURNS = ("return_delivered_order_items",)
PAYING = ("modify_pending_order_payment",)
BREAKS: list[tuple[Callable[[Case], None], tuple[str, ...]]] = [
    (anothers_order_as_it_is, OF_AN_ORDER),
    (wrong_status, OF_AN_ORDER),
    (reason_not_allowed, ("cancel_pending_order",)),
    (too_little_on_the_card, (*CHANGES, *PAYING)),
    (another_product, CHANGES),
    (no_such_item, CHANGES),
    (not_available, CHANGES),
    (the_same_again, CHANGES),
    (one_too_few, CHANGES),
    (one_too_many, CHANGES),
    (refund_elsewhere, RETURNS),
    (the_same_method, PAYING),
    (a_second_change_of_payment, PAYING),
    (anothers_method, (*CHANGES, *PAYING, *RETURNS)),
]


@pytest.mark.parametrize(("breaks", "names"), BREAKS, ids=[each.__name__ for each, _ in BREAKS])
@quickly
@given(seed=SEEDS)
def test_what_breaks_the_policy_is_refused(
    db: Db, breaks: Callable[[Case], None], names: tuple[str, ...], seed: int
) -> None:
    refused(thrown(db, seed, names, breaks))


@quickly
@given(seed=SEEDS)
def test_without_a_yes_nothing_is_done(db: Db, seed: int) -> None:
    case = thrown(db, seed, OF_AN_ORDER)
    session = case.session()
    talk = talk_to(session)
    talk.say(asked_for(session, case.name, case.arguments))
    assert talk.dialogue.question is not None
    assert talk.dialogue.question.kind == "confirm"
    answers: list[tuple[Input, ...]] = [
        (), (Deny(),), (Cancel(),), (AskKnowledge("how long does it take?"),), (Clarify(),),
        (Affirm(), AskKnowledge("and when?")), (Affirm(), FillSlot("order", "#W0")),
        (Choose(1, "1.00000000.0"),), (SmallTalk("thanks"),),
    ]  # fmt: skip
    for answer in case.dice.choices(answers, k=3):
        talk.say(*answer)
    assert session.did == []
    assert case.books.changes() == {"users": {}, "orders": {}}


ONCE = (*CHANGES, "return_delivered_order_items", "cancel_pending_order")


@quickly
@given(seed=SEEDS)
def test_what_can_be_done_once_is_not_done_a_second_time(db: Db, seed: int) -> None:
    case = thrown(db, seed, ONCE)
    assert carried_out(case.session(), case.name, case.arguments)
    if case.name in CHANGES:
        # The items are other ones by now; the first of them is to be changed once more.
        line = case.order["items"][0]
        case.arguments["item_ids"] = [line["item_id"]]
        case.arguments["new_item_ids"] = [case.any_of(case.variants(line, available=True))]
    if case.name == "modify_pending_order_items":
        case.name = case.any_of([case.name, "cancel_pending_order"])
        if case.name == "cancel_pending_order":
            case.arguments = {"order_id": case.order_id, "reason": "no longer needed"}
    refused(case)


@quickly
@given(seed=SEEDS)
def test_the_look_just_before_an_action_finds_what_is_forged_or_has_changed(
    db: Db, seed: int
) -> None:
    case = thrown(db, seed, OF_AN_ORDER)
    session = case.session()
    talk = talk_to(session)
    talk.say(asked_for(session, case.name, case.arguments))
    act = advance(talk.books, talk.dialogue, [Affirm()], talk.scene).effect
    assert isinstance(act, Act)
    assert verdict_of(session, act) == Allowed()
    how = case.any_of(["forged", "another tool", "status", "another customer"])
    if how == "forged":
        arguments = dict(act.proposal.call.arguments)
        argument = case.any_of(sorted(arguments))
        arguments[argument] = session.handle("order", case.any_of(list(db.orders)[:9]))
        call = ToolCall(act.proposal.call.tool, arguments)
        act = replace(act, proposal=replace(act.proposal, call=call))
    elif how == "another tool":
        tool = case.any_of(sorted(ACTIONS - {case.name}))
        call = ToolCall(tool, act.proposal.call.arguments)
        act = replace(act, proposal=replace(act.proposal, call=call))
    elif how == "status":
        wrong_status(case)
    else:
        anothers_order_as_it_is(case)
        session = case.session()
    assert verdict_of(session, act) != Allowed()


def verdict_of(session: Session, act: Act) -> Any:
    fresh: list[Any] = []
    while True:
        found = policy_check(playbooks(), act.check, act.proposal, fresh, talk_to(session).scene)
        if not isinstance(found, ToolCall):
            return found
        fresh.append(session.answer(found))


def test_the_data_are_as_they_were(db: Db) -> None:
    """No action of all these has touched what they share."""
    where = folder()
    assert where is not None
    fresh = orjson.loads((where / "db.json").read_bytes())
    assert [fresh["orders"], fresh["users"], fresh["products"]] == [
        db.orders,
        db.users,
        db.products,
    ]
