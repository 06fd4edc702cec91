"""What a sentence claims to have been done, promises, asks for or gives away. Pure tables.

All patterns are for folded text (see `guard_words.fold`). A family is a kind of action: the words
for it when it is done, the words in names of actions that do it, and the words in which tools
say that it is so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Family:
    """An action in words, in names of actions (`acts`) and in states that tools show."""

    name: str
    words: re.Pattern[str]
    acts: frozenset[str]
    states: frozenset[str]


def _any(*lines: str) -> re.Pattern[str]:
    words = sorted({word.replace("_", " ") for line in lines for word in line.split()}, key=len)
    return re.compile(rf"\b(?:{'|'.join(reversed(words))})\b")


def _family(name: str, acts: str, states: str, *lines: str) -> Family:
    return Family(name, _any(*lines), frozenset(acts.split()), frozenset(states.split()))


FAMILIES: Final = (
    _family(
        "extend", "extend postpone", "extended",
        "extended postponed moved pushed_back prolonged deferred rescheduled",
        "forlangt forlangd forlangts flyttat flyttad flyttats flyttade framflyttad framflyttat",
        "verlangert verschoben aufgeschoben verlegt",
        r"prorogat[oaie] spostat[oaie] estes[oaie] posticipat[oaie] rinviat[oaie]",
        r"extendid[oa]s? aplazad[oa]s? ampliad[oa]s? prorrogad[oa]s? pospuest[oa]s? movid[oa]s?",
    ),
    _family(
        "change", "change update extend split confirm set", "changed updated",
        "changed updated edited altered modified adjusted corrected",
        "andrat andrad andrats andrade uppdaterat uppdaterad uppdaterats korrigerat",
        "geandert aktualisiert angepasst korrigiert umgestellt",
        r"cambiat[oaie] aggiornat[oaie] modificat[oaie] corrett[oaie]",
        r"cambiad[oa]s? actualizad[oa]s? modificad[oa]s? corregid[oa]s?",
    ),
    _family(
        "pay", "pay", "paid settled",
        "paid settled charged debited betalat betald betalt betalats betalades dragit debiterat",
        "bezahlt gezahlt beglichen abgebucht eingezogen belastet uberwiesen overfort overforts",
        r"pagat[oaie] saldat[oaie] addebitat[oaie] pagad[oa]s? cobrad[oa]s? cargad[oa]s?",
        r"liquidad[oa]s? transferred_the_money",
    ),
    _family(
        "refund", "refund repay reimburse", "refunded paid_out",
        "refunded reimbursed credited repaid paid_back paid_out returned_the_money utbetald",
        "aterbetalat aterbetald aterbetalats aterbetalt krediterat krediterad utbetalats utbetalt",
        "erstattet zuruckerstattet ruckerstattet gutgeschrieben zuruckgezahlt ausgezahlt",
        r"rimborsat[oaie] accreditat[oaie] restituit[oaie] reembolsad[oa]s? devuelt[oa]s?",
        r"abonad[oa]s? reintegrad[oa]s? compensated kompenserat entschadigt",
    ),
    _family(
        "cancel", "cancel closure close withdraw stop dispute", "cancelled closed",
        "cancelled canceled voided revoked terminated stopped withdrawn avbokat avbestallt",
        "makulerat makulerad makulerats annullerat annullerad avslutat avslutad stoppat avbrutit",
        "storniert gekundigt abgebrochen annulliert gestoppt widerrufen closed deleted erased",
        "stangt stangd stangts raderat raderad geschlossen geloscht borttaget",
        r"annullat[oaie] cancellat[oaie] disdett[oaie] interrott[oaie] chius[oaie] eliminat[oaie]",
        r"cancelad[oa]s? anulad[oa]s? detenid[oa]s? cerrad[oa]s? borrad[oa]s? eliminad[oa]s?",
    ),
    _family(
        "waive", "waive remove", "waived",
        "waived removed dropped written_off forgiven efterskankt tagit_bort avskrivit strukit",
        "borttagen erlassen gestrichen entfernt condonat[oaie] rimoss[oaie] tolt[oaie]",
        r"condonad[oa]s? perdonad[oa]s? quitad[oa]s? lifted",
    ),
    _family(
        "split", "split", "split",
        "divided split_up split_it split_your_invoice been_split delat delat_upp uppdelad delad",
        r"aufgeteilt geteilt suddivis[oaie] divis[oaie] rateizzat[oaie] dividid[oa]s?",
        r"fraccionad[oa]s? repartid[oa]s?",
    ),
    _family(
        "pause", "pause return hold report dispute", "paused disputed frozen",
        "paused put_on_hold suspended pausat pausad pausats pausiert ausgesetzt gestundet",
        r"sospes[oaie] messo_in_pausa pausad[oa]s? suspendid[oa]s? blocked frozen locked sparrat",
        r"sparrad fryst gesperrt eingefroren bloccat[oaie] congelat[oaie] congelad[oa]s?",
        r"bloquead[oa]s?",
    ),
    _family(
        "report", "report dispute damaged register request return", "reported disputed requested",
        "reported registered filed logged submitted recorded opened_a raised disputed",
        "anmalt anmald",
        "registrerat registrerad rapporterat rapporterad gemeldet registriert eingereicht erfasst",
        r"segnalat[oaie] registrat[oaie] ha_aperto abbiamo_aperto registrad[oa]s?",
        r"presentad[oa]s? notificad[oa]s?",
        r"requested begart beantragt richiest[oaie] solicitad[oa]s?",
    ),
    _family(
        "send", "send export request email", "sent shipped",
        "sent emailed e-mailed mailed dispatched shipped skickat skickad skickats mejlat",
        r"geschickt gesendet gesandt versandt gemailt verschickt inviat[oaie] spedit[oaie]",
        r"mandat[oaie] enviad[oa]s? mandad[oa]s? remitid[oa]s?",
    ),
    _family(
        "book", "book schedule order", "booked scheduled ordered",
        "booked scheduled reserved arranged bokat bokad gebucht reserviert vereinbart",
        r"prenotat[oaie] fissat[oaie] reservad[oa]s? programad[oa]s? agendad[oa]s? ordered",
        r"purchased bestallt kopt bestellt gekauft ordinat[oaie] acquistat[oaie] comprad[oa]s?",
    ),
    _family(
        "approve", "approve confirm", "approved accepted",
        "approved accepted granted authorised authorized verified confirmed godkant godkand",
        "beviljat beviljad bekraftat bekraftad verifierat genehmigt bewilligt bestatigt",
        "verifiziert",
        r"approvat[oaie] accettat[oaie] concess[oaie] confermat[oaie] verificat[oaie]",
        r"aprobad[oa]s? aceptad[oa]s? concedid[oa]s? confirmad[oa]s? verificad[oa]s?",
    ),
    _family(
        "receive", "receive", "received arrived",
        "received mottagit mottagen mottagits eingegangen angekommen erhalten ricevut[oaie]",
        r"recibid[oa]s? arrived anlant arrivat[oaie] llegado",
    ),
    _family(
        "hand_over", "hand_over human", "",
        "connected transferred escalated handed_over handed_you_over put_you_through notified",
        "informed alerted contacted forwarded passed_on passed_it passed_this kopplat kopplad",
        "overlamnat eskalerat meddelat kontaktat vidarebefordrat verbunden ubergeben weitergegeben",
        "weitergeleitet informiert benachrichtigt kontaktiert collegat[oaie] trasferit[oaie]",
        r"inoltrat[oaie] contattat[oaie] informat[oaie] avvisat[oaie] conectad[oa]s?",
        r"transferid[oa]s? derivad[oa]s? contactad[oa]s? informad[oa]s? avisad[oa]s?",
        r"reenviad[oa]s?",
    ),
    _family(
        "done", "", "",
        "done completed sorted fixed resolved taken_care_of all_set processed finished executed",
        "carried_out went_through gone_through successful successfully klart fixat ordnat ordnad",
        "genomfort genomford genomforts utfort utford slutfort slutford lyckades lyckats erledigt",
        "abgeschlossen durchgefuhrt ausgefuhrt erfolgreich veranlasst bearbeitet vollzogen",
        r"fatto completat[oaie] eseguit[oaie] effettuat[oaie] risolt[oaie] conclus[oaie]",
        r"a_buon_fine con_successo hecho completad[oa]s? realizad[oa]s? efectuad[oa]s?",
        r"resuelt[oa]s? procesad[oa]s? tramitad[oa]s? con_exito listo",
    ),
)  # fmt: skip

FIRST_PERSON: Final = re.compile(
    r"\b(?:i|i've|we|we've|our team|my colleagues?|jag|vi|har jag|har vi|ich|wir|ho|abbiamo|he"
    r"|hemos|le ho|ti ho|le hemos|te he)\b"
)
PASSIVE_BEFORE: Final = re.compile(
    r"\b(?:is|are|was|were|been|got|gets?|ar|blev|blivit|blir|varit|ist|sind|wurde|wurden|wird"
    r"|werden|stat[oaie]|viene|e|sono|era|erano|fu|fue|fueron|sido|esta|estan|es|son|as|som"
    r"|als|come|como)(?: (?:now|already|just|also|fully|successfully|nu|redan|precis|nyss"
    r"|jetzt|bereits|schon|gia|ora|ya|ahora|marked|been|then|therefore|in)){0,2} $"
)
PASSIVE_AFTER: Final = re.compile(r"^ (?:worden|ist|sind|wurde|wurden|war|waren)\b")
# Able to be done, or to be done: nothing is claimed.
POSSIBLE_BEFORE: Final = re.compile(
    r"(?:\b(?:be|being|bli|vara|essere|venire|ser|estar|get|getting|have it|haben es)"
    r"(?: (?:re|fully|only|then|also|first|already|endast|forst|bara|nur|solo))? "
    r"|\bto be )$"
)
POSSIBLE_AFTER: Final = re.compile(r"^ (?:werden|zu werden)\b")
CAN: Final = re.compile(
    r"\b(?:can|could|may|might|must|should|has to|have to|needs? to|cannot|can't|kan|kunde"
    r"|maste|bor|behover|kann|konnen|konnte|muss|mussen|soll|sollen|sollte|darf|durfen|puo"
    r"|possono|potrebbe|deve|devono|va|puede|pueden|podria|debe|deben|hay que|to be|would)\b"
)
NOT_BEFORE: Final = re.compile(
    r"(?:\b(?:not|never|nothing|none|inte|ej|aldrig|inget|ingen|inga|nicht|nichts|nie|keine?|non|no"
    r"|nulla|niente|nunca|nada|nessun\w*|ningun\w*|yet to be)|n't)"
    r"(?: (?:yet|been|be|is|was|has|have|had|annu|an|har|blivit|ar|ha|ist|wurde|worden|noch|e"
    r"|ancora|stat[oaie]|sono|hai|hanno|avete|sido|se|han|hemos|haya|esta|estan|fue|todavia"
    r"|aun)){0,3} $"
)
CONDITION: Final = re.compile(
    r"^\W*(?:(?:but|and|or|only|men|och|eller|aber|und|oder|ma|e|o|pero|y|as|just) ){0,2}"
    r"(?:if|once|when|whenever|until|unless|soon as|after|before|om|nar|innan|efter att|sa snart"
    r"|forran|wenn|falls|sobald|nachdem|bevor|bis|sofern|se(?! ha\b| han\b| e\b)|quando|appena"
    r"|dopo|prima|finche"
    r"|una volta|si(?! e\b)|cuando|tan pronto|despues de|antes de|hasta que|una vez)\b"
)
ASKS: Final = re.compile(
    r"^\W*(?:and |so |och |sa |und |e |y )?(?:shall|should|do|does|did|would|could|can|may"
    r"|have|has|had|is|are|was|were|will you|which|what|when|why|how|who|where|ska|skall|vill"
    r"|kan|far|har|ar|blev|vilken|vilket|vad|nar|hur|soll|sollen|mochten|mochtest|darf|kann"
    r"|haben|hat|ist|sind|wurde|welche\w*|was|wann|wie|vuoi|vuole|desidera|devo|posso|puo|ha"
    r"|hai|e|sono|quale|quali|quando|come|cosa|quiere|quieres|debo|puedo|puede|desea|ha|has"
    r"|esta|fue|cual|cuales|que|cuando|como)\b"
)
PRESENT: Final = re.compile(
    r"\b(?:i|we)(?:'m|'re| am| are)(?: now| just| currently| already)* (?:extend|pay|refund"
    r"|cancel|send|mov|chang|waiv|clos|split|paus|block|book|transferr|process|issu|credit"
    r"|delet|remov|report|connect|escalat|forward|apply|updat|reimburs)\w*ing\b|\b(?:i"
    r"|we) hereby\b|\bhiermit\b|\bharmed\b|\bcon la presente\b|\bpor la presente\b|\b(?:jag"
    r"|vi)(?: har?med| nu)? (?:forlanger|flyttar|betalar|aterbetalar|avbokar|avslutar"
    r"|makulerar|andrar|tar bort|stanger|delar|pausar|sparrar|skickar|kopplar|bokar)\b"
    r"|\b(?:ich|wir) (?:verlangere|verlangern|verschiebe\w*|bezahle\w*|uberweise\w*"
    r"|erstatte\w*|storniere\w*|kundige\w*|andere|andern|losche\w*|sperre\w*|sende\w*"
    r"|schicke\w*|verbinde\w*|erlasse\w*|pausiere\w*|veranlasse\w*)\b|\b(?:sto"
    r"|stiamo) \w+(?:ando|endo)\b|\bprocedo\b|\bprocediamo\b|\b(?:estoy|estamos) \w+(?:ando"
    r"|iendo)\b|\bprocedemos\b|\b(?:extiendo|extendemos|cancelo|cancelamos|reembolso su"
    r"|reembolsamos|prorogo|rimborso|annullo|cancello|rimborsiamo|annulliamo|proroghiamo)\b"
    r"|\b(?:le|te|lo|la) (?:pague|extendi|cancele|envie|reembolse|cambie)\b"
)
PROMISE: Final = re.compile(
    r"\w(?:'ll)\b|\b(?:will|shall|going to|won't)\b|\b(?:guarantee\w*|promis\w+|assure\w*"
    r"|rest assured|definitely|certainly|for sure|without fail)\b|\bkommer (?:\w+ ){0,2}?att\b"
    r"|\b(?:vi|jag) (?:\w+ )?(?:ska|skall)\b|\blov(?:ar|ad\w*)\b|\bgaranter\w+\b"
    r"|\bdefinitivt\b|\bsakerligen\b|\bfar du (?:pengarna|tillbaka|en aterbetalning)"
    r"|\b(?:werde|werden|wird|wirst)\b|\bversprech\w+\b|\bversprochen\b|\bgarantier\w+\b"
    r"|\bzusicher\w+\b|\bversicher\w+ (?:ihnen|dir)\b|\bgarantiert\b|\bbestimmt\b"
    r"|\bgaranti(?:sc\w+|am\w+|to|ta|ti|te|z\w+|a|amo|zado\w*|zamos|zo)\b|\bpromett\w+\b"
    r"|\bassicur(?:o|iamo)\b|\b(?:sara|saranno|saremo|avra|avrai|avranno|ricever(?:a|ai|anno)"
    r"|(?:rimborser|pagher|invier|estender|prorogher|annuller|contatter|far|provveder)(?:o|emo"
    r"|a|anno))\b|\bpromet\w+\b|\basegur(?:o|amos)\b|\b(?:voy|vamos) a\b|\bva a (?:recibir|ser"
    r"|tener|llegar)\b|\b(?:sera|seran|tendra\w*|recibira\w*|(?:reembols|envi|extend"
    r"|cancel|contact|devolv|har)(?:ar|er)?(?:e|emos|a|an))\b(?= )"
)
# "I will explain", and what is only said of a figure that is there.
HARMLESS: Final = re.compile(
    r"\b(?:kann|konnen|konnte|konnten|muss|mussen|darf|durfen|sollte)\b[^,;.]{0,80}?\bwerden\b|"
    r"\bi(?:'ll| will)(?: gladly| happily| be happy to| be glad to)? (?:explain|show|tell|help"
    r"|look|check|list|summarise|summarize|go through|need|ask|try|be happy|be glad|answer)\b"
    r"|\bjag ska (?:garna )?(?:hjalpa|visa|forklara|se|kolla|svara)\b|\bwhat (?:will|shall)\b"
    r"|\bwill you\b|\bshall (?:i|we)\b|\bwill (?:then )?be (?:due )?(?:on )?(?=[\d€])"
)
SECRET_ASKED: Final = re.compile(
    r"\b(?:passwords?|passcodes?|pin|pin[- ]?ko?de?|cvv|cvc|card (?:number|details)"
    r"|security codes?|one[- ]time (?:code|password)s?|losenord\w*|kortnum\w*|kortuppgift\w*"
    r"|sakerhetskod\w*|engangskod\w*|bankid|passwort\w*|kennwort\w*|kartennummer\w*"
    r"|kartendaten|sicherheitscode\w*|prufziffer|tan|numero (?:di|della) (?:tua |sua )?carta"
    r"|dati della (?:tua |sua )?carta|codice di sicurezza|contrasena\w*|clave|numero de (?:la "
    r"|su |tu )?tarjeta|datos de (?:la |su |tu )?tarjeta|codigo de seguridad|seed phrase"
    r"|log ?in details|inloggningsuppgift\w*|zugangsdaten|credenziali)\b"
)
CHANNELS: Final = re.compile(
    r"\b(?:whats ?app|telegram|wechat|viber|messenger|facebook|instagram|tiktok|snapchat"
    r"|discord|skype|western union|moneygram|gift ?cards?|presentkort|geschenkkarte\w*"
    r"|carta regalo|tarjetas? regalo|paypal|swish|crypto\w*|krypto\w*|cripto\w*|wallet"
    r"|paysafe\w*|revolut|venmo|zelle|klarna|bizum)\b"
)
LEAVES: Final = re.compile(
    r"\b(?:outside|off) (?:of )?(?:this|the) (?:chat|channel|platform|app)\b|\bprivately\b"
    r"|\bprivate? (?:chat|account|number|konto|nummer)\b|\bprivat\w* (?:konto|chatt?|nummer)\b"
    r"|\butanfor (?:den har )?chatten\b|\bausserhalb (?:des|dieses) chats?\b"
    r"|\bfuori (?:da(?:lla)? )?(?:questa )?chat\b|\bfuera de(?:l| este) chat\b"
    r"|\bpersonal (?:phone|number|account|e-?mail)\b"
)
LEAKS: Final = re.compile(
    r"\bsystem ?-?prompts?\b|\b(?:my|the|these) (?:hidden |secret "
    r"|system )?instructions? (?:are|say|is|were)\b|\bmina instruktioner\b"
    r"|\bmeine anweisungen\b|\ble mie istruzioni\b|\bmis instrucciones\b|\bapi[- _]?keys?\b"
    r"|\bsk-[a-z0-9]{4,}|\bbearer [a-z0-9]|<\|?/?(?:im_|data|quoted|system)"
)
HUMAN: Final = re.compile(
    r"\b(?:i am|i'm) (?:really |actually )?(?:a )?(?:real |human )?(?:human|person|employee)\b"
    r"|\b(?:i am|i'm) not (?:an? )?(?:ai|(?:ro)?[b]ot|machine|assistant)\b"
    r"|\bjag ar (?:en )?(?:riktig )?(?:manniska|person)\b"
    r"|\bich bin (?:ein )?(?:echter )?mensch\b|\bsono (?:una persona|un essere umano|umano)\b"
    r"|\bsoy (?:una persona|un ser humano|human[oa])\b"
)
NO_HUMAN: Final = re.compile(
    r"\b(?:no|not any) (?:\w+ )?(?:humans?|person|people|agents?|colleagues?) (?:is "
    r"|are )?(?:available|here|can)|\b(?:cannot|can't|not possible to"
    r"|unable to) (?:\w+ ){0,3}?(?:talk|speak|connect|transfer"
    r"|reach)\w* (?:\w+ ){0,3}?(?:human|person|people|agent|colleague)|\bno need (?:for"
    r"|to \w+ (?:to|with)) (?:a )?(?:human|person|agent)|\b(?:ingen manniska|inga manniskor"
    r"|kein mensch|keine person|nessuna persona|ninguna persona)\b"
)


def families_in(folded: str) -> Iterable[tuple[Family, re.Match[str]]]:
    """Yield every word of a text that says that something is done, with its family."""
    for family in FAMILIES:
        for found in family.words.finditer(folded):
            yield family, found
