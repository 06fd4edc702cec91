"""Callbacks and written answers: the book of free quarters, and what sockets ask of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from alltid.conversations.state import moves_the_line
from alltid.desk.part import Commits, Ground, Part
from alltid.dispatch.callback_book import CallbackBook
from alltid.dispatch.callback_slots import opening_hours
from alltid.dispatch.queue import Line
from alltid.web.arranging import Arranging


def arranging_part(ground: Ground) -> Part:
    """Put the book and its watch over commits together."""
    settings = ground.settings
    hours = opening_hours(
        settings.opening_hours, ZoneInfo(settings.time_zone), settings.callback_agents
    )
    seen = _LastLine()

    def again() -> None:
        if seen.line is not None:
            ground.hub.line_changed(seen.line)

    book = CallbackBook(ground.pool, ground.clock, hours, again)

    def committed(commits: Commits) -> None:
        if any(moves_the_line(commit.before, commit.state) for commit in commits):
            book.touch()

    async def start() -> None:
        await book.look()
        ground.hub.watch_line(seen.keep)

    return Part(
        "arranging",
        Arranging(book, settings.answer_target_seconds),
        loops={"callbacks": book.run},
        start=start,
        on_commit=committed,
        on_gap=book.touch,
    )


class _LastLine:
    """The newest line, to be shown once more when other quarters are free."""

    def __init__(self) -> None:
        self.line: Line | None = None

    def keep(self, line: Line) -> None:
        self.line = line
