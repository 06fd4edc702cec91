"""Lines of the ledger of actions, as the assistant leaves them."""

from __future__ import annotations

import psycopg

from tests.support.writers import new_id

CONFIRMED_BY = 7
PROPOSED = (
    "INSERT INTO assistant_actions (id, conversation_id, issuer, subject, tool, arguments, hash,"
    " playbook, step, confirmed_by, idempotency_key, state, at, changed_at)"
    " VALUES (%s, %s, 'shop', %s, 'pay_invoice', '{}', 'h', 'pay_now', '3', %s, %s, 'proposed',"
    " now(), now())"
)
BEGUN = (
    "UPDATE assistant_actions SET state = 'executing', amount_minor = 12500, currency = 'SEK',"
    " attempts = 1 WHERE id = %s"
)
CAME = "UPDATE assistant_actions SET state = %s WHERE id = %s"


def action(database_url: str, number: int, *states: str, conversation: str | None = None) -> str:
    """An action as the ledger keeps it; ids grow with the number."""
    key = f"01890000-0000-7000-8000-{number:012d}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        said = (conversation or new_id(), f"customer {number}", CONFIRMED_BY)
        connection.execute(PROPOSED, (key, *said, key))
        connection.execute(BEGUN, (key,))
        for state in states:
            connection.execute(CAME, (state, key))
    return key
