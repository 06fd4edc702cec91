"""Messages that were sent away to come back keep their order."""

from __future__ import annotations

from alltid.web.sending_order import GIVEN_UP_SECONDS, HELD_LIMIT, SendingOrder


def test_a_later_message_comes_back_after_the_earlier_one() -> None:
    order = SendingOrder()
    assert order.wait_seconds("first", 0.0) == 0
    order.send_again("first", 2.0)
    assert order.wait_seconds("second", 1.0) > 1.0
    assert order.wait_seconds("third", 1.0) > 1.0
    assert order.wait_seconds("second", 2.5) > 0
    assert order.wait_seconds("first", 2.5) == 0
    order.done("first")
    assert order.wait_seconds("fourth", 2.6) > 0
    assert order.wait_seconds("third", 2.6) > 0
    assert order.wait_seconds("second", 2.6) == 0


def test_a_message_that_never_comes_back_holds_nobody_for_long() -> None:
    order = SendingOrder()
    order.send_again("first", 2.0)
    assert order.wait_seconds("second", 2.0 + GIVEN_UP_SECONDS) > 0
    assert order.wait_seconds("second", 2.1 + GIVEN_UP_SECONDS) == 0


def test_what_is_held_is_bounded() -> None:
    order = SendingOrder()
    for number in range(2 * HELD_LIMIT):
        order.send_again(str(number), 1.0)
    assert len(order._again_at) == HELD_LIMIT
