"""Evidence as a turn at the example lender has it, and answers that are true of it."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from alltid.assistant.model.guard import Evidence

ANSWERS: Final = Path(__file__).with_name("honest_answers.yaml")
RESULTS: Final[tuple[Any, ...]] = (
    [
        {
            "handle": "inv_7fk2q", "number": "NC-20417", "merchant": "Nordic Chair",
            "amount": 12000, "paid": 7000, "left": 5000, "currency": "EUR", "due": "2026-12-03",
            "status": "open", "overdue_days": 0, "extensions_used": 0,
        },
        {
            "handle": "inv_9xw1m", "number": "LA-88123", "merchant": "Lampa AB",
            "amount": 3000, "paid": 3000, "left": 0, "currency": "EUR", "due": "2026-11-03",
            "status": "paid", "overdue_days": 0, "extensions_used": 1,
        },
    ],
    {"total_open": 5000, "next_due": "2026-12-03", "next_amount": 5000, "currency": "EUR"},
    {"allowed": True, "reason": None, "new_due": "2026-12-17", "fee": 300, "currency": "EUR"},
    {
        "currency": "EUR", "allowed": True,
        "instalments": [
            {"due": "2026-12-03", "amount": 1667},
            {"due": "2027-01-03", "amount": 1667},
            {"due": "2027-02-03", "amount": 1666},
        ],
    },
    {
        "handle": "ref_2", "merchant": "Skodon", "amount": 49900, "currency": "SEK",
        "state": "approved", "expected_by": "2026-11-28", "reported_at": "2026-11-20",
    },
)  # fmt: skip
ARTICLES: Final = {
    "en": (
        """You can extend the due date of an invoice once, by 14 days. It is free of charge when
        you ask for it on the due date at the latest. No interest is added during the 14 extra
        days, and your credit rating is not affected. An invoice that has already been extended
        cannot be extended again. If 14 days are not enough, ask us about a payment plan
        instead. A person looks at your situation and answers within two working days.""",
        """Refunds are paid to the card you used within 5 working days after the shop has confirmed
        the return.""",
    ),
    "sv": (
        """Du kan flytta förfallodagen för en faktura en gång, med 14 dagar. Det är gratis när du
        ber om det senast på förfallodagen. Ingen ränta läggs på under de 14 extra dagarna. En
        faktura som redan har flyttats kan inte flyttas igen. Räcker inte 14 dagar kan du be oss
        om en betalningsplan i stället. En människa ser då på din situation och svarar inom två
        arbetsdagar.""",
    ),
    "de": (
        """Sie können die Zahlungsfrist einer Rechnung einmal um 14 Tage verlängern. Das ist
        kostenlos, wenn Sie es spätestens am Fälligkeitstag tun. In den 14 zusätzlichen Tagen
        fallen keine Zinsen an. Eine Rechnung, die schon einmal verlängert wurde, kann nicht
        noch einmal verlängert werden. Reichen 14 Tage nicht, fragen Sie uns nach einem
        Zahlungsplan. Ein Mensch sieht sich Ihre Lage an und antwortet innerhalb von zwei
        Werktagen.""",
    ),
    "it": (
        """Puoi prorogare la scadenza di una fattura una volta, di 14 giorni. È gratuito se lo
        chiedi entro la data di scadenza. Non si aggiungono interessi durante i 14 giorni in
        più. Una fattura già prorogata non può essere prorogata di nuovo. Se 14 giorni non
        bastano, chiedici un piano di pagamento. Una persona valuta la tua situazione e risponde
        entro due giorni lavorativi.""",
    ),
    "es": (
        """Puede ampliar el vencimiento de una factura una vez, 14 días. Es gratis si lo pide como
        muy tarde el día del vencimiento. No se añaden intereses durante los 14 días extra. Una
        factura que ya se ha ampliado no se puede ampliar otra vez. Si 14 días no bastan,
        pregúntenos por un plan de pago. Una persona mira su situación y responde en dos días
        hábiles.""",
    ),
}
COMPANY: Final = "Norrhem. Open mon-fri 09:00-17:00."


def articles(language: str) -> tuple[str, ...]:
    """The help articles of a language, each in one line."""
    return tuple(" ".join(text.split()) for text in ARTICLES[language])


def evidence(language: str = "en", **more: Any) -> Evidence:
    """What is known in the middle of extending a due date, with the articles of a language."""
    return Evidence(
        results=more.pop("results", RESULTS),
        slots=more.pop("slots", {"days": 14, "parts": 3}),
        passages=more.pop("passages", (*articles(language), COMPANY)),
        today=date(2026, 11, 22),
        **more,
    )


@cache
def answers() -> tuple[tuple[str, str], ...]:
    """Every honest answer with its language."""
    read = yaml.safe_load(ANSWERS.read_text())
    return tuple((language, text) for language, texts in read.items() for text in texts)
