"""SIE files of type 4I: CP437, balanced vouchers, exact amounts."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.kernel.refusal import Refused
from alltid.pay.sie import SieHead, Voucher, sie_head, sie_voucher

HEAD = SieHead("Klarsund Åkeri", "1.0", date(2026, 4, 1), "SEK", "gross salary")
ACCOUNTS = {4600: "Lön", 2890: "Skulder"}
DAY = date(2026, 3, 14)


def written(*rows: tuple[int, int], text: str = "Mars", **changes: Any) -> str:
    voucher = Voucher(7, DAY, text, rows, date(2026, 3, 15))
    head = SieHead(**{**{name: getattr(HEAD, name) for name in HEAD.__slots__}, **changes})
    lines = [*sie_head(head, ACCOUNTS), *sie_voucher(head, ACCOUNTS, voucher)]
    return b"".join(lines).decode("cp437")


def test_a_file_reads_as_the_format_says() -> None:
    assert written((4600, 40005), (2890, -40005)).split("\r\n") == [
        "#FLAGGA 0",
        '#PROGRAM "Alltid" "1.0"',
        "#FORMAT PC8",
        "#GEN 20260401",
        "#SIETYP 4",
        '#PROSA "Basis: gross salary"',
        '#FNAMN "Klarsund Åkeri"',
        "#VALUTA SEK",
        '#KONTO 2890 "Skulder"',
        '#KONTO 4600 "Lön"',
        '#VER "A" 7 20260314 "Mars" 20260315',
        "{",
        "   #TRANS 4600 {} 400.05",
        "   #TRANS 2890 {} -400.05",
        "}",
        "",
    ]


def test_what_is_no_voucher_is_refused() -> None:
    with pytest.raises(Refused) as unbalanced:
        written((4600, 2), (2890, -1))
    with pytest.raises(Refused) as unknown:
        written((4600, 2), (1930, -2))
    with pytest.raises(Refused) as decimals:
        written((4600, 2), (2890, -2), currency="KWD")
    codes = [each.value.code for each in (unbalanced, unknown, decimals)]
    assert codes == ["unbalanced", "unknown_account", "no_sie"]


@given(st.text(max_size=60))
def test_any_text_stays_one_quoted_field(text: str) -> None:
    (line,) = [
        line
        for line in written((4600, 1), (2890, -1), text=text).split("\r\n")
        if line.startswith("#VER")
    ]
    assert re.fullmatch(r'#VER "A" 7 20260314 "(?:[^"\\]|\\")*" 20260315', line)


def test_letters_that_cp437_lacks_lose_their_accent_or_become_a_question_mark() -> None:
    assert '"Skola ?"' in written((4600, 1), (2890, -1), text="Škola 漢")
