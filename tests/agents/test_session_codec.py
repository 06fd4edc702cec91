"""What a session's events look like in the log."""

from __future__ import annotations

from typing import Any

import pytest

from alltid.agents.session_codec import decode, encode
from alltid.agents.session_events import ChoicesChanged


def test_a_value_without_a_plain_form_is_refused() -> None:
    strange: Any = object()
    with pytest.raises(TypeError, match="object"):
        encode(ChoicesChanged(strange))


def test_events_of_others_are_refused() -> None:
    with pytest.raises(KeyError):
        decode("MessageSent", {})
