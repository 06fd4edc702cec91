"""Changes of e-mail and postal address, which a code to the present e-mail confirms. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Literal

from alltid.examples.lender.api.account import Account, Change
from alltid.examples.lender.api.reads import masked_address, masked_email
from alltid.examples.lender.api.rules import CHANGE_MINUTES, CODE_TRIES
from alltid.kernel.refusal import Refused

Done = tuple[Account, dict[str, Any]]


def begin(account: Account, arguments: Mapping[str, Any], now: datetime) -> Done:
    """Keep the new e-mail or postal address until its code comes; a new wish replaces an old."""
    what: Literal["email", "address"] = "email" if "email" in arguments else "address"
    if what == "email":
        new = str(arguments["email"])
        if new.casefold() == account.email.casefold():
            raise Refused("unchanged", "That is the account's e-mail address already.")
        shown = masked_email(new)
    else:
        new = ", ".join(
            (
                str(arguments["street"]),
                f"{arguments['postal_code']} {arguments['city']} {arguments['country']}",
            )
        )
        if new.casefold() == account.address.casefold():
            raise Refused("unchanged", "That is the account's address already.")
        shown = masked_address(new)
    expires = now + timedelta(minutes=CHANGE_MINUTES)
    kept = tuple(each for each in account.changes if each.what != what)
    changed = replace(account, changes=(*kept, Change(what, new, expires)))
    sent_to = masked_email(account.email)
    return changed, {"new": shown, "sent_to": sent_to, "minutes": CHANGE_MINUTES}


def confirm(
    account: Account, what: Literal["email", "address"], given: str, now: datetime, code: str
) -> Done:
    """Make the change whose code was given.

    A wrong code is an answer and not a refusal, since it is counted: `confirmed` is false, and
    after the third the change is forgotten.
    """
    change = next((each for each in account.changes if each.what == what), None)
    if change is None or now >= change.expires_at:
        raise Refused("no_change", "No change waits for a code, or its time is over. Begin again.")
    others = tuple(each for each in account.changes if each is not change)
    if not compare_digest(given, code):
        tries = change.tries + 1
        again = (replace(change, tries=tries),) if tries < CODE_TRIES else ()
        left = CODE_TRIES - tries
        return replace(account, changes=(*others, *again)), {"confirmed": False, "tries_left": left}
    if what == "email":
        changed = replace(account, changes=others, email=change.new)
        return changed, {"confirmed": True, "masked_email": masked_email(change.new)}
    changed = replace(account, changes=others, address=change.new)
    return changed, {"confirmed": True, "masked_address": masked_address(change.new)}
