"""What a customer sees of an answer that is still being written.

A draft is a passing word (see `storage.notifications.Signals`): nothing of it is kept, and the
stored message is the only truth. Each signal holds what has come since the last one, so that it
fits into a notice; what is longer than that is not shown until it is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from alltid.assistant.answerer import Question
from alltid.kernel.ids import IdSource

# Four a second for one answer; answers at once are bounded by the model's.
EVERY_SECONDS: Final = 0.25
SIGNAL_CHARACTERS_MAX: Final = 1_500

Send = Callable[[str, Mapping[str, Any]], None]


class Draft:
    """An answer on its way; this one shows nothing."""

    def say(self, so_far: str) -> None:
        """Show what has been let out so far, now or in a moment."""

    def withdraw(self) -> None:
        """Take back all that was shown."""

    def end(self) -> None:
        """Show no more: the message follows."""


class Drafts:
    """Shows drafts of any number of conversations; `send` is `Signals.send`."""

    def __init__(self, send: Send, ids: IdSource, name: str) -> None:
        """Send signals of the type `draft` with `send`, in the name of the assistant."""
        self._send = send
        self._name = name
        self._ids = ids

    def begin(self, question: Question, before: str = "") -> Draft:
        """Begin a draft of the answer to a question; `before` stands above what is said."""
        head = {
            "type": "draft",
            "answer": self._ids.new(),
            "name": self._name,
            "reply_to": question.version,
        }
        return _Shown(self._send, question.conversation_id, head, before)


class _Shown(Draft):
    """A draft that followers of its conversation see."""

    def __init__(
        self, send: Send, conversation_id: str, head: Mapping[str, Any], before: str
    ) -> None:
        self._send = send
        self._conversation_id = conversation_id
        self._head = head
        self._text = before
        self._before = before
        self._shown = 0
        self._index = 0
        self._next_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._over = False

    def say(self, so_far: str) -> None:
        self._text = self._before + so_far
        if self._timer is None and not self._over:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._next_at, loop.time()), self._show)

    def withdraw(self) -> None:
        self.end()
        if self._index:
            self._pass_on(0, "")

    def end(self) -> None:
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _show(self) -> None:
        self._timer = None
        fresh = self._text[self._shown :]
        if len(fresh) > SIGNAL_CHARACTERS_MAX:
            self._over = True
            return
        self._shown = len(self._text)
        self._pass_on(self._index, fresh)
        self._index += 1
        self._next_at = asyncio.get_running_loop().time() + EVERY_SECONDS

    def _pass_on(self, index: int, text: str) -> None:
        self._send(self._conversation_id, {**self._head, "index": index, "text": text})
