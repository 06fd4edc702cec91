"""Small pictures of a run: shares of classes as bars, times as a curve. Pure.

The words are beside the pictures and not in them, so that a narrow page wraps them and cuts
nothing off.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from alltid.assistant.evaluation.findings import Class
from alltid.assistant.evaluation.summary import Row

_WIDTH: Final = 600
_HEIGHT: Final = 90


def bars(rows: Sequence[Row]) -> str:
    """Draw a bar a row, divided by class, with its share of good ones."""
    return f'<ul class="bars">{"".join(_bar(row) for row in rows)}</ul>'


def _bar(row: Row) -> str:
    parts = [
        f'<i class="c-{each.value}" style="width:{row.classes[each] / row.conversations:.2%}" '
        f'title="{row.classes[each]} {each.value.replace("_", " ")}"></i>'
        for each in Class
        if row.classes[each]
    ]
    return (
        f"<li><span>{escape(row.name)}</span>"
        f'<span class="bar" aria-hidden="true">{"".join(parts)}</span>'
        f"<span>{row.good:.0%} of {row.conversations}</span></li>"
    )


def times(seconds: Sequence[float]) -> str:
    """Draw how many answers took up to how long, as a curve from the quickest to the slowest."""
    if not seconds:
        return ""
    ordered = sorted(seconds)
    most = ordered[-1] or 0.001
    points = " ".join(
        f"{_WIDTH * value / most:.1f},{_HEIGHT - 5 - 80 * (at + 1) / len(ordered):.1f}"
        for at, value in enumerate(ordered)
    )
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    told = (
        f"Median {middle * 1000:.0f} ms, 99% within {late * 1000:.0f} ms, "
        f"the slowest {most * 1000:.0f} ms."
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img" '
        'class="times"><title>How many answers came within which time</title>'
        f'<polyline points="{points}" fill="none" vector-effect="non-scaling-stroke"/>'
        f'<line x1="0" x2="{_WIDTH}" y1="{_HEIGHT - 4}" y2="{_HEIGHT - 4}"/></svg>'
        f'<p class="ends quiet"><span>0 ms</span><span>{most * 1000:.0f} ms</span></p>'
        f"<p>{told}</p>"
    )
