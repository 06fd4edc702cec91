"""A picture of which intents are taken for which, as SVG."""

from collections import Counter
from html import escape
from typing import Final

_MOST: Final = 40
"""More intents than this are not readable; those with the most mistakes are shown."""
_CELL: Final = 16
_MARGIN: Final = 230
_NONE: Final = "(none)"
_TYPE: Final = 'font-family="sans-serif" font-size="9"'
_LEGEND: Final = (
    "Rows: what it was. Columns: what was said. Dark: a large share of the row. "
    "Blue: right, red: wrong."
)


def confusion_svg(pairs: Counter[tuple[str, str]]) -> str:
    """Draw how often what it was (rows) was taken for what (columns); "" stands for none."""
    labels = _shown(pairs)
    size = _MARGIN + _CELL * len(labels) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size + 20}" {_TYPE}>',
        "<title>Which intent was taken for which</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="8" y="{size + 12}">{_LEGEND}</text>',
    ]
    for place, label in enumerate(labels):
        at = _MARGIN + place * _CELL + _CELL * 0.7
        name = escape(label or _NONE)[:60]
        parts.append(f'<text x="{_MARGIN - 6}" y="{at}" text-anchor="end">{name}</text>')
        parts.append(f'<text transform="translate({at},{_MARGIN - 6}) rotate(-60)">{name}</text>')
    for row, was in enumerate(labels):
        total = sum(count for (label, _), count in pairs.items() if label == was)
        for column, said in enumerate(labels):
            count = pairs[was, said]
            if count:
                parts.append(_cell(row, column, count, count / total))
    return "\n".join([*parts, "</svg>", ""])


def _shown(pairs: Counter[tuple[str, str]]) -> list[str]:
    mistakes: Counter[str] = Counter()
    for (was, said), count in pairs.items():
        mistakes[was] += count if was != said else 0
        mistakes[said] += count if was != said else 0
    return sorted(label for label, _ in mistakes.most_common(_MOST))


def _cell(row: int, column: int, count: int, share: float) -> str:
    colour = "#1d4ed8" if row == column else "#b91c1c"
    x, y = _MARGIN + column * _CELL, _MARGIN + row * _CELL
    square = (
        f'<rect x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}" '
        f'fill="{colour}" fill-opacity="{0.15 + 0.85 * share:.2f}"/>'
    )
    ink = "#fff" if share > 0.5 else "#000"  # noqa: PLR2004 - dark enough to write on in white
    middle = f'x="{x + _CELL / 2 - 0.5}" y="{y + _CELL * 0.7}"'
    return f'{square}<text {middle} text-anchor="middle" fill="{ink}">{count}</text>'
