"""One sentence is enough, in the customer's own language, and it is theirs to take back."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Agent, Customer
from tests.journeys.world import World
from tests.support.server import Server


@dataclass(frozen=True)
class Spoken:
    """What a customer says in a language, and what the page says back."""

    locale: str
    wish: str
    talk_to_a_human: str
    place: str
    understood: str
    go_on: str
    gone_on: str
    signed_in_as: str


LANGUAGES = {
    "English": Spoken(
        "en-GB", "can i pls talk to a real persn", "Talk to a human", "Place 1 in line",
        "I understood that you want a human", "Go on with the assistant",
        "You go on with the assistant", "Sign in as Sara",
    ),
    "Swedish": Spoken(
        "sv-SE", "Kan jag få prata med en människa", "Prata med en människa", "Plats 1 i kön",
        "Jag förstod att du vill ha en människa", "Fortsätt med assistenten",
        "Du fortsätter med assistenten", "Logga in som Sara",
    ),
    "German": Spoken(
        "de-DE", "Ich möchte mit einem Mitarbeiter sprechen", "Mit einem Menschen sprechen",
        "Platz 1 in der Warteschlange", "Ich habe verstanden, dass Sie einen Menschen möchten",
        "Mit dem Assistenten weitermachen", "Sie machen mit dem Assistenten weiter",
        "Als Sara anmelden",
    ),
    "Italian": Spoken(
        "it-IT", "Vorrei parlare con una persona vera", "Parla con una persona",
        "Posto 1 in fila", "Ho capito che vuoi una persona", "Continua con l’assistente",  # noqa: RUF001  an apostrophe in good Italian
        "Continui con l’assistente", "Accedi come Sara",  # noqa: RUF001
    ),
    "Spanish": Spoken(
        "es-ES", "Quiero hablar con una persona", "Hablar con una persona",
        "Puesto 1 en la cola", "He entendido que quieres una persona",
        "Seguir con el asistente", "Sigues con el asistente", "Entrar como Sara",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_asks_for_a_human_and_one_tap_takes_it_back(
    world: World, demo: Server, language: str
) -> None:
    said = LANGUAGES[language]
    customer = Customer(world.page(locale=said.locale), f"{demo.http}/").visits()
    customer.button.click()
    field = customer.chat.get_by_role("textbox")
    expect(customer.human_button).to_have_text(said.talk_to_a_human)
    field.fill(said.wish)
    field.press("Enter")
    expect(customer.place_card.get_by_role("heading")).to_have_text(said.place)
    customer.sees_line(said.understood)
    customer.place_card.get_by_role("button", name=said.go_on).click()
    customer.sees_line(said.gone_on)
    expect(customer.place_card).to_be_hidden()
    expect(customer.human_button).to_have_text(said.talk_to_a_human)
    # The workspace speaks the reader's language too.
    agent = Agent(world.page(phone=True, locale=said.locale), demo.http).visits()
    expect(agent.page.get_by_role("button", name=said.signed_in_as)).to_be_visible()


def test_beside_the_queue_the_assistant_helps_and_the_place_stays(
    world: World, demo: Server
) -> None:
    first, second = (Customer(world.page(), f"{demo.http}/").comes() for _ in range(2))
    first.asks_for_human()
    second.asks_for_human()
    second.sees_place("Place 2 in line", "Nobody is online")
    second.chat.get_by_role("button", name="Keep waiting").click()
    second.writes("How do I pay an invoice?")
    expect(second.log.locator(".sources")).to_be_visible()
    second.sees_place("Place 2 in line", "Nobody is online")
    # A false alarm is mended also after the choices have stepped back.
    first.writes("I want to speak to a person")
    first.sees_place("Place 1 in line", "Nobody is online")
    first.place_card.get_by_role("button", name="Go on with the assistant").click()
    expect(first.place_card).to_be_hidden()
    second.sees_place("Place 1 in line", "Nobody is online")


def test_words_about_people_ask_for_nobody(customer: Customer) -> None:
    customer.comes()
    customer.writes("I spoke to a person yesterday about how to pay an invoice")
    expect(customer.log.locator(".row:not(.own)")).to_have_count(2)
    expect(customer.human_button).to_have_text("Talk to a human")


def test_a_chosen_language_stays(customer: Customer) -> None:
    customer.comes()
    customer.chat.get_by_label("Language").select_option("sv")
    expect(customer.human_button).to_have_text("Prata med en människa")
    customer.page.reload()
    expect(customer.human_button).to_have_text("Prata med en människa")
    expect(customer.chat.locator("html")).to_have_attribute("lang", "sv")
    field = customer.chat.get_by_role("textbox")
    field.fill("Hur betalar jag en faktura?")
    field.press("Enter")
    expect(customer.log.locator(".sources")).to_contain_text(re.compile("Källa|Källor"))
    expect(customer.log.locator(".sources a").first).to_have_attribute(
        "href", re.compile("/help/sv/")
    )
