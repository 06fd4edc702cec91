"""Passkeys (WebAuthn): registering one while signed in, and signing in with one.

Credentials are discoverable, so nobody types a name and no page tells who has an account.
Each challenge is kept in the database and taken out by its answer. The user has to be
verified by the device (finger, face or code), which makes a passkey two factors in one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    options_to_json_dict,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from alltid.agents import passkeys as kept
from alltid.agents.accounts import Agent
from alltid.web.errors import WebError

CHALLENGE_LIFE: Final = timedelta(minutes=5)
_CHALLENGE_BYTES: Final = 32
_TRANSPORTS: Final = {transport.value for transport in AuthenticatorTransport}
# What py_webauthn lets through when a hostile client writes odd types into its JSON or CBOR.
_MALFORMED: Final = (
    WebAuthnException,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The desk as WebAuthn knows it: its domain, its name and the origins of its pages."""

    domain: str
    name: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passkeys:
    """The two ceremonies, each in two steps: options for the browser, then its answer."""

    pool: AsyncConnectionPool[Any]
    party: RelyingParty
    random_bytes: Callable[[int], bytes]

    async def registration_options(self, agent: Agent, now: datetime) -> dict[str, Any]:
        """Return what `navigator.credentials.create()` takes, in its JSON form."""
        known = await kept.passkeys_of(self.pool, agent.id)
        challenge = await self._challenge("register", agent.id, now)
        options = generate_registration_options(
            rp_id=self.party.domain,
            rp_name=self.party.name,
            user_id=uuid.UUID(agent.id).bytes,
            user_name=agent.email,
            user_display_name=agent.name,
            challenge=challenge,
            timeout=int(CHALLENGE_LIFE.total_seconds() * 1000),
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[_descriptor(passkey) for passkey in known],
        )
        return options_to_json_dict(options)

    async def register(
        self,
        agent: Agent,
        credential: Mapping[str, Any],
        label: str,
        *,
        passkey_id: str,
        now: datetime,
    ) -> kept.Passkey:
        """Keep the passkey that the browser made; raises WebError 403, Refused if known."""
        not_kept = WebError(403, "passkey_not_accepted", "This passkey could not be registered.")
        challenge = _answered_challenge(credential)
        if challenge is None or not await kept.take_challenge(
            self.pool, challenge, purpose="register", agent_id=agent.id, now=now
        ):
            raise not_kept
        try:
            verified = verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self.party.domain,
                expected_origin=list(self.party.origins),
                require_user_verification=True,
            )
        except _MALFORMED:
            raise not_kept from None
        passkey = kept.Passkey(
            id=passkey_id,
            agent=agent.id,
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            label=label,
            transports=_transports(credential),
            created_at=now,
        )
        await kept.add_passkey(self.pool, passkey)
        return passkey

    async def sign_in_options(self, now: datetime) -> dict[str, Any]:
        """Return what `navigator.credentials.get()` takes, in its JSON form."""
        options = generate_authentication_options(
            rp_id=self.party.domain,
            challenge=await self._challenge("sign_in", None, now),
            timeout=int(CHALLENGE_LIFE.total_seconds() * 1000),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json_dict(options)

    async def sign_in(self, credential: Mapping[str, Any], now: datetime) -> str:
        """Return the id of the agent whose passkey signed; raises WebError 401."""
        refused = WebError(401, "passkey_not_accepted", "This passkey is not known here.")
        challenge = _answered_challenge(credential)
        if challenge is None or not await kept.take_challenge(
            self.pool, challenge, purpose="sign_in", agent_id=None, now=now
        ):
            raise refused
        passkey = await self._named_by(credential)
        if passkey is None:
            raise refused
        try:
            verified = verify_authentication_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self.party.domain,
                expected_origin=list(self.party.origins),
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except _MALFORMED:
            raise refused from None
        # A counter that another sign-in moved in between means that two devices hold the key.
        if not await kept.record_use(self.pool, passkey, verified.new_sign_count, now):
            raise refused
        return passkey.agent

    async def _challenge(self, purpose: kept.Purpose, agent_id: str | None, now: datetime) -> bytes:
        challenge = self.random_bytes(_CHALLENGE_BYTES)
        await kept.keep_challenge(
            self.pool,
            challenge,
            purpose=purpose,
            agent_id=agent_id,
            expires_at=now + CHALLENGE_LIFE,
            now=now,
        )
        return challenge

    async def _named_by(self, credential: Mapping[str, Any]) -> kept.Passkey | None:
        try:
            credential_id = base64url_to_bytes(credential["rawId"])
        except _MALFORMED:
            return None
        passkey = await kept.find_passkey(self.pool, credential_id)
        if passkey is None:
            return None
        # The handle says whose key it is; a device that gives one must give the owner's.
        handle = _at(credential, "response", "userHandle")
        if handle is None:
            return passkey
        try:
            return passkey if base64url_to_bytes(handle) == uuid.UUID(passkey.agent).bytes else None
        except _MALFORMED:
            return None


def _answered_challenge(credential: Mapping[str, Any]) -> bytes | None:
    try:
        client_data = base64url_to_bytes(_at(credential, "response", "clientDataJSON"))
        challenge = parse_client_data_json(client_data).challenge
    except _MALFORMED:
        return None
    return challenge if len(challenge) == _CHALLENGE_BYTES else None


def _transports(credential: Mapping[str, Any]) -> tuple[str, ...]:
    said = _at(credential, "response", "transports")
    if not isinstance(said, list):
        return ()
    known = (each for each in said if isinstance(each, str) and each in _TRANSPORTS)
    return tuple(dict.fromkeys(known))


def _descriptor(passkey: kept.Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(each) for each in passkey.transports]
    return PublicKeyCredentialDescriptor(id=passkey.credential_id, transports=transports)


def _at(value: object, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
