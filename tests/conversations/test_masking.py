"""What is masked, what is not, in five languages; and how often it is wrong on others' texts."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.conversations.masking import DOTS, Kind, mask, personal_data
from tests.assistant.understanding.sentences import outside_data

PERSONAL: list[tuple[Kind, str, str]] = [
    # the kind, a text, and what of it is personal
    ("phone", "Call me at +46 70 123 45 67 please", "+46 70 123 45 67"),
    ("phone", "ring mig på 070-123 45 67", "070-123 45 67"),
    ("phone", "0701234567", "0701234567"),
    ("phone", "Mitt nummer är 0701234567.", "0701234567"),
    ("phone", "08-123 456 78 eller mejla", "08-123 456 78"),
    ("phone", "Sie erreichen mich unter 0151 23456789.", "0151 23456789"),
    ("phone", "Meine Nummer ist 030/12345678", "030/12345678"),
    ("phone", "+49 (0)151 2345 6789", "+49 (0)151 2345 6789"),
    ("phone", "chiamami al 339 123 4567", "339 123 4567"),
    ("phone", "il mio cellulare è 3391234567", "3391234567"),
    ("phone", "mi teléfono es 612 345 678", "612 345 678"),
    ("phone", "llámame al 612345678", "612345678"),
    ("phone", "My number is (555) 234-5678", "(555) 234-5678"),
    ("phone", "0046 70-123 45 67", "0046 70-123 45 67"),
    ("phone", "06.12.34.56.78", "06.12.34.56.78"),
    ("phone", "call 07911 123456", "07911 123456"),
    ("phone", "about my order: +46 70 123 45 67", "+46 70 123 45 67"),
    ("phone", "order 12345, phone 070 123 45 67", "070 123 45 67"),
    ("phone", "My invoice is wrong, 070-123 45 67", "070-123 45 67"),
    ("phone", "Min faktura är fel 08-123 45 67", "08-123 45 67"),
    ("phone", "mia fattura, 06 123 456 78", "06 123 456 78"),
    ("phone", "١٢٣ هاتف +٤٦٧٠١٢٣٤٥٦٧", "+٤٦٧٠١٢٣٤٥٦٧"),
    ("email", "anna.berg@example.com", "anna.berg@example.com"),
    ("email", "skriv till anna (at) gmail (dot) com tack", "anna (at) gmail (dot) com"),
    ("email", "Ärenden: åsa.öst@exempel.se!", "åsa.öst@exempel.se"),
    ("account", "SE35 5000 0000 0549 1000 0003 thanks", "SE35 5000 0000 0549 1000 0003"),
    ("account", "DE89370400440532013000", "DE89370400440532013000"),
    ("account", "mein IBAN: de89 3704 0044 0532 0130 00.", "de89 3704 0044 0532 0130 00"),
    ("account", "with a slip: DE88370400440532013000", "DE88370400440532013000"),
    ("account", "mitt kontonummer är 8327-9, 123 456 789-0", "8327-9, 123 456 789-0"),
    ("account", "konto 6789 123456789", "6789 123456789"),
    ("account", "sort code 12-34-56 12345678", "12-34-56 12345678"),
    ("account", "account number 31926819", "31926819"),
    ("account", "mi número de cuenta 2100 0418 45 0200051332", "2100 0418 45 0200051332"),
    ("account", "ES91 2100 0418 4502 0005 1332", "ES91 2100 0418 4502 0005 1332"),
    ("card", "4111 1111 1111 1111", "4111 1111 1111 1111"),
    ("card", "my card 4111111111111111 was stolen", "4111111111111111"),
    ("card", "the order was paid with 5500-0000-0000-0004", "5500-0000-0000-0004"),
    ("card", "378282246310005", "378282246310005"),
    ("identity", "850709-9805", "850709-9805"),
    ("identity", "mitt personnummer är 198507099805", "198507099805"),
    ("identity", "ordernummer 123, personnummer 19850709-9805", "19850709-9805"),
    ("identity", "8507099805", "8507099805"),
    ("identity", "codice fiscale RSSMRA85T10A562S", "RSSMRA85T10A562S"),
    ("identity", "RSSMRA85T10A562S", "RSSMRA85T10A562S"),
    ("identity", "mi DNI 12345678Z", "12345678Z"),
    ("identity", "12.345.678-Z", "12.345.678-Z"),
    ("identity", "NIE X1234567L", "X1234567L"),
    ("identity", "Steuer-ID 36 574 261 809", "36 574 261 809"),
    ("identity", "my passport is 533401372", "533401372"),
    ("identity", "Personalausweis L01X00T471", "L01X00T471"),
    ("identity", "NINO AB 12 34 56 C", "AB 12 34 56 C"),
    ("identity", "536-90-4399", "536-90-4399"),
    ("birth_date", "jag är född 1985-07-09", "1985-07-09"),
    ("birth_date", "geboren am 09.07.1985", "09.07.1985"),
    ("birth_date", "nato il 9 luglio 1985", "9 luglio 1985"),
    ("birth_date", "born on July 9, 1985", "July 9, 1985"),
    ("birth_date", "Fecha de nacimiento: 09/07/1985", "09/07/1985"),
    ("birth_date", "my birthday is 3rd of March 1990", "3rd of March 1990"),
    ("birth_date", "född 850709", "850709"),
    ("birth_date", "Geburtsdatum 9. Juli 1985", "9. Juli 1985"),
]

WORKED_WITH = """
Order 113542617735902
my invoice is 4587345
invoice 0123-4567890
OCR 0123 4567 8901 2345
purhase 00123842
fakturanummer 8507099805
OCR 1234567897
Bestellnummer 0151234567
ordine 3391234567
pedido 612345678
I paid 1 299,00 kr on 2026-05-01
amount 12 345 678 kr
jag betalade 612 345 678 kr
Das waren 1.234,56 €
€ 600 000 000
delivered 01.05.2026
between 09:00 and 17:00
open 0800-1700
tracking number 00370730254812345678
100,000 people
Paket JD014600003828382918
I ordered 3 of article 12345678
in 2023-2024 we had 2 cases
the invoice of 2026-05-01 12:30 is wrong
referencia 1234 5678 9012
version 1.2.3.4
02.03.04
call me 24/7
I called 3 times in 2024
Kundennummer 12345678
kundnummer 98765432
I have 2 cards
#4111111111111111
SE12 is not an account
SE35 5000 0000
AB12 3456 7890 1234
SE35 5000, 0000
DE89 AB12 EF34 IJ56 MNOP QR
my order 12345 cost 500
due 20260501
item 9523456873
1000000000
https://x.example/order/4111111111111111
room 101, floor 3
10 000 kr
500-600 kr
12-18 months
my order number is #W2378156
case 20240312-0042
What time is it at the office?
İstanbul 12345 order
see you at 5
""".strip().splitlines()


@pytest.mark.parametrize(("kind", "text", "value"), PERSONAL)
def test_personal_data_is_found_whole(kind: Kind, text: str, value: str) -> None:
    found = [(span.kind, text[span.start : span.end]) for span in personal_data(text)]
    assert found == [(kind, value)]
    masked = mask(text)
    assert value not in masked.text
    assert [span.kind for span in masked.spans] == [kind]
    assert mask(masked.text).text == masked.text


@pytest.mark.parametrize("text", WORKED_WITH)
def test_what_agents_work_with_stays_readable(text: str) -> None:
    assert mask(text).text == text


@pytest.mark.parametrize(
    "written",
    [
        "070\u00a0123\u00a045\u00a067",
        "070\u2013123\u201345\u201367",
        "\uff10\uff17\uff10 123 45 67",
    ],
    ids=["narrow spaces", "dashes", "wide digits"],
)
def test_spaces_dashes_and_digits_of_all_scripts_are_read_alike(written: str) -> None:
    [found] = personal_data(f"Call me on {written}, please")
    assert (found.kind, found.start, found.end) == ("phone", 11, 11 + len(written))


def test_two_numbers_side_by_side_are_both_masked() -> None:
    assert mask("+46 70 123 45 67 0701234568").text == f"{DOTS}4567 {DOTS}4568"


def test_enough_is_left_to_tell_two_apart_and_nothing_of_who_someone_is() -> None:
    said = "Card 4111 1111 1111 1111, a@b.se, 850709-9805, +46 70 123 34 19, born 1985-07-09"
    masked = mask(said)
    assert masked.text == f"Card {DOTS}1111, {DOTS}@{DOTS}, {DOTS}, {DOTS}3419, born {DOTS}"
    shown = [masked.text[span.start : span.end] for span in masked.spans]
    assert shown == [f"{DOTS}1111", f"{DOTS}@{DOTS}", DOTS, f"{DOTS}3419", DOTS]


PIECES = st.sampled_from([value for _, _, value in PERSONAL] + WORKED_WITH + ["İ", "order", "."])


@given(st.lists(PIECES | st.text(max_size=12), max_size=8).map(" ".join))
def test_masking_replaces_what_it_found_and_nothing_else(text: str) -> None:
    masked = mask(text)
    spans = personal_data(text)
    rest = "".join(
        text[before:after]
        for before, after in zip(
            [0, *(span.end for span in spans)],
            [*(span.start for span in spans), len(text)],
            strict=True,
        )
    )
    shown = masked.text
    for span in reversed(masked.spans):
        assert DOTS in shown[span.start : span.end]
        shown = shown[: span.start] + shown[span.end :]
    assert shown == rest


@pytest.mark.outside
def test_others_texts_are_hardly_ever_masked_wrongly() -> None:
    """51,000 questions and documents without personal data; and tasks that are full of it."""
    data = outside_data()
    if data is None:
        pytest.skip("outside data is absent: set ALLTID_OUTSIDE_DATA to its folder")
    texts = list(_without_personal_data(data))
    wrong = [text for text in texts if personal_data(text)]
    assert len(texts) > 50_000
    assert len(wrong) <= 3, wrong
    tasks = (data / "tau3_banking" / "tasks_open.jsonl").read_text(encoding="utf-8").splitlines()
    emails = [task for task in tasks if "@" in task]
    assert all(any(s.kind == "email" for s in personal_data(task)) for task in emails)


def _without_personal_data(data: Path) -> Iterator[str]:
    for path, column in (("bitext/train.csv", "utterance"), ("banking77/train.csv", "text")):
        with (data / path).open(encoding="utf-8", newline="") as file:
            yield from (row[column] for row in csv.DictReader(file))
    with (data / "nlupp_handoff" / "open.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        yield from (row["text"] for row in rows)
    clinc = json.loads((data / "clinc150" / "train_val.json").read_text(encoding="utf-8"))
    yield from (text for part in clinc.values() for text, _ in part)
    documents = (data / "tau3_banking" / "documents.jsonl").read_text(encoding="utf-8")
    for line in documents.splitlines():
        yield from json.loads(line)["content"].splitlines()
