"""Generated requests against the described API: no server error, nothing undescribed.

Each address is tried as nobody, as a customer, as an agent and as a lead, over real HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from alltid.desk import api_description
from tests.support.desk import RunningDesk

pytestmark = pytest.mark.fuzz

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# These end the very sign-in that the other requests need.
ENDS_SIGN_IN = ["/api/sign-out"]


# For each address anew: signing in again ends the sign-in before.
@pytest.fixture
def everybody(desk: RunningDesk) -> dict[str, dict[str, str]]:
    token, _ = desk.guest()
    return {
        "nobody": {},
        "customer": {"Authorization": f"Bearer {token}"},
        "agent": desk.sign_in("agent"),
        "lead": desk.sign_in("lead"),
    }


@pytest.fixture(scope="module")
def kept_alive() -> Iterator[requests.Session]:
    """One connection for all requests; it keeps no cookies, or nobody would soon be somebody."""
    with requests.Session() as session:
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield session


schema = schemathesis.openapi.from_dict(api_description()).exclude(path=ENDS_SIGN_IN)


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_the_desk(
    case: Any,
    desk: RunningDesk,
    everybody: dict[str, dict[str, str]],
    kept_alive: requests.Session,
) -> None:
    for who, headers in everybody.items():
        response = case.call(
            base_url=desk.origin, session=kept_alive, headers=dict(headers), timeout=60
        )
        try:
            case.validate_response(response, checks=CHECKS)
        except Exception as error:
            error.add_note(f"asked as {who}")
            raise
