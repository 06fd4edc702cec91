"""Leads read what nothing answered, and take it off the list."""

from __future__ import annotations

from tests.support.desk import RunningDesk, call
from tests.support.writers import query

ROW = (
    "INSERT INTO unanswered (language, text, words, asked, first_at, last_at) "
    "VALUES ('en', 'Do you ship to Greenland?', '{ship}', 3, now(), now()) RETURNING id"
)


def test_leads_read_and_clear_the_list(own_desk: RunningDesk) -> None:
    address = f"{own_desk.origin}/api/console/unanswered"
    assert call("GET", address, headers=own_desk.sign_in("agent")).status_code == 403
    ((key,),) = query(own_desk.database_url, ROW)
    lead = own_desk.sign_in("lead")
    (shown,) = call("GET", f"{address}?language=en", headers=lead).json()["unanswered"]
    assert (shown["text"], shown["asked"]) == ("Do you ship to Greenland?", 3)
    assert call("GET", f"{address}?after=1", headers=lead).json() == {"unanswered": []}
    assert call("DELETE", f"{address}/{key}", headers=lead).json() == {"removed": True}
    assert call("DELETE", f"{address}/{key}", headers=lead).status_code == 404
