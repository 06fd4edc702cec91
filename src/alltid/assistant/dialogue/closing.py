"""The end of a turn: the policy's last look, the guard, the record, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from alltid.assistant.answerer import Answer
from alltid.assistant.dialogue.handoff_policy import VERSION, Verdict, decide
from alltid.assistant.dialogue.packet import QUOTE_CHARACTERS_MAX, Packet, packet_of
from alltid.assistant.dialogue.parts import TurnParts
from alltid.assistant.dialogue.state import TurnState
from alltid.assistant.dialogue.turn_store import TurnRow
from alltid.assistant.dialogue.work import (
    SOURCES_MOST,
    Work,
    bounded_trace,
    text_of,
)
from alltid.assistant.understanding import wish_for_human
from alltid.assistant.wording import wording
from alltid.conversations.commands import HandOver
from alltid.conversations.summary import Said, summarise

_SAYS_WHY_ITSELF: Final = frozenset({"playbook_rule"})


async def close_turn(parts: TurnParts, work: Work) -> Answer:
    """Decide what follows, guard what goes out, write the record, and return the answer."""
    verdict = work.verdict or decide(work.situation(), parts.rules)
    _guard(parts, work)
    if "guard_refusals" in work.raised and verdict.act == "none":
        verdict = decide(work.situation(), parts.rules)
    _say_verdict(work, verdict)
    if not text_of(work.pieces):
        work.own("clarify_free")
    hands_over = verdict.act == "hand_over"
    row = _row(parts, work, verdict)
    await parts.rows.write(row)
    return Answer(
        text_of(work.pieces),
        work.language,
        tuple(work.sources[:SOURCES_MOST]),
        offer_human=(work.offers or verdict.act == "offer")
        and not (hands_over or work.question.waiting_for_human),
        card=None if hands_over else work.card,
        trace_id=row.id,
        hands_over=HandOver(str(verdict.because), verdict.skill) if hands_over else None,
    )


def _guard(parts: TurnParts, work: Work) -> None:
    """Take out what may not be said; the assistant says that it can't say it."""
    reasons = parts.guard.reasons_against(work.pieces, work)
    refused = [(piece, why) for piece, why in zip(work.pieces, reasons, strict=True) if why]
    if not refused:
        return
    gone = {id(piece) for piece, _why in refused}
    work.pieces = [piece for piece in work.pieces if id(piece) not in gone]
    for piece, why in refused:
        work.note("guard", refused=piece.text, because=why, voice=piece.voice)
    work.count("guard_refusals")
    if work.card is not None and any(piece.voice == "procedure" for piece, _why in refused):
        work.card = None
    if not work.pieces:
        work.own("reason_guard_refused")
        work.offers = True


def _say_verdict(work: Work, verdict: Verdict) -> None:
    if work.verdict is not None and verdict.act == "hand_over":
        # What was heard decides before anything is done: nothing else belongs beside it.
        work.pieces.clear()
        work.card = None
    said_itself = verdict.row in _SAYS_WHY_ITSELF and bool(work.pieces)
    if verdict.row == "unanswered_in_row":
        # Said with the reason below, once.
        words = wording(work.language)
        known = {words.say(name, work.company) for name in ("unknown", "unknown_waiting")}
        work.pieces = [piece for piece in work.pieces if piece.text not in known]
    if verdict.wording is not None and not said_itself:
        work.own(verdict.wording)
    if verdict.starts_clock and verdict.follows is not None:
        work.own("clock_date", date=_day(work))
        if verdict.days is not None:
            work.own("clock_days", days=str(verdict.days))
    if verdict.follows is not None:
        work.own(verdict.follows)
    if verdict.act == "offer":
        work.state = replace(work.state, offered=True)


def _day(work: Work) -> str:
    from alltid.assistant.playbooks.templates import day

    return day(work.now.date().isoformat(), work.language)


def _row(parts: TurnParts, work: Work, verdict: Verdict) -> TurnRow:
    here = parts.procedures.here(work.dialogue)
    state = replace(
        work.state, dialogue=parts.procedures.dump(work.dialogue), language=work.language
    )
    packet = _packet(work, verdict, here, state).as_json()
    hints = parts.procedures.hints(work.language)
    packet["titles"] = {hint.id: hint.title for hint in hints}
    # The words that made the policy decide, as the customer wrote them.
    decided = verdict.act == "hand_over"
    packet["quote"] = work.question.text[:QUOTE_CHARACTERS_MAX] if decided else None
    trace: dict[str, Any] = {
        **bounded_trace(work.trace),
        "policy": {
            "version": VERSION,
            "row": verdict.row,
            "act": verdict.act,
            "because": None if verdict.because is None else str(verdict.because),
            "skill": verdict.skill,
        },
        "language": work.language,
        "playbooks": list(here.path),
        "slots": {each.slot: each.value for each in here.given},
        "asks": _asks(work, here),
        "acted": work.acted,
        "voices": [piece.voice for piece in work.pieces],
        "seconds": round(parts.steady() - work.deadline + parts.turn_seconds, 3),
    }
    return TurnRow(
        parts.ids.new(),
        work.question.conversation_id,
        max(1, work.question.version),
        state,
        trace,
        packet,
        parts.clock.now(),
    )


def _asks(work: Work, here: Any) -> str | None:
    if work.state.which:
        return "which"
    if here.question is None:
        return None
    return str(here.question.slot) if here.question.asks == "slot" else "confirm"


def _packet(work: Work, verdict: Verdict, here: Any, state: TurnState) -> Packet:
    wrote = [text for author, text in work.question.history if author == "customer"]
    wrote += [each.text for each in work.question.said] or [work.question.text]
    return packet_of(
        verdict,
        summary=summarise(_said(work), lambda sentence: wish_for_human(sentence).wanted),
        given=here.given,
        tried=state.tried,
        articles=state.articles,
        language=work.language,
        customer_wrote=wrote,
        open_playbook=here.path[-1] if here.path else None,
    )


def _said(work: Work) -> Sequence[Said]:
    """Return what was said, as the summary reads it; versions of what came before aren't known."""
    before = [
        Said(0, "customer" if author == "customer" else "assistant", text)
        for author, text in work.question.history
    ]
    return [*before, *(Said(each.version, "customer", each.text) for each in work.question.said)]
