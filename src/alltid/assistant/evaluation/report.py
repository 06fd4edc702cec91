"""The report of a run as one HTML file: figures, pictures, each conversation as a chat. Pure.

It holds no script and loads nothing; what people and the assistant wrote is shown as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from importlib.resources import files
from typing import Final

from alltid.assistant.evaluation.baseline import Comparison
from alltid.assistant.evaluation.charts import bars, times
from alltid.assistant.evaluation.findings import RANK, Class, Judged
from alltid.assistant.evaluation.summary import Row, by_language, by_tag, misses, row_of
from alltid.assistant.evaluation.target import Turn
from alltid.conversations.events import Card

NAMES: Final = {
    Class.RESOLVED: "resolved",
    Class.HANDED_RIGHTLY: "handed over rightly",
    Class.HANDED_NEEDLESSLY: "handed over needlessly",
    Class.WRONG: "wrong",
    Class.UNSAFE: "unsafe",
}
_TRACE_MAX: Final = 6_000


@dataclass(frozen=True, slots=True)
class Run:
    """What is told of a run in the head of its report."""

    suite: str
    way: str
    at: datetime
    seconds: float


def html_report(run: Run, judged: Sequence[Judged], compared: Comparison | None) -> str:
    """Return the page; conversations that failed come first."""
    ordered = sorted(judged, key=lambda each: (RANK[each.became], each.conversation.id))
    total = row_of("all", judged)
    style = (files("alltid.assistant.evaluation") / "report.css").read_text(encoding="utf-8")
    seconds = [turn.reply.seconds for each in judged for turn in each.turns]
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Evaluation of {escape(run.suite)}</title><style>{style}</style></head><body>",
            f"<h1>{total.good:.0%} of {total.conversations} conversations went well</h1>",
            _about(run),
            _tiles(total),
            _changes(compared),
            "<h2>By language</h2>",
            _key(),
            bars(by_language(judged)),
            "<h2>By what it is about</h2>",
            bars(by_tag(judged)),
            "<h2>What was not as it should be</h2>",
            _misses(judged),
            "<h2>How long an answer took</h2>",
            times(seconds),
            "<h2>Figures</h2>",
            _table([total, *by_language(judged), *by_tag(judged)]),
            "<h2>Conversations</h2>",
            *(_talk(each) for each in ordered),
            "</body></html>\n",
        ]
    )


def _about(run: Run) -> str:
    return (
        f'<p class="quiet">Suite {escape(run.suite)}, understood by {escape(run.way)}, '
        f"{run.at:%Y-%m-%d %H:%M} UTC, {run.seconds:.0f} s.</p>"
    )


def _tiles(total: Row) -> str:
    tiles = [
        f'<li><b>{total.classes[each]}</b><span class="quiet">{NAMES[each]}</span></li>'
        for each in Class
    ]
    cost = f"{total.cost_minor / 100:.2f}"
    tiles += [
        f'<li><b>{total.turns}</b><span class="quiet">turns</span></li>',
        f'<li><b>{total.seconds_median * 1000:.0f} ms</b><span class="quiet">an answer</span></li>',
        f'<li><b>{total.tokens}</b><span class="quiet">tokens, at most {cost} in money</span></li>',
    ]
    return f'<ul class="tiles">{"".join(tiles)}</ul>'


def _key() -> str:
    entries = [f'<li><i class="c-{each.value}"></i>{NAMES[each]}</li>' for each in Class]
    return f'<ul class="key">{"".join(entries)}</ul>'


def _changes(compared: Comparison | None) -> str:
    if compared is None:
        return ""
    counts = (
        f"<p>Against the baseline: {len(compared.worse)} worse, {len(compared.better)} better, "
        f"{len(compared.new)} new, {len(compared.missing)} no longer there.</p>"
    )
    parts = [counts]
    for name, changes in (("Worse", compared.worse), ("Better", compared.better)):
        if changes:
            listed = "".join(
                f'<li><a href="#{escape(each.id)}">{escape(each.id)}</a>: '
                f"{NAMES[each.before] if each.before else 'new'} → {NAMES[each.now]}</li>"
                for each in changes
            )
            parts.append(f"<details open><summary>{name}</summary><ul>{listed}</ul></details>")
    return "".join(parts)


def _misses(judged: Sequence[Judged]) -> str:
    rows = "".join(
        f"<tr><td>{escape(kind.replace('_', ' '))}</td><td>{count}</td></tr>"
        for kind, count in misses(judged)
    )
    if not rows:
        return "<p>Nothing.</p>"
    return f"<table><tr><th>finding</th><th>conversations</th></tr>{rows}</table>"


def _table(rows: Iterable[Row]) -> str:
    heads = "".join(f"<th>{NAMES[each]}</th>" for each in Class)
    lines = [
        f"<tr><td>{escape(row.name)}</td><td>{row.conversations}</td>"
        + "".join(f"<td>{row.classes[each]}</td>" for each in Class)
        + f"<td>{row.good:.0%}</td><td>{row.turns}</td><td>{row.seconds_median * 1000:.0f}</td>"
        f"<td>{row.seconds_most * 1000:.0f}</td><td>{row.tokens}</td></tr>"
        for row in rows
    ]
    head = (
        f"<tr><th></th><th>all</th>{heads}<th>good</th><th>turns</th><th>median ms</th>"
        "<th>most ms</th><th>tokens</th></tr>"
    )
    return f'<div class="scroll"><table>{head}{"".join(lines)}</table></div>'


def _talk(judged: Judged) -> str:
    told = judged.conversation
    tags = " ".join(escape(tag) for tag in (told.language or "", told.customer, *told.tags))
    is_open = " open" if judged.became is Class.UNSAFE else ""
    about = f"<p>{escape(told.about)}</p>" if told.about else ""
    findings = "".join(
        f'<li class="{"unsafe" if each.unsafe else ""}">'
        f"{f'turn {each.turn}: ' if each.turn else ''}{escape(each.kind.replace('_', ' '))}: "
        f"{escape(each.text)}</li>"
        for each in judged.findings
    )
    found = f'<ul class="findings">{findings}</ul>' if findings else ""
    chat = "".join(_turn(turn) for turn in judged.turns)
    return (
        f'<details class="talk" id="{escape(told.id)}"{is_open}><summary>'
        f'<i class="c-{judged.became.value}"></i><span class="id">{escape(told.id)}</span> '
        f"{NAMES[judged.became]} "
        f'<span class="tags">{tags}</span></summary><div>{about}{found}'
        f'<div class="chat">{chat}</div></div></details>'
    )


def _turn(turn: Turn) -> str:
    reply = turn.reply
    parts = []
    if turn.days_later:
        parts.append(f'<p class="note">{turn.days_later} days later</p>')
    tapped = " (pressed)" if turn.tapped else ""
    parts.append(f'<p class="customer">{escape(turn.said)}{tapped}</p>')
    parts += [
        f'<p class="note">done: {escape(each.tool)} {escape(str(dict(each.arguments)))}</p>'
        for each in turn.acted
    ]
    if reply.text:
        parts.append(f"<p>{escape(reply.text)}</p>")
    parts += [f'<p class="note">from “{escape(each.title)}”</p>' for each in reply.sources]
    if reply.card is not None:
        parts.append(_card(reply.card))
    if reply.handed is not None:
        why, skill = reply.handed.because or reply.handed.how, reply.handed.skill or "anybody"
        parts.append(f'<p class="note">handed over: {escape(why)}, to {escape(skill)}</p>')
    elif reply.offers_person:
        parts.append('<p class="note">with a button to a person</p>')
    if reply.trace:
        trace = json.dumps(reply.trace, indent=1, ensure_ascii=False, default=str)[:_TRACE_MAX]
        parts.append(
            f'<details class="quiet"><summary>{reply.seconds * 1000:.0f} ms, trace</summary>'
            f"<pre>{escape(trace)}</pre></details>"
        )
    return "".join(parts)


def _card(card: Card) -> str:
    lines = "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in card.lines)
    choices = "".join(f"<span>{escape(each.label)}</span>" for each in card.choices)
    return f'<div class="card"><b>{escape(card.title)}</b><dl>{lines}</dl>{choices}</div>'
