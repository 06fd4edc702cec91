"""Settings: where they come from, which win, and what is refused."""

from __future__ import annotations

import os
import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from alltid.settings import (
    Settings,
    SettingsError,
    kept_secret_key,
    load_settings,
    masked,
    new_secret,
)
from alltid.web.identity.guest_tokens import GuestTokens
from alltid.web.identity.principals import NotSignedIn
from alltid.web.identity.rules import identity_rules

ROOT = Path(__file__).parents[1]


def variables_of_the_tests() -> set[str]:
    """Names that the checks, the tests and the benchmarks read, and that are no settings."""
    shell = [ROOT / "check", ROOT / "up", ROOT / ".ci" / "run"]
    shell += [path for path in (ROOT / "scripts").iterdir() if path.is_file()]
    names = {name for path in shell for name in re.findall(r"\bALLTID_[A-Z_]+\b", path.read_text())}
    for folder in ("tests", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            names.update(re.findall(r"environ(?:\.get\(|\[)\"(ALLTID_[A-Z_]+)\"", path.read_text()))
    return names - {f"ALLTID_{field.upper()}" for field in Settings.model_fields}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("ALLTID_") or name in {"DATABASE_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default() -> None:
    settings = load_settings()
    assert settings.own_url == "http://127.0.0.1:8000"
    assert not settings.demo


@pytest.mark.parametrize("name", sorted(variables_of_the_tests()))
def test_a_variable_of_the_tests_does_not_stop_the_program(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    assert load_settings().own_url == "http://127.0.0.1:8000"


def test_options_win_over_the_environment_and_that_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "alltid.toml").write_text('port = 1\nhost = "file"\ncompany_name = "File"\n')
    monkeypatch.setenv("ALLTID_PORT", "2")
    monkeypatch.setenv("ALLTID_HOST", "environment")
    settings = load_settings(port=3)
    assert (settings.port, settings.host, settings.company_name) == (3, "environment", "File")


def test_the_company_s_keys_come_from_the_file_and_stay_secret(tmp_path: Path) -> None:
    (tmp_path / "alltid.toml").write_text(
        '[customer_jwt]\nissuer = "i"\naudience = "a"\n'
        '[[customer_jwt.keys]]\nkey_id = "k"\nalgorithm = "HS256"\nkey = "very secret indeed"\n'
    )
    settings = load_settings()
    assert settings.customer_jwt is not None
    assert settings.customer_jwt.keys[0].key.get_secret_value() == "very secret indeed"
    assert "very secret" not in repr(settings)
    assert "very secret" not in str(masked(settings))


def test_keys_from_before_a_rotation_are_read_and_stay_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, older = "o" * 32, "p" * 32
    monkeypatch.setenv("ALLTID_SECRET_KEY", "n" * 32)
    monkeypatch.setenv("ALLTID_PREVIOUS_SECRET_KEYS", f"{old}, {older}")
    settings = load_settings()
    assert [key.get_secret_value() for key in settings.previous_secret_keys] == [old, older]
    assert old not in repr(settings) + str(masked(settings))
    now = datetime(2026, 5, 1, tzinfo=UTC)
    before = GuestTokens(old).mint("01890000-0000-7000-8000-000000000001", 1, now)
    rules = identity_rules(settings, "n" * 32)
    claims = GuestTokens(rules.secret_key, *rules.previous_secret_keys).read(before.token, now)
    assert claims.generation == 1
    with pytest.raises(NotSignedIn):
        GuestTokens(rules.secret_key).read(before.token, now)


def test_a_short_key_from_before_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLTID_PREVIOUS_SECRET_KEYS", f"{'o' * 32},hunter2")
    with pytest.raises(SettingsError, match="at least 32") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_passwords_of_the_database_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2@db.example/alltid?x=hunter2")
    settings = load_settings()
    assert "hunter2" not in str(masked(settings)) + repr(settings)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("prot = 1", "Did you mean port?"),
        ("demo = true", "`alltid up` runs the demo"),
        ("port = ", "is not TOML"),
        ('widget_origins = ["https://a.example/path"]', "is not an origin"),
        ('public_url = "desk.example"', "http:// or https://"),
        ('webhook_url = "https://a.example/hook"', "webhook_secret"),
        ('secret_key = "short"', "at least 32"),
    ],
)
def test_a_bad_file_is_explained(tmp_path: Path, file: str, words: str) -> None:
    (tmp_path / "alltid.toml").write_text(file)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert words in str(caught.value)


def test_a_refused_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLTID_SECRET_KEY", "hunter2hunter2")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    key = kept_secret_key(settings)
    assert kept_secret_key(settings) == key
    kept = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.write_text("cut sho")
    with pytest.raises(SettingsError, match="no whole secret key"):
        kept_secret_key(settings)


def test_a_key_that_is_set_is_not_written_anywhere(tmp_path: Path) -> None:
    key = SecretStr(new_secret())
    assert kept_secret_key(Settings(data_dir=tmp_path / "data", secret_key=key)) == key
    assert not (tmp_path / "data").exists()


def test_an_address_of_all_networks_is_reached_on_this_machine() -> None:
    assert load_settings(host="0.0.0.0", port=80).own_url == "http://127.0.0.1:80"
    assert load_settings(host="::1", port=80).own_url == "http://[::1]:80"
    assert load_settings(public_url="https://desk.example/").own_url == "https://desk.example"
