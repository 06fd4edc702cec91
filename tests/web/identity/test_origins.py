"""Which pages may talk to the desk."""

from __future__ import annotations

import pytest

from alltid.web.identity.origins import Origins, passkeys_work_at


def test_the_desks_own_origin_is_written_as_browsers_write_it() -> None:
    assert Origins.of("https://desk.example:443/").own == {"https://desk.example"}
    assert Origins.of("https://Desk.example:8443").own == {"https://desk.example:8443"}
    assert Origins.of("http://127.0.0.1:8000").own == {
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "http://[::1]:8000",
    }


@pytest.mark.parametrize("url", ["", "desk.example", "ftp://a", "http://", "http://a:99999", "//"])
def test_what_is_no_site_is_refused_at_start(url: str) -> None:
    with pytest.raises(ValueError, match="is not the address of a site"):
        Origins.of(url)


def test_sockets() -> None:
    origins = Origins.of("https://desk.example", ["https://shop.example"])
    own, shop, evil = ({"origin": f"https://{host}.example"} for host in ("desk", "shop", "evil"))
    assert origins.allows_agent_socket(own)
    assert not origins.allows_agent_socket(shop)
    assert not origins.allows_agent_socket({})
    assert origins.allows_customer_socket(own)
    assert origins.allows_customer_socket(shop)
    assert origins.allows_customer_socket({}), "a phone's app has no origin; its token counts"
    assert not origins.allows_customer_socket(evil)
    assert not origins.allows_customer_socket({"origin": "null"})


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://desk.example", "desk.example"),
        ("http://127.0.0.1:8000", "localhost"),
        ("http://[::1]:8000", "localhost"),
        ("http://192.0.2.7", None),
        ("http://[2001:db8::1]", None),
    ],
)
def test_where_passkeys_can_work(url: str, domain: str | None) -> None:
    assert Origins.of(url).passkey_domain == domain


@pytest.mark.parametrize(
    ("host", "work"),
    [
        ("localhost:8000", True),
        ("desk.example", True),
        ("127.0.0.1:8000", False),
        ("[::1]:8000", False),
        ("", True),
        ("[", True),
    ],
)
def test_passkeys_need_a_name_in_the_address_bar(host: str, work: bool) -> None:
    assert passkeys_work_at(host) is work
