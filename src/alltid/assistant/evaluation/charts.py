"""Small pictures of a run as SVG: shares of classes as bars, times as a curve. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from alltid.assistant.evaluation.findings import Class
from alltid.assistant.evaluation.summary import Row

_LABEL: Final = 130
_WIDTH: Final = 420
_ROW: Final = 24
_END: Final = 70


def bars(rows: Sequence[Row]) -> str:
    """Draw a bar a row, divided by class, with its share of good ones."""
    height = _ROW * len(rows) + 6
    total = _LABEL + _WIDTH + _END
    parts = [
        f'<svg viewBox="0 0 {total} {height}" role="img" class="bars">',
        "<title>What conversations came to</title>",
    ]
    for at, row in enumerate(rows):
        y = at * _ROW + 4
        parts.append(
            f'<text x="{_LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(row.name)}</text>'
        )
        x = float(_LABEL)
        for each in Class:
            width = _WIDTH * row.classes[each] / max(1, row.conversations)
            if width:
                told = f"{escape(row.name)}: {row.classes[each]} {each.value.replace('_', ' ')}"
                parts.append(
                    f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="17" '
                    f'class="c-{each.value}"><title>{told}</title></rect>'
                )
            x += width
        share = f"{row.good:.0%} of {row.conversations}"
        parts.append(f'<text x="{_LABEL + _WIDTH + 6}" y="{y + 13}">{share}</text>')
    return "".join([*parts, "</svg>"])


def times(seconds: Sequence[float]) -> str:
    """Draw how many answers took up to how long, as a curve from the quickest to the slowest."""
    if not seconds:
        return ""
    ordered = sorted(seconds)
    most = ordered[-1] or 0.001
    width, height = _WIDTH, 110
    points = " ".join(
        f"{_LABEL + width * value / most:.1f},{height - 20 - 80 * (at + 1) / len(ordered):.1f}"
        for at, value in enumerate(ordered)
    )
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return (
        f'<svg viewBox="0 0 {_LABEL + width + _END} {height}" role="img" class="times">'
        "<title>How long answers took</title>"
        f'<polyline points="{points}" fill="none"/>'
        f'<line x1="{_LABEL}" x2="{_LABEL + width}" y1="{height - 20}" y2="{height - 20}"/>'
        f'<text x="{_LABEL}" y="{height - 4}">0</text>'
        f'<text x="{_LABEL + width}" y="{height - 4}" text-anchor="end">'
        f"{most * 1000:.0f} ms</text>"
        f'<text x="{_LABEL - 8}" y="{height - 60}" text-anchor="end">'
        f"median {middle * 1000:.0f} ms</text>"
        f'<text x="{_LABEL - 8}" y="{height - 42}" text-anchor="end">'
        f"99% in {late * 1000:.0f} ms</text>"
        "</svg>"
    )
