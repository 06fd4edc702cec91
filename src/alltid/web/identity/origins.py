"""Which pages may talk to the desk, by the Origin that browsers put on requests.

A browser sends an agent's cookie along with requests that other sites start. The Origin
header tells who started one, and pages can't forge it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from alltid.web.errors import WebError

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origins:
    """The desk's own origins (several only on a developer's machine) and the widget's hosts.

    `passkey_domain` is the WebAuthn relying party id, or None where passkeys can't work:
    on a bare address other than this machine's.
    """

    own: frozenset[str]
    widget: frozenset[str]
    secure: bool
    passkey_domain: str | None

    @classmethod
    def of(cls, public_url: str, widget_origins: Sequence[str] = ()) -> Origins:
        """Work out the origins; raises ValueError for what is not an http(s) address."""
        public = _parts(public_url)
        host = public.hostname or ""
        hosts = _LOOPBACK if host in _LOOPBACK else (host,)
        own = frozenset(_origin(public.scheme, each, public.port) for each in hosts)
        widget = (_parts(each) for each in widget_origins)
        return cls(
            own=own,
            widget=frozenset(_origin(w.scheme, w.hostname or "", w.port) for w in widget),
            secure=public.scheme == "https",
            passkey_domain=_passkey_domain(host),
        )

    def check_post(self, headers: Mapping[str, str], *, carries_cookie: bool) -> None:
        """Let a post through only if one of our own pages, or no browser at all, sent it.

        Browsers put Origin or at least Sec-Fetch-Site on every post. A request with
        neither is a program's, and that has no business with an agent's cookie. Raises
        WebError 403.
        """
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None:
            allowed = origin in self.own
        elif site is not None:
            allowed = site == "same-origin"
        else:
            allowed = not carries_cookie
        if not allowed:
            message = "This request came from another site, so it was not carried out."
            raise WebError(403, "foreign_origin", message)

    def allows_agent_socket(self, headers: Mapping[str, str]) -> bool:
        """Tell whether this may become an agent's socket: only from our own pages."""
        return headers.get("origin") in self.own

    def allows_customer_socket(self, headers: Mapping[str, str]) -> bool:
        """Tell whether this may become a customer's socket.

        It proves itself by a token in its first frame, not by a cookie; so a program
        without any Origin may come too. Pages must be ours or host the widget.
        """
        origin = headers.get("origin")
        return origin is None or origin in self.own or origin in self.widget


def passkeys_work_at(host_header: str) -> bool:
    """Tell whether a browser that came by this Host can use passkeys: names, not addresses."""
    try:
        host = urlsplit(f"//{host_header}").hostname
        ip_address(host or "")
    except ValueError:
        return True
    return False


def _passkey_domain(host: str) -> str | None:
    if host in _LOOPBACK:
        return "localhost"
    try:
        ip_address(host)
    except ValueError:
        return host
    return None


def _parts(url: str) -> SplitResult:
    message = f"{url} is not the address of a site, like https://desk.example."
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError(message) from None
    if not usable:
        raise ValueError(message)
    return parts


def _origin(scheme: str, host: str, port: int | None) -> str:
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port in (None, _DEFAULT_PORTS[scheme]) else f":{port}"
    return f"{scheme}://{shown_host}{shown_port}"
