from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from functools import cache
from importlib.resources import files

import pytest

from alltid.assistant.articles import Article, paragraphs_of, read_articles
from alltid.examples.lender.api import rules
from alltid.examples.lender.api.rules import MARKETS
from alltid.examples.lender.skills import SKILLS, skill_file

LANGUAGES = ("en", "sv", "de", "it", "es")
every_language = pytest.mark.parametrize("language", LANGUAGES)
NEVER_SAID = re.compile(
    r"!|¡|unfortunately|\bsorry\b|we understand how|tyvärr|ledsen|leider|tut mir leid|purtroppo"
    r"|mi dispiace|ci dispiace|lamentablemente|desgraciadamente|lo sentimos",
    re.IGNORECASE,
)


@cache
def articles() -> dict[tuple[str, str], Article]:
    found = read_articles(files("alltid.examples.lender") / "articles", "/help")
    return {(each.slug, each.language): each for each in found}


def slugs() -> set[str]:
    return {slug for slug, _ in articles()}


def figures(text: str) -> set[str]:
    plain = re.sub(r"(?<=\d)[.,\u00a0 ](?=\d{3}\b)", "", text)
    return {each.replace(",", ".") for each in re.findall(r"\d+(?:[.,]\d+)?", plain)}


def test_more_than_forty_subjects_are_there_in_every_language() -> None:
    assert len(slugs()) >= 42
    assert all((slug, language) in articles() for slug in slugs() for language in LANGUAGES)


def test_each_article_says_when_it_was_true_and_alike_in_all_languages() -> None:
    for slug in slugs():
        days = {articles()[slug, language].dated for language in LANGUAGES}
        assert len(days) == 1, slug
        [day] = days
        assert day is not None, slug
        assert date(2026, 1, 1) <= day < date(2026, 12, 1), slug


def test_articles_are_built_alike_in_all_languages() -> None:
    for slug in slugs():
        bodies = [articles()[slug, language].body for language in LANGUAGES]
        assert len({len(paragraphs_of(body)) for body in bodies}) == 1, slug
        assert len({len(re.findall(r"^- ", body, re.MULTILINE)) for body in bodies}) == 1, slug


def test_words_are_calm_and_of_a_readable_length() -> None:
    for (slug, language), article in articles().items():
        for text in (article.title, article.summary, article.body):
            assert NEVER_SAID.search(text) is None, (slug, language)
        assert 115 <= len(article.body.split()) <= 250, (slug, language)
        assert len(article.keywords.split(",")) >= 7, (slug, language)
        assert len(article.summary) <= 200, (slug, language)


def test_no_two_articles_of_a_language_have_the_same_title() -> None:
    titles = defaultdict(list)
    for (slug, language), article in articles().items():
        titles[language, article.title].append(slug)
    assert [each for each in titles.values() if len(each) > 1] == []


@every_language
def test_fees_and_limits_are_those_that_the_tools_keep_to(language: str) -> None:
    fees = [MARKETS[each].extension_fee / 100 for each in ("SE", "DE", "GB")]
    extend = figures(articles()["extend-due-date", language].body)
    assert {f"{fee:g}" if fee == int(fee) else f"{fee:.2f}" for fee in fees} <= extend
    assert {"1", "30", str(rules.FREE_EXTENSION_DAYS), str(rules.OVERDUE_DAYS_MAX)} <= extend
    split = figures(articles()["split-payments", language].body)
    assert {str(MARKETS[each].split_from // 100) for each in ("SE", "DE", "GB")} <= split
    assert {"2", "3", "4", str(rules.SPLIT_DAYS)} <= split
    reminders = articles()["reminder-fees-by-country", language].body
    told = [re.findall(r"(\d+(?:[.,]\d+)?) ([A-Z]{3})$", line) for line in reminders.splitlines()]
    shown = [
        (float(amount.replace(",", ".")), currency)
        for [(amount, currency)] in [each for each in told if each]
    ]
    kept = [MARKETS[each] for each in ("SE", "DE", "IT", "ES", "GB")]
    assert shown == [(each.reminder_fee / 100, each.currency) for each in kept]


@every_language
@pytest.mark.parametrize(
    ("slug", "days"),
    [
        ("unrecognised-purchase", rules.DISPUTE_DAYS),
        ("blocked-account", rules.DISPUTE_DAYS),
        ("buyer-protection", rules.DISPUTE_DAYS),
        ("buyer-protection", rules.COMPLAINT_DAYS),
        ("damaged-goods", rules.COMPLAINT_DAYS),
        ("partial-delivery", rules.COMPLAINT_DAYS),
        ("why-declined", rules.REVIEW_DAYS),
        ("automated-decisions", rules.REVIEW_DAYS),
        ("personal-data", rules.EXPORT_DAYS),
        ("close-account", rules.CLOSURE_DAYS),
        ("change-contact-details", rules.CHANGE_MINUTES),
        ("change-contact-details", rules.CODE_TRIES),
        ("debt-collection", 42),
        ("late-fees", 42),
        ("late-fees", MARKETS["SE"].reminder_fee // 100),
    ],
)
def test_clocks_are_those_that_the_tools_keep_to(slug: str, days: int, language: str) -> None:
    assert str(days) in figures(articles()[slug, language].body)


def test_the_topics_of_skills_are_articles() -> None:
    for skill in SKILLS:
        told = skill_file(skill)
        assert set(told["topics"]) <= slugs(), skill
        assert set(told["name"]) == set(LANGUAGES), skill


def test_a_topic_is_of_one_skill() -> None:
    topics = [topic for skill in SKILLS for topic in skill_file(skill)["topics"]]
    assert len(topics) == len(set(topics))
