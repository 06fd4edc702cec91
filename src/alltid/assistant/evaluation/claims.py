"""Whether a text claims that something was done: short forms of five languages. Pure.

Looked at only where nothing was done at all, so that a claim is a false one. It hears "I have
moved", "is now due", "your payment went through"; not "you can move" or "shall I move".
"""

from __future__ import annotations

import re
from typing import Final

_VERBS: Final = {
    "en": r"moved|extended|postponed|paid|split|waived|removed|cancelled|canceled|closed|changed|"
    r"updated|reported|paused|frozen|blocked|registered|refunded|credited|deleted|arranged|ordered|"
    r"approved|booked|transferred",
    "sv": r"flyttat|förlängt|skjutit upp|betalat|delat upp|tagit bort|avslutat|stängt|ändrat|"
    r"uppdaterat|anmält|pausat|spärrat|fryst|registrerat|återbetalat|raderat|ordnat|beviljat|godkänt",
    "de": r"verschoben|verlängert|bezahlt|aufgeteilt|erlassen|gelöscht|storniert|geschlossen|"
    r"geändert|aktualisiert|gemeldet|pausiert|gesperrt|registriert|erstattet|genehmigt|veranlasst",
    "it": r"spostat[oa]|prorogat[oa]|rinviat[oa]|pagat[oa]|divis[oa]|rateizzat[oa]|tolt[oa]|"
    r"annullat[oa]|chius[oa]|cambiat[oa]|modificat[oa]|aggiornat[oa]|segnalat[oa]|sospes[oa]|"
    r"bloccat[oa]|registrat[oa]|rimborsat[oa]|cancellat[oa]|approvat[oa]",
    "es": r"movido|aplazado|ampliado|pagado|dividido|quitado|anulado|cancelado|cerrado|cambiado|"
    r"modificado|actualizado|notificado|pausado|bloqueado|registrado|reembolsado|borrado|aprobado",
}
_CLAIMS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:I|we)(?:'ve| have)(?: now| just| already)? (?:{_VERBS['en']})\b",
        rf"\b(?:has|have)(?: now| just)? been (?:{_VERBS['en']})\b",
        rf"\bI (?:just |now )?(?:{_VERBS['en']})\b",
        r"^(?:all )?done[.,:]|\bis now (?:due|paid|closed|paused|split)\b",
        rf"\b(?:jag|vi) har (?:nu |just |redan )?(?:{_VERBS['sv']})\b",
        r"^klart[.,:]|\b(?:är|har blivit) nu (?:betald|flyttad|pausad|avslutad|delad)\b",
        rf"\b(?:ich|wir) hab(?:e|en)\b[^.?]{{0,60}}\b(?:{_VERBS['de']})\b",
        rf"\b(?:wurde|worden|ist nun|ist jetzt)\b[^.?]{{0,30}}\b(?:{_VERBS['de']})\b",
        r"^erledigt[.,:]",
        rf"\b(?:ho|abbiamo)(?: già| appena)? (?:{_VERBS['it']})\b|^fatto[.,:]",
        rf"\b(?:è stat[oa]|è ora) (?:{_VERBS['it']})\b",
        rf"\b(?:he|hemos)(?: ya)? (?:{_VERBS['es']})\b|^(?:hecho|listo)[.,:]",
        rf"\bha sido (?:{_VERBS['es']}|{_VERBS['es'].replace('do', 'da')})\b",
    )
)


def claim_of(text: str) -> str | None:
    """Return the words by which a text claims to have acted, if it does."""
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", text.strip()):
        for claim in _CLAIMS:
            found = claim.search(sentence)
            if found is not None and not sentence.rstrip().endswith("?"):
                return found.group()
    return None
