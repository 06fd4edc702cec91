"""The assistant of a desk: playbooks, tools, articles and understanding put together.

In the demo they are the example company's. Elsewhere they come from the settings
(`playbooks_dir`, `tools`); without playbooks the assistant answers from the articles only.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import orjson
import structlog

from alltid.assistant.answerer import Answer, Answerer, ArticleAnswerer, Question
from alltid.assistant.dialogue.articles import Articles
from alltid.assistant.dialogue.checking import rules_hold
from alltid.assistant.dialogue.embedded import EmbeddedUnderstander
from alltid.assistant.dialogue.handoff_policy import Rules
from alltid.assistant.dialogue.learning import examples_of
from alltid.assistant.dialogue.parts import LetsPass, ToolsOf, TurnParts, VectorOf
from alltid.assistant.dialogue.playbook_procedures import PlaybookProcedures
from alltid.assistant.dialogue.turn import DialogueAnswerer
from alltid.assistant.dialogue.turn_store import TurnStore
from alltid.assistant.dialogue.understander import Understander
from alltid.assistant.dialogue.wording_watch import WordingWatch
from alltid.assistant.dialogue.work import Tools
from alltid.assistant.knowledge import Knowledge
from alltid.assistant.model.drafts import Drafts
from alltid.assistant.model.spending import StoredSpending
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.reading import UnreadablePlaybook, files_in, read_library
from alltid.assistant.search.unanswered import UnansweredQuestions
from alltid.assistant.tools.action_ledger import PostgresActions
from alltid.assistant.tools.actions import ActionLimits
from alltid.assistant.tools.boundary import Allowed
from alltid.assistant.tools.company import CompanyTools, CompanyUnreachable
from alltid.assistant.tools.executor import ActionGround, AmountOf, moves_no_money
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.health import Health
from alltid.assistant.tools.importing import ToolsRefused
from alltid.assistant.tools.tool import Json, Principal, ToolSpec
from alltid.assistant.tools.toolbox import ToolGround
from alltid.desk.model import model_of
from alltid.desk.part import Ground, Loop, Part
from alltid.settings import SettingsError

if TYPE_CHECKING:
    from alltid.assistant.intents.reader import IntentReader

log = structlog.get_logger(__name__)

SETTLE_SECONDS: Final = 15.0
RECONNECT_SECONDS: Final = 10.0
MEANING_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Company:
    """What the company gives its assistant. `acting` is None where nothing may be changed."""

    library: Library
    specs: tuple[ToolSpec, ...]
    reading: CompanyTools
    acting: CompanyTools | None
    rules: Rules = field(default_factory=Rules)
    cares: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    others: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    limits: ActionLimits = field(default_factory=ActionLimits)
    amount_of: AmountOf = moves_no_money
    example_vectors: Traversable | None = None
    """What the encoder makes of the examples, where the company brings it along."""


class DeskAssistant:
    """The `Answerer` of a desk, and what runs beside it."""

    def __init__(
        self, ground: Ground, knowledge: Knowledge, parts: Sequence[Part], *, assistant_name: str
    ) -> None:
        """Put it together; nothing is learned or reached before `warm_up` and the loops."""
        self._ground = ground
        self._knowledge = knowledge
        self._answerer: Answerer | None = None
        self._vector_of: VectorOf | None = None
        self._articles = ArticleAnswerer(knowledge, ground.settings.company_name)
        self._actions: ActionGround | None = None
        self._ready = asyncio.Event()
        self._connected = _NotYet()
        self._company = self._company_of(parts)
        drafts = Drafts(ground.signals.send, ground.ids, assistant_name)
        self._model = None
        if self._company is not None:
            spending = StoredSpending(ground.pool)
            self._model = model_of(ground.settings, drafts=drafts, spending=spending)

    async def answer(self, question: Question) -> Answer:
        """Return the answer; the first ones wait until the playbooks are learned."""
        if self._company is None:
            return await self._articles.answer(question)
        await self._ready.wait()
        assert self._answerer is not None  # noqa: S101  set before it is ready
        return await self._answerer.answer(question)

    async def warm_up(self) -> None:
        """Learn the playbooks' examples off the event loop, and load what a turn needs."""
        await self._articles.warm_up()
        if self._company is None or self._ready.is_set():
            return
        company = self._company
        understander = await asyncio.to_thread(self._understander, company)
        if self._ready.is_set():  # the company's tools were connected meanwhile
            return
        answerer = DialogueAnswerer(self._parts(company, understander))
        self._answerer = answerer
        self._ready.set()
        await answerer.warm_up()

    def loops(self) -> dict[str, Loop]:
        """Return what runs until the desk stops."""
        if self._company is None:
            return {}
        loops: dict[str, Loop] = {"actions": self._settle}
        if not self._ground.settings.demo and self._ground.settings.tools:
            loops["company tools"] = self._connect
        return loops

    # ------------------------------------------------------------ what it is made of

    def _company_of(self, parts: Sequence[Part]) -> Company | None:
        settings = self._ground.settings
        if settings.demo:
            service = next(part.service for part in parts if part.name == "lender")
            return _example(service)
        if settings.playbooks_dir is None:
            return None
        library = read_playbooks(settings.playbooks_dir, None)
        return Company(library, (), self._connected, self._connected)

    def _understander(self, company: Company) -> Understander:
        settings = self._ground.settings
        cache = settings.data_dir / "intents" if settings.sentence_encoder else None
        learned = _learned(company, cache)
        self._vector_of = learned.vector_of
        embedded = EmbeddedUnderstander(learned)
        return embedded if self._model is None else self._model.understander(embedded)

    def _parts(self, company: Company, understander: Understander) -> TurnParts:
        ground, name, model = self._ground, self._ground.settings.company_name, self._model
        unanswered = UnansweredQuestions(ground.pool)

        async def note(_conversation_id: str, text: str, language: str) -> None:
            await unanswered.note(text, language, ground.clock.now())

        return TurnParts(
            name,
            ground.clock,
            ground.ids,
            TurnStore(ground.pool),
            PlaybookProcedures(company.library, name, ground.clock, company.cares),
            understander,
            Articles(self._knowledge, None if model is None else model.writer, note),
            self._tools_of(company),
            company.rules,
            guard=WordingWatch(
                LetsPass() if model is None else model.gate, company.library.playbooks.values()
            ),
            zone=ZoneInfo(ground.settings.time_zone),
            warm=None if model is None else model.provider.warm_up,
            vector_of=self._vector_of,
        )

    def _tools_of(self, company: Company) -> ToolsOf:
        """Bind reads and actions to one customer: the principal goes in here, and only here."""
        ground = self._ground
        allowed, health = Allowed(company.specs), Health()
        handles = Handles(ground.key_for("handles"))
        reading = ToolGround(allowed, company.reading, handles, health)
        acting = ActionGround(
            allowed,
            company.acting or _ReadOnly(),
            handles,
            health,
            PostgresActions(ground.pool),
            ground.clock,
            ground.ids,
            company.limits,
            company.amount_of,
        )
        self._actions = acting
        name = ground.settings.company_name

        def tools_of(principal: Principal, conversation_id: str) -> Tools:
            reads = reading.toolbox(principal, conversation_id)

            def executor(check: Any) -> Any:
                rules = rules_hold(company.library, check, name, ground.clock)
                return acting.executor(principal, conversation_id, reads=reads, policy_check=rules)

            return Tools(reads, executor)

        return tools_of

    # ------------------------------------------------------------ what runs beside it

    async def _settle(self) -> None:
        """Ask again for actions whose outcome nobody learned, until cancelled."""
        await self._ready.wait()
        while True:
            if self._actions is not None:
                await self._actions.settle()
            await asyncio.sleep(SETTLE_SECONDS)

    async def _connect(self) -> None:
        """Keep the company's tools within reach, until cancelled."""
        from alltid.assistant.tools.connecting import amounts_of, connected_tools, limits_of

        ground, settings = self._ground, self._ground.settings
        assert settings.playbooks_dir is not None  # noqa: S101  without it nothing is connected
        try:
            async with connected_tools(settings.tools, ground.clock, ground.ids) as found:
                specs = {spec.name: spec for spec in found.specs}
                library = read_playbooks(settings.playbooks_dir, specs)
                company = Company(
                    library,
                    found.specs,
                    found.reading,
                    found.acting,
                    limits=limits_of(settings.action_limits),
                    amount_of=amounts_of(settings.tools),
                )
                understander = await asyncio.to_thread(self._understander, company)
                self._company = company
                self._answerer = DialogueAnswerer(self._parts(company, understander))
                self._ready.set()
                log.info("company_tools_connected", tools=len(specs))
                await asyncio.Event().wait()
        except (ToolsRefused, CompanyUnreachable, SettingsError) as error:
            log.error("company_tools_refused", why=str(error))  # noqa: TRY400  its words say it
            await asyncio.sleep(RECONNECT_SECONDS)


_LEARNED: Final[dict[str, IntentReader]] = {}
_LEARNING: Final = threading.Lock()


def _learned(company: Company, cache: Path | None) -> IntentReader:
    """Learn the examples, once a process for the same; `cache` keeps what the encoder read."""
    # Loaded where it is used: numpy and the encoders' readers.
    from alltid.assistant.intents.reader import IntentReader

    examples = examples_of(company.library, company.others)
    key = hashlib.sha256(orjson.dumps([examples, str(cache)])).hexdigest()
    with _LEARNING:
        if key not in _LEARNED:
            _LEARNED.clear()
            if cache is None:
                _LEARNED[key] = IntentReader(examples)
            else:
                reader = IntentReader.build(examples, cache, company.example_vectors)
                # Read by words alone, the first messages would be understood less well.
                reader.wait_until_ready(MEANING_SECONDS)
                _LEARNED[key] = reader
        return _LEARNED[key]


def read_playbooks(folder: Path, tools: Mapping[str, ToolSpec] | None) -> Library:
    """Read a folder of playbooks. Raises SettingsError, which says what to mend in which line."""
    if not folder.is_dir():
        raise SettingsError(f"playbooks_dir names {folder}, and there is no such folder.")
    try:
        return read_library(files_in([folder]), tools=tools)
    except UnreadablePlaybook as error:
        raise SettingsError(f"The playbooks can't be used:\n{error}") from None


def _example(service: Any) -> Company:
    from alltid.examples.lender import assistant
    from alltid.examples.lender.limits import LENDER_LIMITS, amount_of

    return Company(
        assistant.lender_library(),
        service.specs,
        service.reading,
        service.acting,
        assistant.LENDER_RULES,
        assistant.LENDER_CARES,
        assistant.lender_other_matters(),
        LENDER_LIMITS,
        amount_of,
        assistant.lender_example_vectors(),
    )


class _NotYet:
    """Stands for the company's tools until they are connected: nothing answers."""

    async def call(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Json],
        principal: Principal,
        *,
        key: str | None = None,
    ) -> Json:
        """Raise CompanyUnreachable."""
        del spec, arguments, principal, key
        raise CompanyUnreachable("not connected", sent=False)


class _ReadOnly(_NotYet):
    """Stands for the credential to write where the company gave none."""
