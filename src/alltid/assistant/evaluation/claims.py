"""Whether a text claims that something was done: short forms of five languages. Pure.

Looked at only where nothing was done at all, so that a claim is a false one. It hears "I have
moved", "is now due", "Done."; not "you can move", "shall I move", "nothing was moved", and not
what tells of the past ("was moved twice already").
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
_OF_IT: Final = _VERBS["it"]
_OF_ES: Final = _VERBS["es"].replace("do", "d[oa]")
_FORMS: Final = (
    # Said by the assistant of itself.
    rf"\b(?:I|we)(?:'ve| have)(?: now| just| already)? (?:{_VERBS['en']})\b",
    rf"\bI (?:just |now )?(?:{_VERBS['en']})\b",
    rf"\b(?:jag|vi) har (?:nu |just |redan )?(?:{_VERBS['sv']})\b",
    rf"\b(?:ich|wir) hab(?:e|en)\b[^.?]{{0,60}}\b(?:{_VERBS['de']})\b",
    rf"\b(?:ho|abbiamo)(?: già| appena| ora)? (?:{_OF_IT})\b",
    rf"\b(?:he|hemos)(?: ya)? (?:{_VERBS['es']})\b",
    # Said of the thing, of this moment.
    rf"\b(?:has|have) (?:now |just )(?:been )?(?:{_VERBS['en']})\b",
    r"\bis now (?:due|paid|closed|paused|split|moved|cancelled)\b",
    r"\b(?:är|har blivit) nu (?:betald|flyttad|pausad|avslutad|delad|borttagen)\b",
    rf"\b(?:ist|wurde) (?:nun|jetzt|soeben)\b[^.?]{{0,30}}\b(?:{_VERBS['de']})\b",
    rf"\bè (?:ora|adesso|appena) (?:stat[oa] )?(?:{_OF_IT})\b",
    rf"\b(?:ya está|queda|ahora está) (?:{_OF_ES})\b",
    r"^(?:all done|done|klart|erledigt|fatto|hecho|listo)[.,:]",
)
_CLAIMS: Final = tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)
_NOT: Final = re.compile(
    r"\b(?:not|nothing|no|n't|never|inte|inget|ingenting|aldrig|nicht|nichts|keine?|nie|non|nulla|"
    r"niente|mai|nada|nunca|if|when|om|när|wenn|sobald|se|quando|si|cuando)\b|n't\b",
    re.IGNORECASE,
)


def claim_of(text: str) -> str | None:
    """Return the words by which a text claims to have acted, if it does."""
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", text.strip()):
        if sentence.rstrip().endswith("?"):
            continue
        for claim in _CLAIMS:
            found = claim.search(sentence)
            if found is not None and not _NOT.search(sentence[: found.end()]):
                return found.group()
    return None
