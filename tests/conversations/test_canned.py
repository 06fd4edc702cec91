"""Filling canned replies: what isn't known is named, and a value is never a variable."""

from __future__ import annotations

from alltid.conversations.canned import Filled, fill


def test_what_is_known_is_filled_in_and_the_rest_is_named_once() -> None:
    text = "Hi {customer_name}, {agent_name} here. {order} and {order}; {Not} {a variable}."
    filled = fill(text, {"customer_name": None, "agent_name": "Sara", "company": "K"})
    assert filled == Filled(
        "Hi {customer_name}, Sara here. {order} and {order}; {Not} {a variable}.",
        ("customer_name", "order"),
    )


def test_a_name_that_looks_like_a_variable_stays_a_name() -> None:
    filled = fill("{customer_name} {company}", {"customer_name": "{company}", "company": "K"})
    assert filled == Filled("{company} K", ())
