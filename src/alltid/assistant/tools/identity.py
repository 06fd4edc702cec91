"""No argument of a tool may say who the customer is: the rule, over JSON Schemas. Pure.

The principal comes from the signed session and travels beside the arguments. So an argument that
looks like naming a person or an account is refused when tools are taken in, unless the operator
allows it by name (a *new* e-mail address), and so is an object that takes any field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

# Words that name a person or an account, alone or as the end or beginning of a field's name.
IDENTITY_WORDS: Final = frozenset(
    {
        "account", "acct", "actor", "behalf", "borrower", "client", "consumer", "customer", "cust",
        "email", "mail", "iban", "identity", "issuer", "login", "member", "msisdn", "national",
        "nif", "nin", "owner", "passport", "patient", "payer", "person", "personal", "personnummer",
        "phone", "principal", "profile", "shopper", "ssn", "sub", "subject", "subscriber", "taxid",
        "tenant", "user", "userid", "username", "uid", "kund", "kunde", "cliente", "usuario",
        "utente", "dni", "codicefiscale",
    }
)  # fmt: skip
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SCHEMAS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_ONE_SCHEMA: Final = ("items", "contains", "not", "if", "then", "else", "propertyNames")
_NAMED: Final = ("$defs", "definitions", "dependentSchemas", "patternProperties")
DEPTH_MAX: Final = 20


def names_an_identity(field: str) -> bool:
    """Tell whether a field's name is made with a word for a person or an account."""
    words = [part.lower() for part in _PARTS.findall(field)]
    joined = "".join(words)
    return joined in IDENTITY_WORDS or any(word in IDENTITY_WORDS for word in words)


def identity_arguments(schema: Mapping[str, Any]) -> list[str]:
    """Return the fields of a schema, at any depth, that look like naming a customer."""
    return sorted({name for name, _ in _fields(schema, 0) if names_an_identity(name)})


def takes_any_field(schema: Any, depth: int = 0) -> bool:
    """Tell whether some object of a schema takes fields that it doesn't name."""
    if not isinstance(schema, Mapping) or depth > DEPTH_MAX:
        return depth > DEPTH_MAX
    is_object = schema.get("type") == "object" or "properties" in schema
    if is_object and schema.get("additionalProperties") is not False:
        return True
    if "patternProperties" in schema:
        return True
    return any(takes_any_field(inner, depth + 1) for inner in _inner(schema))


def _fields(schema: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if not isinstance(schema, Mapping) or depth > DEPTH_MAX:
        return
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        yield from properties.items()
    for inner in _inner(schema):
        yield from _fields(inner, depth + 1)


def _inner(schema: Mapping[str, Any]) -> Iterator[Any]:
    for name in ("properties", *_NAMED):
        named = schema.get(name)
        if isinstance(named, Mapping):
            yield from named.values()
    for name in _SCHEMAS:
        several = schema.get(name)
        if isinstance(several, Sequence):
            yield from several
    for name in _ONE_SCHEMA:
        if name in schema:
            yield schema[name]
