"""Pay: sessions become statements, the books are sealed, agents are paid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from alltid import __version__
from alltid.desk.dispatching import Hooks
from alltid.desk.part import Ground, Part
from alltid.dispatch.pay_quotes import Earned, Quote
from alltid.insights.pay_desk import PayDesk
from alltid.insights.pay_view import PayView
from alltid.insights.settlement import Earnings, FloorWatch, Settlement, surge_spent
from alltid.pay.bank_account import iban_account
from alltid.pay.bank_accounts import BankAccounts, Vault
from alltid.pay.disputes import Disputes
from alltid.pay.figures import Figures
from alltid.pay.ledger_store import LedgerStore
from alltid.pay.pain001 import Payer
from alltid.pay.payouts import Payouts
from alltid.pay.quotes import PayQuotes, Surges
from alltid.pay.rate_cards import RateCards
from alltid.pay.statements import Statements
from alltid.settings import Settings
from alltid.web.identity.keys import derive_key

_PURPOSE: Final = "bank accounts"
# The example IBAN of Sweden's own registry entry: nobody's account.
_DEMO_IBAN: Final = "SE4550000000058398257466"


def pay_desk(ground: Ground) -> PayDesk:
    """Put the parts of pay together."""
    pool, clock = ground.pool, ground.clock
    ledger, cards = LedgerStore(pool, clock), RateCards(pool, clock)
    statements = Statements(pool, clock, ledger, cards)
    vault = Vault([ground.key_for(_PURPOSE), *_former_keys(ground.settings)])
    return PayDesk(
        company=ground.settings.company_name,
        pool=pool,
        clock=clock,
        ids=ground.ids,
        ledger=ledger,
        cards=cards,
        quotes=PayQuotes(pool, clock, cards, Earnings(pool)),
        surges=Surges(pool, clock, partial(surge_spent, pool)),
        statements=statements,
        disputes=Disputes(pool, clock, statements),
        figures=Figures(pool),
        accounts=BankAccounts(pool, clock, vault),
        payouts=Payouts(
            pool,
            clock,
            ledger,
            vault,
            company=ground.settings.company_name,
            payer=_payer(ground.settings),
            program_version=__version__,
        ),
        view=PayView(pool, cards, statements),
        settlement=Settlement(pool, clock, statements),
        watch=FloorWatch(pool, clock, cards),
    )


def pay_part(ground: Ground) -> Part:
    """Return the part with its loops; routes find it as `app.state.pay`."""
    pay = pay_desk(ground)

    def hook(hooks: Hooks) -> None:
        hooks.quotes = _Quoted(pay.quotes)

    return Part(
        name="pay",
        service=pay,
        start=pay.start,
        on_hooks=hook,
        loops={
            "pay settlement": pay.settlement.run,
            "pay floor watch": pay.watch.run,
            "pay seal": pay.seal,
            "pay payouts": pay.tidy,
            "pay surges": pay.hold_budgets,
        },
    )


class _Quoted:
    """Pay's quotes in the words of dispatching, which may not know pay."""

    def __init__(self, quotes: PayQuotes) -> None:
        self._quotes = quotes

    async def rate_id(self, now: datetime) -> str:
        return await self._quotes.rate_id(now)

    async def quote(
        self, rate_id: str, expected_minutes: int, language: str, now: datetime
    ) -> Quote:
        found = await self._quotes.quote(rate_id, expected_minutes, language, now)
        return Quote(found.pay_minor, found.currency, found.floor_minor_per_hour)

    async def earnings(
        self, agent_ids: Sequence[str], since: datetime, now: datetime
    ) -> Mapping[str, Earned]:
        found = await self._quotes.earnings(agent_ids, since, now)
        return {
            agent: Earned(each.earned_minor, each.guaranteed_seconds)
            for agent, each in found.items()
        }


def _payer(settings: Settings) -> Payer | None:
    iban = settings.payout_iban or (_DEMO_IBAN if settings.demo else None)
    if iban is None:
        return None
    return Payer(settings.company_name, iban_account(iban), settings.payout_bic)


def _former_keys(settings: Settings) -> list[bytes]:
    former = settings.previous_secret_keys
    return [derive_key(key.get_secret_value(), _PURPOSE) for key in former]
