"""The words in which figures are written, in five languages. Pure tables and their readers.

All words are folded: lower case, without accents (see `fold`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final


def fold(text: str) -> str:
    """Return text in lower case, without accents, with plain digits, spaces and dashes.

    Characters that show nothing are gone; so are marks that stand on others.
    """
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    out = []
    for letter in plain:
        kind = unicodedata.category(letter)
        if kind in {"Cf", "Mn", "Me"}:
            continue
        if kind == "Nd":
            out.append(str(unicodedata.digit(letter)))
        elif kind == "Pd" or letter == "\u2212":
            out.append("-")
        elif kind in {"Zs", "Zl", "Zp", "Cc"}:
            out.append(" ")
        else:
            out.append(_PLAIN.get(letter, letter))
    return "".join(out).lower()


_PLAIN: Final = {
    **dict.fromkeys("\u2019\u2018\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d", '"'),
    "ø": "o",
}


def _table(line: str) -> dict[str, int]:
    pairs = (each.rpartition("=") for each in line.split())
    return {word: int(number) for words, _, number in pairs for word in words.split("|")}


# A number word is a chain of these in one language; 100 and 1000 multiply what stands before.
_ATOMS: Final = {
    "en": _table(
        "zero=0 nil=0 a|an|one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 "
        "eleven=11 twelve|dozen=12 thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 "
        "eighteen=18 nineteen=19 twenty=20 thirty=30 forty|fourty=40 fifty=50 sixty=60 seventy=70 "
        "eighty=80 ninety=90 hundred|hundreds=100 thousand|thousands|grand=1000 "
        "million|millions=1000000"
    ),
    "sv": _table(
        "noll=0 en|ett=1 tva=2 tre=3 fyra=4 fem=5 sex=6 sju=7 atta=8 nio=9 tio=10 elva=11 tolv=12 "
        "tretton=13 fjorton=14 femton=15 sexton=16 sjutton=17 arton=18 nitton=19 tjugo|tjugi=20 "
        "trettio=30 fyrtio=40 femtio=50 sextio=60 sjuttio=70 attio=80 nittio=90 "
        "hundra|hundralapp|hundralappar=100 tusen|tusenlapp|tusenlappar=1000 "
        "miljon|miljoner=1000000"
    ),
    "de": _table(
        "null=0 ein|eins|eine|einen|einem|einer=1 zwei|zwo=2 drei=3 vier=4 funf|fuenf=5 sechs=6 "
        "sieben=7 acht=8 neun=9 zehn=10 elf=11 zwolf|zwoelf|dutzend=12 dreizehn=13 vierzehn=14 "
        "funfzehn|fuenfzehn=15 sechzehn=16 siebzehn=17 achtzehn=18 neunzehn=19 zwanzig=20 "
        "dreissig=30 vierzig=40 funfzig|fuenfzig=50 sechzig=60 siebzig=70 achtzig=80 neunzig=90 "
        "hundert|hunderte=100 tausend|tausende=1000 million|millionen=1000000"
    ),
    "it": _table(
        "zero=0 un|uno|una=1 due=2 tre=3 quattro=4 cinque=5 sei=6 sette=7 otto=8 nove=9 dieci=10 "
        "undici=11 dodici|dozzina=12 tredici=13 quattordici=14 quindici=15 sedici=16 "
        "diciassette=17 diciotto=18 diciannove=19 venti|vent=20 trenta|trent=30 "
        "quaranta|quarant=40 cinquanta|cinquant=50 sessanta|sessant=60 settanta|settant=70 "
        "ottanta|ottant=80 novanta|novant=90 cento|cent|centinaia=100 mille|mila|migliaia=1000 "
        "milione|milioni=1000000"
    ),
    "es": _table(
        "cero=0 un|uno|una=1 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 "
        "once=11 doce|docena=12 trece=13 catorce=14 quince=15 dieciseis=16 diecisiete=17 "
        "dieciocho=18 diecinueve=19 veinte|veinti=20 treinta=30 cuarenta=40 cincuenta=50 "
        "sesenta=60 setenta=70 ochenta=80 noventa=90 cien|ciento|cientos|cientas=100 "
        "quinientos|quinientas=500 setecientos|setecientas=700 novecientos|novecientas=900 "
        "mil|miles=1000 millon|millones=1000000"
    ),
}
_INNER: Final = {"de": "und", "en": "and", "sv": "och"}
_SCALE_LEAST: Final = 100
_WORD_MAX: Final = 48


@lru_cache(maxsize=4096)
def number_word(word: str) -> int | None:
    """Return what one folded word says as a number, written in one or as a chain; else None."""
    bare = word.replace("-", "")
    if not bare.isalpha() or len(bare) > _WORD_MAX:
        return None
    for language, atoms in _ATOMS.items():
        chain = _chain(bare, atoms, _INNER.get(language, ""))
        if chain:
            return value_of(chain)
    return None


def _chain(word: str, atoms: dict[str, int], inner: str) -> tuple[int, ...] | None:
    """Cut a word into number atoms; `inner` may stand between two."""
    reached: dict[int, tuple[int, ...]] = {0: ()}
    for at in range(len(word)):
        if at not in reached:
            continue
        for end in range(at + 1, len(word) + 1):
            piece = word[at:end]
            if piece in atoms:
                reached.setdefault(end, (*reached[at], atoms[piece]))
            elif piece == inner and at and end < len(word):
                reached.setdefault(end, reached[at])
    return reached.get(len(word))


def value_of(chain: tuple[int, ...]) -> int:
    """Return the value of atoms in order: hundreds and thousands multiply."""
    total = current = 0
    for atom in chain:
        if atom == _SCALE_LEAST:
            current = max(current, 1) * atom
        elif atom > _SCALE_LEAST and not atom % 1000:
            total += max(current, 1) * atom
            current = 0
        else:
            current += atom
    return total + current


def fits_after(value: int, following: int) -> bool:
    """Whether a number word goes on the number before it: twenty | five, two | hundred."""
    if following >= _SCALE_LEAST and following in {100, 1000, 1_000_000}:
        return 0 < value < following
    digits = len(str(following))
    return value >= max(20, following) and value % 10**digits == 0 and following > 0


def word_set(line: str) -> frozenset[str]:
    """Return the words of a line."""
    return frozenset(line.split())


def _words(line: str, unit: str) -> dict[str, str]:
    return dict.fromkeys(line.split(), unit)


# Words that also mean something else: numbers only where a unit or a currency follows.
UNSURE: Final = word_set(
    "a an one en ett ein eins eine einen einem einer un uno una due once sei sex mil miles cent "
    "nil null vent grand"
)
UNITS: Final = {
    **_words("day days dag dagar dagars dagen tag tage tagen tages tags giorno giorni", "day"),
    **_words("dia dias calendar kalendertage kalendertagen kalenderdagar daily", "day"),
    **_words("tagige tagigen taegige days' dagarna tagesfrist", "day"),
    **_words("arbetsdag arbetsdagar bankdag bankdagar vardag vardagar werktag werktage", "workday"),
    **_words("werktagen arbeitstag arbeitstage arbeitstagen bankarbeitstage workdays", "workday"),
    **_words("bankarbeitstagen geschaftstage geschaftstagen workday", "workday"),
    **_words("week weeks vecka veckor veckors woche wochen settimana settimane", "week"),
    **_words("semana semanas wk wks weekly", "week"),
    **_words("month months manad manader monat monate monaten monats mese mesi mes", "month"),
    **_words("meses monthly", "month"),
    **_words("year years ar jahr jahre jahren jahres anno anni ano anos yrs arig", "year"),
    **_words("hour hours hrs hr h timme timmar stunde stunden std ora ore hora horas", "hour"),
    **_words("minute minutes min mins minut minuter minuten minuto minuti minutos", "minute"),
    **_words("second seconds sekund sekunder sekunde sekunden secondi segundos", "second"),
    **_words("percent procent prozent pct", "percent"),
    **_words("times ganger mal volte veces gang volta vez", "times"),
}
# Two words for one unit.
PAIRS: Final = {
    **dict.fromkeys(
        [("business", "day"), ("business", "days"), ("working", "day"), ("working", "days")],
        "workday",
    ),
    **dict.fromkeys([("banking", "days"), ("giorno", "lavorativo")], "workday"),
    **dict.fromkeys([("giorni", "lavorativi"), ("dia", "habil"), ("dias", "habiles")], "workday"),
    **dict.fromkeys([("dia", "laborable"), ("dias", "laborables")], "workday"),
    **dict.fromkeys([("per", "cent"), ("per", "cento"), ("por", "ciento")], "percent"),
}
BETWEEN: Final = word_set(
    "more full extra additional further other whole consecutive weitere weiteren weiterer volle "
    "zusatzliche zusatzlichen ganze ytterligare hela till andra altri altre interi mas completos "
    "adicionales swedish svenska schwedische clear of de di"
)

CURRENCIES: Final = {
    **_words("€ eur euro euros euron euroa euroja eur's", "EUR"),
    **_words("cent cents centesimi centesimo centimos centimo eurocent", "EUR/100"),
    **_words("$ usd dollar dollars dollari dolares dollaro dolar bucks", "USD"),
    **_words("£ gbp pound pounds pund pfund sterline sterlina libras", "GBP"),
    # Which krona or krone it is, these don't say.
    **_words("kr krona kronor kronors kronen krone coronas corona corone spann :-", "KR"),
    **_words("ore oere", "KR/100"),
    **_words("sek", "SEK"),
    **_words("nok", "NOK"),
    **_words("dkk", "DKK"),
    **_words("chf franken francs franchi francos", "CHF"),
    **_words("pln zloty", "PLN"),
    **_words("¥ jpy yen", "JPY"),
    **_words("btc bitcoin bitcoins", "BTC"),
}

MONTHS: Final = {
    **_words("january jan januari januar janner gennaio gen enero ene", "1"),
    **_words("february feb februari februar febbraio febrero", "2"),
    **_words("march mar mars marz maerz marzo mrz", "3"),
    **_words("april apr aprile abril abr", "4"),
    **_words("may maj mai maggio mag mayo", "5"),
    **_words("june jun juni giugno giu junio", "6"),
    **_words("july jul juli luglio lug julio", "7"),
    **_words("august aug augusti agosto ago", "8"),
    **_words("september sep sept settembre set septiembre setiembre", "9"),
    **_words("october oct oktober okt ottobre ott octubre", "10"),
    **_words("november nov novembre noviembre", "11"),
    **_words("december dec dezember dez dicembre dic diciembre", "12"),
}
# Only beside a day or a year: alone these are other words too.
MONTHS_UNSURE: Final = word_set("may mar mars gen set dec mag giu ago dic jan apr abr ene")

WEEKDAYS: Final = {
    **_words("monday mondays mandag mandagar montag montags lunedi lunes", "0"),
    **_words("tuesday tuesdays tisdag tisdagar dienstag dienstags martedi martes", "1"),
    **_words("wednesday wednesdays onsdag onsdagar mittwoch mittwochs mercoledi miercoles", "2"),
    **_words("thursday thursdays torsdag torsdagar donnerstag donnerstags giovedi jueves", "3"),
    **_words("friday fridays fredag fredagar freitag freitags venerdi viernes", "4"),
    **_words("saturday saturdays lordag lordagar samstag samstags sonnabend sabato sabado", "5"),
    **_words("sunday sundays sondag sondagar sonntag sonntags domenica domingo", "6"),
    **_words("mon man mo lun", "0"),
    **_words("fri fre fr ven vie", "4"),
}
WEEKDAYS_UNSURE: Final = word_set("mon man mo lun fri fre fr ven vie")

ORDINALS: Final = {
    word: number
    for number, words in enumerate(
        (
            "first forsta erste ersten primo primero",
            "second andra zweite zweiten secondo segundo",
            "third tredje dritte dritten terzo tercero",
            "fourth fjarde vierte vierten quarto cuarto",
            "fifth femte funfte funften quinto",
            "sixth sjatte sechste sechsten sesto sexto",
            "seventh sjunde siebte siebten settimo septimo",
            "eighth attonde achte achten ottavo octavo",
            "ninth nionde neunte neunten nono noveno",
            "tenth tionde zehnte zehnten decimo",
            "eleventh elfte elften undicesimo undecimo",
            "twelfth tolfte zwolfte zwolften dodicesimo duodecimo",
            "thirteenth trettonde dreizehnte dreizehnten",
            "fourteenth fjortonde vierzehnte vierzehnten",
            "fifteenth femtonde funfzehnte funfzehnten",
            "sixteenth sextonde sechzehnte sechzehnten",
            "seventeenth sjuttonde siebzehnte siebzehnten",
            "eighteenth artonde achtzehnte achtzehnten",
            "nineteenth nittonde neunzehnte neunzehnten",
            "twentieth tjugonde zwanzigste zwanzigsten",
            "twenty-first tjugoforsta einundzwanzigste einundzwanzigsten",
            "twenty-second tjugoandra zweiundzwanzigste zweiundzwanzigsten",
            "twenty-third tjugotredje dreiundzwanzigste dreiundzwanzigsten",
            "twenty-fourth tjugofjarde vierundzwanzigste vierundzwanzigsten",
            "twenty-fifth tjugofemte funfundzwanzigste funfundzwanzigsten",
            "twenty-sixth tjugosjatte sechsundzwanzigste sechsundzwanzigsten",
            "twenty-seventh tjugosjunde siebenundzwanzigste siebenundzwanzigsten",
            "twenty-eighth tjugoattonde achtundzwanzigste achtundzwanzigsten",
            "twenty-ninth tjugonionde neunundzwanzigste neunundzwanzigsten",
            "thirtieth trettionde dreissigste dreissigsten",
            "thirty-first trettioforsta einunddreissigste einunddreissigsten",
        ),
        start=1,
    )
    for word in words.split()
}

# Amounts that are said without a number.
HALVES: Final = word_set(
    "half halves halva halften halvt halb halbe halben halber halfte mezzo mezza meta mitad medio "
    "media halvera twice double doubled dubbelt dubbla doppelt doppelte doppio doble triple "
    "threefold thrice quarter fortnight quindicina quincena couple dozens anderthalb "
    "eineinhalb"
)
RELATIVE: Final = word_set(
    "tomorrow yesterday tonight imorgon igar ikvall morgen gestern domani ieri manana ayer "
    "overmorgon ubermorgen dopodomani immediately instantly omedelbart sofort subito "
    "immediatamente inmediatamente inmediato"
)
FREE: Final = re.compile(
    r"\b(?:free|free of charge|for nothing|costs? nothing|owe nothing|nothing to pay"
    r"|at no cost|no (?:\w+ )?(?:fees?|costs?|charges?|interest)"
    r"|without (?:any )?(?:\w+ )?(?:fees?|costs?|charges?|interest)|gratis|kostnadsfri\w*"
    r"|utan (?:extra )?(?:kostnad|avgift|ranta)|avgiftsfri\w*|inget att betala"
    r"|ingen (?:\w+ )?(?:avgift|ranta|kostnad)|kostar (?:dig )?(?:ingenting|inget)"
    r"|kostenlos\w*|kostenfrei\w*|gebuhrenfrei\w*|zinsfrei\w*|ohne (?:zusatzliche )?(?:kosten"
    r"|gebuhr\w*|zinsen)|keine (?:\w+ )?(?:kosten|gebuhr\w*|zinsen)|kostet (?:sie )?nichts"
    r"|nichts zu zahlen|gratuit\w*|senza (?:alcun[oa]? )?(?:costi|spese|interessi|commissioni"
    r"|costo)|nessun[oa]? (?:costo|spesa|commissione|interesse)|non costa (?:nulla|niente)"
    r"|nulla da pagare|gratuitamente|sin (?:ningun )?(?:coste|costo|gastos|intereses"
    r"|comision\w*|cargo\w*|recargo\w*)|no cuesta nada|nada que pagar|ningun (?:coste|costo"
    r"|cargo|gasto|interes))\b"
)
# What nearly every sentence in the five languages holds some of.
FUNCTION_WORDS: Final = word_set(
    "the a an is are was be been you your yours i we our it its this that to of for on at by "
    "from  with and or but not no if can could do does have has had will would may what which "
    "when how  there here in as so now just please yes more about over under than then all "
    "any also am my  det den ett en ar var har du din ditt dina jag vi var vara och eller men "
    "inte om kan kunde  att av for pa i till fran med som ska vill far nu har dar hur nar vad "
    "vilken ja nej mer sa  der die das ein eine einen einer ist sind war sie ihr ihre ihren "
    "ihrer ihnen du dein ich wir  und oder aber nicht kein wenn kann konnen zu von fur auf an "
    "bei mit aus im am es dass dies  diese was welche wann wie hier jetzt bitte ja nein mehr "
    "uber noch auch um den dem des zum zur  il lo la le gli un uno una di del della dei delle "
    "da dal in nel nella con per su sul e ed o  ma non se puo si sono sei hai ha ho era che "
    "chi cosa quale quando come qui ora tuo tua suo  sua nostro ti lei alla al ai  el los las "
    "un unos de del al en con por para y o pero no si puede se es son esta estan era  que "
    "cual cuando como aqui ahora su sus tu tus nuestro le te lo mas sin este esta ha he ya "
)
