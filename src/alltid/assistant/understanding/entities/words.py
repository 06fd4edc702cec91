"""The words of numbers, months, weekdays and currencies that entities are made of."""

from collections.abc import Mapping
from typing import Final


def _numbered(text: str, first: int = 1) -> dict[str, int]:
    """Each word of a list whose places count from *first*; ``a/b`` are two words for one."""
    return {
        word.replace("_", " "): number
        for number, words in enumerate(text.split(), first)
        for word in words.split("/")
    }


_ONE_TO_TWENTY: Final = (
    (
        "one/a/an two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty"
    ),
    (
        "en/ett två/tva tre fyra fem sex sju åtta/atta nio tio elva tolv tretton fjorton femton "
        "sexton sjutton arton nitton tjugo"
    ),
    (
        "ein/eine/einen/einem/einer zwei/zwo drei vier fünf/fuenf sechs sieben acht neun zehn elf "
        "zwölf/zwoelf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig"
    ),
    (
        "un/uno/una due tre quattro cinque sei sette otto nove dieci undici dodici tredici "
        "quattordici quindici sedici diciassette diciotto diciannove venti"
    ),
    (
        "un/uno/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece "
        "catorce quince "
        "dieciséis/dieciseis diecisiete dieciocho diecinueve veinte"
    ),
    (
        "un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
        "seize dix-sept dix-huit dix-neuf vingt"
    ),
)
_TENS: Final = (
    "thirty forty fifty sixty seventy eighty ninety hundred/a_hundred/one_hundred",
    "trettio fyrtio femtio sextio sjuttio åttio nittio hundra/etthundra",
    "dreißig/dreissig vierzig fünfzig/fuenfzig sechzig siebzig achtzig neunzig hundert/einhundert",
    "trenta quaranta cinquanta sessanta settanta ottanta novanta cento",
    "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien",
)
_HUNDREDS: Final = (
    (
        "two_hundred three_hundred four_hundred five_hundred six_hundred seven_hundred "
        "eight_hundred nine_hundred thousand/a_thousand/one_thousand/a_grand"
    ),
    (
        "tvåhundra trehundra fyrahundra femhundra sexhundra sjuhundra åttahundra niohundra "
        "tusen/ettusen/ett_tusen/en_lax"
    ),
    (
        "zweihundert dreihundert vierhundert fünfhundert/fuenfhundert sechshundert siebenhundert "
        "achthundert neunhundert tausend/eintausend"
    ),
    "duecento trecento quattrocento cinquecento seicento settecento ottocento novecento mille",
    (
        "doscientos/doscientas trescientos cuatrocientos quinientos seiscientos setecientos "
        "ochocientos novecientos mil"
    ),
)
NUMBERS: Final[Mapping[str, int]] = {
    **{word: n * 100 for text in _HUNDREDS for word, n in _numbered(text, 2).items()},
    **{word: n * 10 for text in _TENS for word, n in _numbered(text, 3).items()},
    **{word: n for text in _ONE_TO_TWENTY for word, n in _numbered(text).items()},
}
ARTICLES: Final = frozenset(
    "a an en ett ein eine einen einem einer un uno una une".split()  # noqa: SIM905
)
"""Words that count only before what is counted."""

MONTHS: Final[Mapping[str, int]] = {
    word: number
    for text in (
        (
            "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug "
            "september/sep/sept october/oct november/nov december/dec"
        ),
        "januari februari mars april maj juni juli augusti september oktober/okt november december",
        (
            "januar/jänner februar/feber märz/maerz/mär april mai juni juli august "
            "september oktober "
            "november dezember/dez"
        ),
        (
            "gennaio/gen febbraio marzo aprile maggio/mag giugno/giu luglio/lug agosto/ago "
            "settembre/set ottobre/ott novembre dicembre/dic"
        ),
        (
            "enero/ene febrero marzo abril/abr mayo junio julio agosto septiembre/setiembre "
            "octubre "
            "noviembre diciembre"
        ),
        (
            "janvier février/fevrier mars avril mai juin juillet août/aout septembre "
            "octobre novembre "
            "décembre/decembre"
        ),
    )
    for word, number in _numbered(text).items()
}
WEEKDAYS: Final[Mapping[str, int]] = {
    word: number
    for text in (
        "monday/mon tuesday/tue/tues wednesday/wed thursday/thu/thurs friday/fri saturday sunday",
        (
            "måndag/måndagen/mandag tisdag/tisdagen onsdag/onsdagen torsdag/torsdagen "
            "fredag/fredagen "
            "lördag/lördagen/lordag söndag/söndagen/sondag"
        ),
        "montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag",
        (
            "lunedì/lunedi martedì/martedi mercoledì/mercoledi giovedì/giovedi "
            "venerdì/venerdi sabato "
            "domenica"
        ),
        "lunes martes miércoles/miercoles jueves viernes sábado/sabado domingo",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    )
    for word, number in _numbered(text, 0).items()
}

CURRENCIES: Final[Mapping[str, str]] = {
    word: code
    for code, words in {
        "EUR": "€ eur euro euros euroa eurot",
        "USD": "$ usd dollar dollars bucks dólares dolares dollari us$",
        "GBP": "£ gbp pound pounds quid pfund sterline libras pund",
        "SEK": "sek spänn spann kronor riksdaler bagis pix svenska_kronor kronen_sek",
        "NOK": "nok",
        "DKK": "dkk",
        "CHF": "chf franken fr. sfr stutz",
        "PLN": "zł pln zl złotych zlotych",
        "CZK": "kč czk",
    }.items()
    for word in words.split()
}
CROWNS: Final = ("kr", "kr.", ":-", "krona", "kronor", "kroner", "kronen", "corone", "coronas",
                 "crowns", "couronnes", "kronur", "krónur")  # fmt: skip
CROWNS_OF: Final[Mapping[str, str]] = {"nb": "NOK", "nn": "NOK", "no": "NOK", "da": "DKK",
                                       "is": "ISK"}  # fmt: skip
"""Whose crowns they are where the language says so; Swedish ones else."""

REGIONS: Final[Mapping[str, str]] = {
    "sv": "SE", "de": "DE", "it": "IT", "es": "ES", "en": "GB", "fr": "FR", "nl": "NL",
    "da": "DK", "nb": "NO", "fi": "FI", "pl": "PL", "pt": "PT", "cs": "CZ", "el": "GR",
}  # fmt: skip
"""Where a phone number without a country is looked for."""
