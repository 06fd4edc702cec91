"""The table of bounds in ARCHITECTURE.md says what the code holds."""

from __future__ import annotations

import inspect
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alltid.agents import (
    applications,
    qualification,
    qualifications,
    reviews,
    session_rules,
    training_time,
)
from alltid.agents.passwords import PasswordKeeper
from alltid.assistant import articles, worker
from alltid.assistant.intents import table, training
from alltid.assistant.model import drafts
from alltid.assistant.playbooks import following, playbook, yaml_lines
from alltid.assistant.playbooks import state as dialogue_state
from alltid.assistant.tools import actions, boundary, health, tool
from alltid.assistant.tools.declared import DeclaredLimits
from alltid.conversations import (
    aggregate,
    attachments,
    beside,
    blocks,
    canned_replies,
    conversation,
    file_check,
    marks,
    picture_metadata,
    state,
    store,
)
from alltid.dispatch import (
    dispatcher,
    matching,
    offer_book,
    offer_log,
    policies,
    queue,
    snapshot,
    wait_honesty,
)
from alltid.insights import overview, own_export, promise_monitor
from alltid.settings import Settings
from alltid.storage import group_writer, jobs, log_follower
from alltid.storage.notifications import Signals
from alltid.web import (
    agent_line,
    connection,
    customer_signals,
    customer_socket,
    frames,
    people,
    security,
    uploads,
    view,
)
from alltid.web.identity import company_jwt
from alltid.web.identity.rate_limits import RateLimiter

TEXT = (Path(__file__).resolve().parents[2] / "ARCHITECTURE.md").read_text()


def default(function: Any, name: str) -> Any:
    """The default of an argument or of a dataclass's field."""
    return inspect.signature(function).parameters[name].default


def setting(name: str) -> Any:
    return Settings.model_fields[name].default


WRITER = group_writer.GroupWriter
FRAMES = connection.FRAMES
LIMITS = attachments.AttachmentLimits()
MIB = 1024 * 1024

TOLD = DeclaredLimits()

SAID = [
    (
        f"| {tool.ARGUMENTS_BYTES_MAX // 1024} KiB, {boundary.ARGUMENTS_DEPTH_MAX} levels deep; "
        f"{tool.RESULT_BYTES_MAX // 1024} KiB |"
    ),
    (
        f"| {tool.READ_SECONDS:.0f} s a read, {tool.ACT_SECONDS:.0f} s an act in all; "
        f"{health.AT_ONCE_MAX} at once; {health.FAILURES_IN_ROW} failures in a row | "
        f"`unavailable`; left alone for {health.PAUSE_SECONDS:.0f} s |"
    ),
    (
        f"`action_limits`: {TOLD.actions_per_conversation} a conversation, "
        f"{TOLD.actions_per_day} a customer in 24 hours |"
    ),
    f"| asked for {actions.ATTEMPTS_MAX} times, with growing pauses |",
    (
        f"| {1 / drafts.EVERY_SECONDS:.0f} frames a second, {drafts.SIGNAL_CHARACTERS_MAX:,} "
        f"characters each; {customer_signals.DRAFT_CHARACTERS_MAX:,} in all |"
    ),
    f"| a frame | {frames.FRAME_BYTES_MAX // 1024} KiB |",
    f"| {FRAMES.burst} at once, then {1 / FRAMES.seconds_each:.0f} a second |",
    f"| frames that can't be read | {connection.STRIKES_LIMIT} a socket |",
    f"| hello | within {connection.HELLO_SECONDS:.0f} s |",
    (
        f"| {connection.OUTBOX_FRAMES:,} frames or {connection.OUTBOX_BYTES // MIB} MiB; "
        f"{connection.SEND_SECONDS:.0f} s without progress |"
    ),
    f"`sockets_limit`, {setting('sockets_limit'):,} |",
    f"`messages_per_minute`, {setting('messages_per_minute')}, ",
    f"| {conversation.TEXT_LIMIT:,} characters, {conversation.ATTACHMENTS_LIMIT} files |",
    f"| a note, a comment | {conversation.NOTE_LIMIT:,} characters |",
    f"| {conversation.MESSAGES_LIMIT:,}; a resolved one of {store.LONG_CONVERSATION:,} facts ",
    f"| commands that wait for the writer | {default(WRITER, 'capacity'):,} |",
    f"| {default(WRITER, 'group_limit')} commands, {group_writer.WRITE_SECONDS:.0f} s to write |",
    f"| conflicts of a command | {group_writer.CONFLICTS_LIMIT} |",
    f"| patience with the database | {default(WRITER, 'patience_seconds'):.0f} s a command |",
    f"| {default(WRITER, 'cache_limit'):,} (writer), {promise_monitor.STATES_LIMIT:,} (monitor) |",
    f"| a notice | {aggregate.NOTICE_STREAMS} conversations |",
    f"| {default(Signals, 'capacity'):,}; {marks.PENDING_LIMIT:,} |",
    f"| a follower's batch | {log_follower.BATCH_LIMIT:,} events |",
    (
        f"| {queue.SHOWN_LIMIT:,}; {agent_line.LINE_SHOWN} to agents, "
        f"{overview.QUEUE_SHOWN} on the console |"
    ),
    (
        f"| {view.CHUNK} facts at a time; first page {customer_socket.FIRST_PAGE}, "
        f"history {frames.HISTORY_MAX} |"
    ),
    (
        f"| {worker.AT_ONCE} answers at once, {worker.ANSWER_SECONDS:.0f} s each, "
        f"{worker.ATTEMPTS_MAX} tries, {state.ASSISTANT_DUE.seconds} s in all |"
    ),
    (
        f"| {yaml_lines.BYTES_MAX // 1024} KiB, {playbook.STEPS_MAX} steps, "
        f"{playbook.SLOTS_MAX} slots; {dialogue_state.FRAMES_MAX} of them, "
        f"{dialogue_state.STATE_BYTES_MAX // 1024} KiB |"
    ),
    f"| {following.AGAINS_MAX} times; {following.FRESH.seconds // 60} minutes |",
    f"| {articles.ARTICLE_BYTES_MAX // 1024} KiB, {articles.ARTICLES_MAX:,} |",
    (
        f"`upload_limit_bytes`, {setting('upload_limit_bytes') // MIB} MiB; pictures "
        f"{file_check.PIXELS_MAX // 1_000_000} million pixels, "
        f"{picture_metadata.PARTS_MAX:,} parts |"
    ),
    f"| {LIMITS.conversation_files} files, {LIMITS.conversation_bytes // MIB} MiB |",
    (
        f"| {default(uploads.Uploads, 'at_once')} at once; "
        f"{default(uploads.Uploads, 'silence_seconds'):.0f} s of silence, "
        f"{default(uploads.Uploads, 'total_seconds'):.0f} s in all |"
    ),
    f"| any other request body | {security.JSON_BODY_BYTES_MAX // 1024} KiB |",
    (
        f"| {default(PasswordKeeper, 'at_once')} at once, "
        f"{default(PasswordKeeper, 'waiting_max')} waiting |"
    ),
    f"`guests_per_hour`, {setting('guests_per_hour')}, ",
    (
        f"| job tries | {len(jobs.RETRY_PAUSES_SECONDS) + 1}, over "
        f"{sum(jobs.RETRY_PAUSES_SECONDS) / 3600:.0f} hours |"
    ),
    (
        f"| {table.MAX_BYTES // MIB} MiB, {table.MAX_LABELS:,} intents; "
        f"{training.MAX_EXAMPLES:,} examples learned |"
    ),
    (
        f"| {matching.WAITING_LIMIT:,} customers a group of languages, "
        f"{matching.AGENTS_LIMIT:,} agents |"
    ),
    (
        f"| {snapshot.WAITING_LIMIT:,} waiting, {snapshot.SESSIONS_LIMIT:,} sessions; "
        f"{dispatcher.ROUND_SECONDS:.0f} s |"
    ),
    (
        f"| slots of an agent; choices of each kind | {session_rules.SLOTS_MOST}; "
        f"{session_rules.CHOICES_LIMIT} |"
    ),
    f"| whole rounds of matching | {offer_book.ROUNDS_KEPT.days} days |",
    f"| a policy's reason; choices on a page | {policies.REASON_LIMIT} characters; ",
    (f"| {offer_log.ROUNDS_REPLAYED} rounds, {offer_log.RECORDS_BYTES // MIB} MiB | older"),
    f"| candidates of a conversation as shown | {offer_log.CANDIDATES_SHOWN}, ",
    (
        f"| {wait_honesty.KEPT_AT_ONCE} each {wait_honesty.EVERY_SECONDS:.0f} s, "
        f"{wait_honesty.PENDING_LIMIT:,} waiting to be written, {wait_honesty.KEPT.days} days |"
    ),
    f"| waits scored for a page | {wait_honesty.SCORED:,}, ",
    (
        f"{people.APPLY_RATE.burst} of an address at once, then one in "
        f"{people.APPLY_RATE.seconds_each / 60:.0f} minutes; {applications.OPEN_MAX:,} open |"
    ),
    (
        f"| {people.FOLLOW_RATE.burst} looks of an address at once, then one in "
        f"{people.FOLLOW_RATE.seconds_each:.0f} s |"
    ),
    (
        f"| {qualification.QUESTIONS_MAX} questions, {qualification.TURNS_MAX} turns, "
        f"{qualification.RULES_MAX} rules a turn, {qualification.PHRASES_MAX} phrases a list, "
        f"{qualification.PAID_MINUTES_MAX} paid minutes |"
    ),
    (
        f"| {qualifications.TRIES_MAX} in {qualifications.TRIES_DAYS} days, one open at a time; a "
        f"step counts for {training_time.SILENCE_COUNTED.seconds // 60} minutes at most |"
    ),
    (
        f"| {reviews.OPEN_MAX} open of one person, {people.REASON_CHARACTERS_MAX:,} characters, "
        f"due in {reviews.DUE.days} days |"
    ),
    (
        f"| {own_export.ROWS_AT_ONCE} rows at a time, {own_export.SILENCE_SECONDS} s of silence; "
        f"{people.EXPORT_RATE.burst} at once, then one in "
        f"{people.EXPORT_RATE.seconds_each / 60:.0f} minutes |"
    ),
    f"| remembered keys of a rate | {default(RateLimiter, 'keys_max'):,} |",
    (
        f"{state.ASSISTANT_DUE.seconds} s for the assistant, "
        f"{state.QUEUE_DUE.seconds // 60} minutes for the line, "
        f"{state.AGENT_DUE.seconds // 60} minutes for an agent"
    ),
    f"for {store.AFTERWARDS // timedelta(minutes=1)} minutes what they have just resolved",
    f"gathered {marks.FLUSH_SECONDS} s",
    f"| {beside.NOTES_MOST} notes, {beside.QUESTIONS_MOST} questions to a lead |",
    f"| unmasking | {beside.UNMASKINGS_AN_HOUR} an hour for one person |",
    (
        f"| {canned_replies.OWN_MOST} of an agent, {canned_replies.COMPANY_MOST:,} of the company, "
        f"{canned_replies.FIELDS_MOST} variables each |"
    ),
    (
        f"| {blocks.REVIEW_WITHIN.seconds // 60} minutes, then it lapses; a block 1 to "
        f"{blocks.BLOCK_DAYS_MOST} days |"
    ),
    f"| {company_jwt.ENTITLEMENTS_MAX} of {company_jwt.ENTITLEMENT_CHARACTERS_MAX} characters |",
]


@pytest.mark.parametrize("said", SAID)
def test_the_tour_says_the_bound_that_the_code_keeps(said: str) -> None:
    assert said in " ".join(TEXT.split())
