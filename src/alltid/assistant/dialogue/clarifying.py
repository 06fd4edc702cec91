"""Asking which procedure is meant, or for other words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alltid.assistant.dialogue.commands import Clarify
from alltid.assistant.dialogue.handoff_policy import Rules, decide
from alltid.assistant.dialogue.understander import Option, PlaybookHint
from alltid.assistant.dialogue.work import ELSE, Piece, Work, which_card
from alltid.assistant.wording import wording


def clarify(work: Work, rules: Rules, hints: Sequence[PlaybookHint], command: Clarify) -> None:
    """Ask which is meant; with money behind it rather too often than wrongly."""
    known = {hint.id: hint for hint in hints}
    meant = [known[each] for each in command.playbooks if each in known]
    money = any(hint.money for hint in meant)
    situation = replace(work.situation(), unsure_about_money=money)
    # The misses before this one: asking once more is what the policy decides on.
    counters = work.state.counters
    missed = counters.misses + counters.unanswered
    situation = replace(situation, misses=missed)
    work.offers = not work.question.waiting_for_human
    work.count("misses")
    verdict = decide(situation, rules)
    if verdict.act in {"offer", "hand_over"}:
        work.verdict = verdict
        return
    if not meant:
        work.own("clarify_free")
        return
    options = tuple(Option(hint.id, hint.title) for hint in meant)
    words = wording(work.language)
    title = words.say("clarify_money" if money else "clarify_which", work.company)
    work.pieces.append(Piece(title, "own"))
    work.card = which_card(title, options, words.say("clarify_else", work.company))
    work.state = replace(work.state, which=(*options, Option(ELSE, "")))
    work.asks = True
