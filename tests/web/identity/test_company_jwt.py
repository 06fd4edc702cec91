"""The company's tokens: good ones open the door, and the usual attacks don't."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from alltid.kernel.clock import ManualClock
from alltid.web.identity.company_jwt import CompanyKey, CompanyTokens
from alltid.web.identity.principals import NotSignedIn
from tests.web.identity.people import (
    COMPANY_KEYS,
    ED_KEY,
    ED_PEM,
    HMAC_SECRET,
    NOW,
    RSA_KEY,
    RSA_PEM,
    claims,
    company_token,
    pem,
)

NOW_MOMENT = ManualClock().now()
TOKENS = CompanyTokens("https://id.klarsund.example", "alltid", COMPANY_KEYS, timedelta(hours=1))


def refusal(token: str) -> str:
    with pytest.raises(NotSignedIn) as refused:
        TOKENS.read(token, NOW_MOMENT)
    assert refused.value.status == 401
    return refused.value.code


def forged(header: dict[str, Any], payload: dict[str, Any], secret: bytes | None) -> str:
    parts = b".".join(
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, payload)
    )
    mac = b"" if secret is None else hmac.new(secret, parts, hashlib.sha256).digest()
    return (parts + b"." + urlsafe_b64encode(mac).rstrip(b"=")).decode()


@pytest.mark.parametrize("key_id", ["ed-1", "rsa-1", "hmac-1"])
def test_each_kind_of_key_opens_the_door(key_id: str) -> None:
    read = TOKENS.read(company_token(key_id), NOW_MOMENT)
    assert (read.subject, read.name, read.language) == ("customer-7", "Astrid Lund", "sv-SE")


def test_the_new_name_of_edwards_keys_is_not_needed_and_not_confused() -> None:
    header = {"alg": "Ed25519", "kid": "ed-1"}
    assert refusal(jwt.encode(header, claims(), ED_KEY, ["Ed25519"])) == "token_refused"


@pytest.mark.parametrize("name", ["none", "None", "nOnE", "HS256", "HS384", "EdDSA", "", 7, None])
@pytest.mark.parametrize("key_id", ["ed-1", "rsa-1"])
def test_no_algorithm_of_the_senders_choice(key_id: str, name: object) -> None:
    public = (ED_PEM if key_id == "ed-1" else RSA_PEM).encode()
    for secret in (None, public, public.strip(), b""):
        assert refusal(forged({"alg": name, "kid": key_id}, claims(), secret)) == "token_refused"


def test_no_signature_at_all() -> None:
    token = company_token().rpartition(".")[0] + "."
    assert refusal(token) == "token_refused"


def test_a_key_under_another_keys_name() -> None:
    header = {"alg": "HS256", "kid": "rsa-1"}
    token = jwt.encode(header, claims(), OctKey.import_key(HMAC_SECRET), ["HS256"])
    assert refusal(token) == "token_refused"
    assert refusal(company_token().replace(".", ".", 1)[:-4] + "AAAA") == "token_refused"


def test_an_unknown_key_and_none_at_all() -> None:
    token = jwt.encode({"alg": "RS256", "kid": "rsa-2"}, claims(), RSA_KEY)
    assert refusal(token) == "token_refused"
    assert refusal(jwt.encode({"alg": "RS256"}, claims(), RSA_KEY)) == "token_malformed"


def test_a_key_that_the_token_brings_along_is_ignored() -> None:
    own = OctKey.import_key(b"0123456789abcdef0123456789abcdef")
    header = {"alg": "HS256", "kid": "hmac-1", "jwk": own.as_dict(private=True)}
    assert refusal(forged(header, claims(), b"0123456789abcdef0123456789abcdef")) == "token_refused"


def test_a_critical_extension_that_we_do_not_know() -> None:
    header = {"alg": "HS256", "kid": "hmac-1", "crit": ["b64"], "b64": False}
    assert refusal(forged(header, claims(), HMAC_SECRET.encode())) == "token_refused"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"iss": ["https://id.klarsund.example"]},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a" * 201},
        {"sub": "a\x00b"},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": None},
        {"iat": NOW + 31},
        {"nbf": NOW + 31},
        {"nbf": "soon"},
    ],
)
def test_claims_that_are_not_ours_to_accept(changes: dict[str, Any]) -> None:
    # The encoder leaves out what is None, so a missing claim is a missing claim.
    assert refusal(forged_claims(changes)) == "token_refused"


def forged_claims(changes: dict[str, Any]) -> str:
    header = {"alg": "HS256", "kid": "hmac-1"}
    return forged(header, claims(**changes), HMAC_SECRET.encode())


def test_expiry_with_half_a_minute_of_leeway() -> None:
    TOKENS.read(company_token(exp=NOW - 29), NOW_MOMENT)
    assert refusal(company_token(exp=NOW - 30)) == "token_expired"
    TOKENS.read(company_token(nbf=NOW + 30, iat=NOW + 30), NOW_MOMENT)


def test_a_token_that_is_older_than_the_company_allows() -> None:
    TOKENS.read(company_token(iat=NOW - 3600), NOW_MOMENT)
    assert refusal(company_token(iat=NOW - 3631, exp=NOW + 10**9)) == "token_expired"


def test_one_of_several_audiences() -> None:
    assert TOKENS.read(company_token(aud=["shop", "alltid"]), NOW_MOMENT).subject == "customer-7"


@pytest.mark.parametrize("odd", [7, "", "a\x00b", ["x"], {"a": 1}, "\x1b[31m"])
def test_an_odd_name_or_locale_is_left_out(odd: object) -> None:
    read = TOKENS.read(forged_claims({"name": odd, "locale": odd}), NOW_MOMENT)
    assert (read.name, read.language) == (None, None)


def test_a_tampered_payload() -> None:
    header, _, signature = company_token("rsa-1").split(".")
    other = company_token("rsa-1", sub="customer-8").split(".")[1]
    assert refusal(f"{header}.{other}.{signature}") == "token_refused"


@given(st.text(max_size=300))
def test_any_text_is_refused_in_words(text: str) -> None:
    assert refusal(text) == "token_malformed"


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_any_three_parts_are_refused_in_words(head: bytes, body: bytes, mac: bytes) -> None:
    token = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (head, body, mac))
    assert refusal(token) in {"token_malformed", "token_refused"}


def test_a_header_nested_beyond_reason_and_a_token_beyond_size() -> None:
    deep = urlsafe_b64encode(b"[" * 2900).decode().rstrip("=")
    assert refusal(f"{deep}.e30.x") == "token_malformed"
    assert refusal("a" * 5000 + ".e30.x") == "token_malformed"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (CompanyKey("k", "HS256", "short"), "needs 32 bytes"),
        (CompanyKey("k", "HS256", RSA_PEM), "holds a key in PEM"),
        (CompanyKey("k", "RS256", ED_PEM), "not of the kind"),
        (CompanyKey("k", "EdDSA", RSA_PEM), "not of the kind"),
        (CompanyKey("k", "RS256", "nonsense"), "not a public key"),
        (CompanyKey("k", "none", RSA_PEM), "other than"),
        (CompanyKey("", "RS256", RSA_PEM), "key id"),
        (CompanyKey("alltid-guest-1", "RS256", RSA_PEM), "marks our own"),
        (
            CompanyKey("k", "RS256", pem(rsa.generate_private_key(65537, 1024))),
            "fewer than 2048",
        ),
    ],
)
def test_unsafe_keys_are_refused_at_start(key: CompanyKey, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        CompanyTokens("i", "a", [key], timedelta(hours=1))


def test_incomplete_or_double_configuration_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="issuer and an audience"):
        CompanyTokens("", "a", COMPANY_KEYS, timedelta(hours=1))
    with pytest.raises(ValueError, match="same key id"):
        CompanyTokens("i", "a", [COMPANY_KEYS[0]] * 2, timedelta(hours=1))
