"""A person who is described further is still a person, when it is they who are asked for."""

from __future__ import annotations

import pytest

from alltid.assistant.understanding import wish_for_human


@pytest.mark.parametrize(
    "text",
    [
        "I'd like to speak with somebody who knows about returns",
        "I want to talk to the person who deals with complaints",
        "please give me someone who can decide this",
        "is there anybody who can sort this out with me",
    ],
)
def test_a_wish_for_someone_who_can_is_a_wish(text: str) -> None:
    assert wish_for_human(text).wanted


@pytest.mark.parametrize(
    "text",
    [
        "the person who brought the sofa broke the lamp",
        "someone who isn't me paid with my card",
        "I bought it for someone who lives abroad",
        "the person that signed for it doesn't live here",
    ],
)
def test_a_story_about_someone_who_is_none(text: str) -> None:
    assert not wish_for_human(text).wanted
