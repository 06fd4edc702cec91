"""Words that people wrap a question in: greetings, thanks, 'could you', 'I would like to know'.

PostgreSQL's stop words leave them in, and each would count as a word that no article covers.
They are written without accents and in lower case.
"""

from __future__ import annotations

from typing import Final

_WORDS: Final[dict[str, str]] = {
    "en": """hi hello hey good morning evening afternoon day please thanks thank sorry ok okay
        want wanted would like need could can may might shall should must help know tell
        explain say said get got gotten go going gonna let think see maybe really actually just
        still already also again possible someone somebody something anything everything
        question ask asking wonder wondering way thing things dear guys ive i've im i'm dont
        don't doesn't didn't can't cant cannot wasn't isn't won't whats what's where's hows
        how's there's it's
        work works happen happens happened mean means much many long today yesterday
        now soon anyone one make made take look use using use""",
    "sv": """hej hejsan hallå god morgon dag kväll tack snälla ursäkta ok okej vill ville skulle
        behöver kan kunna får få fick måste borde hjälp hjälpa hjälper vet veta undrar undra
        säga säger berätta förklara fråga frågor gå går gör göra gjort blir bli blev tror ser
        kanske verkligen bara redan också igen möjligt någon något nån nåt allt sak saker sätt
        fungerar funkar händer hänt betyder mycket många länge idag igår nu snart en ett
        ska skall brukar liksom asså alltså typ kommer vore era ert er""",
    "de": """hallo guten morgen tag abend bitte danke entschuldigung ok okay will wollen möchte
        möchten würde wurde brauche kann können könnte könnten darf dürfen muss müssen soll sollte
        hilfe helfen hilft weiß weiss wissen frage fragen sagen erklären gehen geht gibt gab
        machen mache gemacht tun wird werden glaube sehen vielleicht wirklich nur schon noch
        auch wieder möglich jemand etwas alles sache art funktioniert passiert
        bedeutet viel viele lange heute gestern jetzt bald mal denn eigentlich ja nein mir man
        ne gerne gern bekomme bekommen bekommt kriege kriegen halt eben ihnen ihr sie""",
    "it": """ciao salve buongiorno buonasera buona giorno sera grazie prego scusi scusate ok vorrei
        voglio volevo posso può potete potrei potrebbe devo deve dobbiamo bisogno serve aiuto
        aiutare aiutarmi so sapere sa sapete chiedere chiedo domanda dire dirmi spiegare andare
        va fare faccio fate fa fatto vedo forse davvero solo già ancora anche di nuovo possibile
        qualcuno qualcosa tutto cosa cose modo funziona succede successo significa molto
        molti tanto oggi ieri adesso ora presto mi per favore cortesia quanto quale quali
        ricevere avere""",
    "es": """hola buenos buenas días dias tardes noches gracias por favor perdón perdon ok quiero
        quería querria quisiera puedo puede pueden podría podrían poder debo debe tengo que
        necesito ayuda ayudar ayudarme sé se saber saben pregunta preguntar decir decirme explicar
        ir va hacer hago hacen hace hecho veo quizás quizas realmente solo ya todavía todavia aún
        aun también tambien otra vez posible alguien algo todo cosa cosas manera funciona
        pasa pasado significa mucho muchos tanto hoy ayer ahora pronto cuanto cuánto cual cuál
        hay tener""",
}


def _folded() -> dict[str, frozenset[str]]:
    from alltid.assistant.vocabulary import fold

    return {language: frozenset(map(fold, words.split())) for language, words in _WORDS.items()}


_FOLDED: Final = _folded()


def courtesy_words(language: str) -> frozenset[str]:
    """Return the idle words of a language; none for one that isn't known."""
    return _FOLDED.get(language, frozenset())
