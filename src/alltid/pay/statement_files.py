"""A statement on paper and in a table: PDF and CSV, each saying what its amounts are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from alltid.kernel.money import Rounding, decimals_of, rounded, written
from alltid.pay.statement import Basis
from alltid.pay.statement_words import WORDS
from alltid.pay.statements import Kept, StatementRow

_SECONDS: Final = 1_000_000
_HOUR: Final = 3600
_COLUMNS: Final = (
    *("session", "began", "ended", "booked_on", "guaranteed_seconds", "floor", "pay", "top_up"),
    *("total", "currency", "version", "entry", "basis"),
)
_LINE_COLUMNS: Final = (
    *("line", "kind", "formula", "amount", "currency", "rate", "interval", "evidence", "basis"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def statements_csv(rows: Iterable[StatementRow]) -> bytes:
    """Return a table with a row for each statement (UTF-8)."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    for row in rows:
        amounts = (row.floor_minor, row.pay_minor, row.top_up_minor, row.total_minor)
        table.writerow(
            (
                *(row.session, row.began.isoformat(), row.ended.isoformat(), row.booked_on),
                row.guaranteed_microseconds // _SECONDS,
                *(written(minor, row.currency) for minor in amounts),
                *(row.currency, row.version, row.ledger_key or "", row.basis),
            )
        )
    return out.getvalue().encode()


def statement_csv(kept: Kept) -> bytes:
    """Return a table with a row for each line of a statement (UTF-8)."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_LINE_COLUMNS)
    currency, basis = kept.row.currency, kept.statement["basis"]
    for number, line in enumerate(kept.statement["lines"], 1):
        kind, exact, formula, evidence, card, interval = line
        table.writerow(
            (
                *(number, kind, _safe(formula), exact_amount(exact, currency), currency),
                *(card or "", interval or "", " ".join(evidence), basis),
            )
        )
    return out.getvalue().encode()


def exact_amount(exact: str, currency: str) -> str:
    """Return an exact amount of minor units for people, to a thousandth of one at the most."""
    minor = Fraction(exact)
    if minor.denominator == 1:
        return written(minor.numerator, currency)
    thousandths = rounded(abs(minor) * 1000, Rounding.HALF_EVEN)
    whole, part = divmod(thousandths, 1000)
    point = "." if decimals_of(currency) == 0 else ""
    return f"{'-' if minor < 0 else ''}{written(whole, currency)}{point}{part:03d}"


def statement_pdf(kept: Kept, company: str, zone: str, language: str) -> bytes:
    """Return a statement on paper; the same statement is always the same bytes."""
    from reportlab.lib import colors
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    words = WORDS.get(language, WORDS["en"])
    body, quiet, title = _styles()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        invariant=1,
        title=f"{words['title']} {kept.row.booked_on}",
        author=company,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=16 * mm,
    )
    spruce, line_ink = colors.HexColor("#1f6f5c"), colors.HexColor("#d9d6cf")
    said = [(escape(name), escape(value)) for name, value in _facts(kept, words, zone)]
    facts = Table(
        [[Paragraph(name, quiet), Paragraph(value, body)] for name, value in said],
        colWidths=(48 * mm, None),
        hAlign="LEFT",
    )
    over_figures = ParagraphStyle("over figures", parent=quiet, alignment=TA_RIGHT)
    head = [
        *(Paragraph(escape(words[name]), quiet) for name in ("what", "how")),
        Paragraph(escape(words["amount"]), over_figures),
    ]
    figure = ParagraphStyle("figure", parent=body, alignment=TA_RIGHT)
    lines = [
        [_paragraph(what, body), _paragraph(how, body), _paragraph(amount, figure)]
        for what, how, amount in _lines(kept, words)
    ]
    table = Table([head, *lines], colWidths=(38 * mm, None, 30 * mm), repeatRows=1)
    rule = ("LINEBELOW", (0, 0), (-1, -1), 0.4, line_ink)
    table.setStyle(TableStyle([rule, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    sums = Table(
        [[_paragraph(a, body), _paragraph(b, figure)] for a, b in _sums(kept, words)],
        colWidths=(None, 40 * mm),
    )
    sums.setStyle(TableStyle([("LINEABOVE", (0, -1), (-1, -1), 1, spruce)]))
    check = words["check"].format(key=kept.row.ledger_key or "-")
    document.build(
        [
            Paragraph(escape(company), quiet),
            Paragraph(escape(words["title"]), title),
            *(facts, Spacer(0, 6 * mm), table, Spacer(0, 4 * mm), sums, Spacer(0, 8 * mm)),
            Paragraph(escape(check), quiet),
        ]
    )
    return out.getvalue()


def _facts(kept: Kept, words: Mapping[str, str], zone: str) -> list[tuple[str, str]]:
    row = kept.row
    basis = "salary" if kept.statement["basis"] == Basis.SALARY.value else "invoice"
    seconds = row.guaranteed_microseconds // _SECONDS
    hours = f"{seconds // _HOUR}:{seconds % _HOUR // 60:02d}:{seconds % 60:02d}"
    return [
        (words["agent"], row.agent_name or row.agent),
        (words["session"], f"{row.session} ({words['version']} {row.version})"),
        (words["from"], _moment(row.began, zone)),
        (words["to"], _moment(row.ended, zone)),
        (words["booked"], row.booked_on.isoformat()),
        (words["guaranteed"], hours),
        (words["basis"], words[basis]),
    ]


def _lines(kept: Kept, words: Mapping[str, str]) -> list[tuple[str, str, str]]:
    found = []
    for kind, exact, formula, evidence, card, _ in kept.statement["lines"]:
        said = f"{formula} ({card})" if card else formula
        behind = f"{escape(said)}<br/><font size=7>{escape(', '.join(evidence))}</font>"
        amount = exact_amount(exact, kept.row.currency)
        found.append((escape(words[kind]), behind, f"{amount} {kept.row.currency}"))
    return found


def _sums(kept: Kept, words: Mapping[str, str]) -> list[tuple[str, str]]:
    row = kept.row
    amounts = (("floor", row.floor_minor), ("pay", row.pay_minor), ("total", row.total_minor))
    return [
        (escape(words[name]), f"{written(minor, row.currency)} {row.currency}")
        for name, minor in amounts
    ]


@cache
def _styles() -> tuple[Any, Any, Any]:
    """Return the styles of text, quiet text and titles, in a font with Europe's letters."""
    import reportlab
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont("Vera", str(folder / "Vera.ttf")))
    body = ParagraphStyle("body", fontName="Vera", fontSize=9, leading=13)
    quiet = ParagraphStyle("quiet", parent=body, fontSize=8, textColor=HexColor("#5b6166"))
    title = ParagraphStyle("title", parent=body, fontSize=17, leading=24, spaceAfter=8)
    return body, quiet, title


def _paragraph(markup: str, style: Any) -> Any:
    from reportlab.platypus import Paragraph

    return Paragraph(markup, style)


def _moment(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S} {zone}"


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
