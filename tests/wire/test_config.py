"""Settings: everything read, every fault told at once, nothing weak accepted."""

import ssl
from pathlib import Path

import pytest
import redis

from plugin.config import SETTINGS, Settings, is_loopback
from plugin.errors import Refused

GOOD = {
    "SHOPIFY_API_KEY": "0123456789abcdef0123456789abcdef", "SHOPIFY_API_SECRET": "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",
    "SECRET_KEYS": "5d41c2f9a7e8b3604c1d92f7ab3e6581,9c0b7e1f3a5d8264bb19c07fe2d4a683",
    "TOKEN_KEYS": "8Lk2mZ0yJx7Q5w9tRb3uVd6sNf1aHc4eGi0pXoYlTzA=",
    "APP_URL": "https://tandem.example.com/"}
HERE = {"SHOPIFY_ORIGIN": "http://127.0.0.1:4400/_shop/{shop}"}


def faults(**changed: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        Settings.from_environment({**GOOD, **changed})
    assert caught.value.reason == "settings"
    return [line.strip() for line in caught.value.message.splitlines()[1:]]


def test_defaults_and_what_was_given() -> None:
    settings = Settings.from_environment(GOOD)
    assert settings.app_url == "https://tandem.example.com"
    assert settings.secret_keys[0].startswith("5d41")
    assert len(settings.secret_keys) == 2
    assert (settings.lease_seconds, settings.sweep_seconds, settings.credit_wait_seconds) == (120.0, 30.0, 300.0)
    assert settings.origin("north.myshopify.com") == "https://north.myshopify.com"
    assert settings.redis_url == ""
    assert settings.metrics_token is None


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Refused) as caught:
        Settings.from_environment({"PORT": "nonsense", "REDIS_URL": "http://x", "LEASE_SECONDS": "NaN"})
    told = caught.value.message
    for name in ("SHOPIFY_API_KEY", "SHOPIFY_API_SECRET", "SECRET_KEYS", "TOKEN_KEYS", "APP_URL", "PORT", "REDIS_URL", "LEASE_SECONDS"):
        assert f"  {name} " in told


def test_no_fault_repeats_a_secret() -> None:
    told = "\n".join(faults(SHOPIFY_API_SECRET="hunter2-is-not-a-good-choice", SECRET_KEYS="zzzyyyzzzyyyzzzyyyzzzyyyzzzyyy"))
    assert "hunter2" not in told
    assert "zzzyyy" not in told


@pytest.mark.parametrize("name", ["SHOPIFY_API_SECRET", "SHOPIFY_OLD_API_SECRET", "SECRET_KEYS", "TOKEN_KEYS", "METRICS_TOKEN"])
@pytest.mark.parametrize("weak", [
    "secret", "short", "a" * 40, "ab" * 20, "changeme-changeme-changeme-1", "0123456789abcdef0123456789abcdef",
    "abcabcabcabcabcabcabcabcabcabc",
    "MySecretMySecretMySecret99", "please-replace-this-value-now", "password-8f2b61d0a97c4e35b1"])
def test_weak_secrets_are_refused(name: str, weak: str) -> None:
    assert [fault for fault in faults(**{name: weak}) if fault.startswith(name)]


def test_one_weak_key_among_strong_ones_is_refused() -> None:
    assert faults(SECRET_KEYS=GOOD["SECRET_KEYS"] + ",secret")


def test_file_variants(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(GOOD["SHOPIFY_API_SECRET"] + "\n")
    env = {name: value for name, value in GOOD.items() if name != "SHOPIFY_API_SECRET"}
    assert Settings.from_environment({**env, "SHOPIFY_API_SECRET_FILE": str(path)}).shopify_api_secret == GOOD["SHOPIFY_API_SECRET"]
    assert faults(SHOPIFY_API_SECRET_FILE=str(path)) == ["SHOPIFY_API_SECRET is given twice, also as SHOPIFY_API_SECRET_FILE: keep one"]
    [fault] = faults(SMTP_URL_FILE=str(tmp_path / "nowhere"))
    assert fault.startswith("SMTP_URL cannot be read")


@pytest.mark.parametrize("setting", [setting.name for setting in SETTINGS])
def test_every_setting_has_a_file_variant(setting: str, tmp_path: Path) -> None:
    path = tmp_path / "bad"
    path.write_text("\x00 no value of anything \x00")
    if setting == "CLOCK_OFFSET_FILE":
        [fault] = faults(CLOCK_OFFSET_FILE_FILE=str(path))
        assert fault == "CLOCK_OFFSET_FILE is for tests and the demo only: it needs a SHOPIFY_ORIGIN on this machine"
        return
    env = {name: value for name, value in GOOD.items() if name != setting}
    with pytest.raises(Refused) as caught:
        Settings.from_environment({**env, f"{setting}_FILE": str(path)})
    assert f"  {setting} " in caught.value.message


@pytest.mark.parametrize("name", ["FAILPOINT", "CLOCK_OFFSET_FILE"])
@pytest.mark.parametrize("origin", [
    None, "https://{shop}", "https://127.0.0.1.evil.example/{shop}", "https://127.0.0.1@evil.example/{shop}",
    "https://localhost.evil.example/{shop}",
    "https://evil.example/127.0.0.1/{shop}", "https://evil.example#127.0.0.1/{shop}"])
def test_what_only_tests_use_needs_a_shopify_on_this_machine(name: str, origin: str | None) -> None:
    assert any(fault.startswith((name, "SHOPIFY_ORIGIN")) for fault in faults(**{name: "K7",
        **({"SHOPIFY_ORIGIN": origin} if origin else {})}))
    assert Settings.from_environment({**GOOD, **HERE, name: "K7"})


@pytest.mark.parametrize(("url", "here"), [
    ("http://127.0.0.1:4400/_shop/x", True), ("http://127.9.9.9/", True), ("http://[::1]:80/", True), ("http://localhost/", True),
    ("http://admin.localhost:4400", True), ("http://LOCALHOST/", True), ("http://0.0.0.0/", False), ("http://10.0.0.1/", False),
    ("http://localhost.com/", False), ("http://notlocalhost/", False), ("http://127.1/", False), ("", False)])
def test_loopback(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_urls_as_hosts_give_them() -> None:
    settings = Settings.from_environment({**GOOD, "DATABASE_URL": "postgres://u:p@db.example:5432/x?sslmode=require",
                                          "REDIS_URL": "rediss://:p@r.example:6380/0?ssl_cert_reqs=none"})
    assert settings.database_url == "postgresql://u:p@db.example:5432/x?sslmode=require"
    assert settings.redis_url == "rediss://:p@r.example:6380/0?ssl_cert_reqs=none"


@pytest.mark.parametrize(("name", "value"), [
    ("DATABASE_URL", "mysql://x"), ("REDIS_URL", "http://x"), ("APP_URL", "http://tandem.example.com"), ("APP_URL", "tandem.example.com"),
    ("APP_URL", "https://tandem.example.com/?x=1"), ("APP_URL", "https://user@tandem.example.com"), ("PORT", "0"), ("PORT", "65536"),
    ("PORT", "٨٠٠٠"),
    ("TRUSTED_PROXIES", "-1"), ("LEASE_SECONDS", "0"), ("LEASE_SECONDS", "1e9"), ("SWEEP_SECONDS", "Infinity"),
    ("SHOPIFY_ORIGIN", "https://shop"),
    ("SHOPIFY_ORIGIN", "http://{shop}"), ("SHOPIFY_ADMIN_ORIGIN", "https://admin.shopify.com/store"), ("SMTP_URL", "mail.example.com"),
    ("SECRET_KEYS", " , "), ("MAIL_FROM", "nobody"), ("MAIL_FROM", "A <a@b.example>\nBcc: c@d.example"),
    ("SHOPIFY_API_KEY", "a b c d e f"), ("APP_URL", "https://x:notaport")])
def test_nonsense_is_refused(name: str, value: str) -> None:
    assert [fault for fault in faults(**{name: value}) if fault.startswith(name)]


def test_smtp_needs_a_sender() -> None:
    assert faults(SMTP_URL="smtp://mail.example.com:587") == ["MAIL_FROM is missing, and SMTP_URL needs it"]


def test_repr_shows_no_secret() -> None:
    shown = repr(Settings.from_environment({**GOOD, "METRICS_TOKEN": "mt-4be1f09c72d85a36e1", "DATABASE_URL": "postgres://u:pw77@h/x"}
                                           | {"METRICS_TOKEN": "4be1f09c72d85a36e14be1f09c72d85a37"}))
    for secret in (GOOD["SHOPIFY_API_SECRET"], "5d41c2f9", GOOD["TOKEN_KEYS"], "4be1f09c", "pw77"):
        assert secret not in shown


def test_a_hosts_own_certificate_is_pinned_and_never_left_unverified() -> None:
    pem = ssl.DER_cert_to_PEM_cert(ssl.create_default_context().get_ca_certs(binary_form=True)[0])
    given = Settings.from_environment({**GOOD, "REDIS_URL": "rediss://:p@r.example:6380/0", "REDIS_CA": pem})
    told = redis.Redis.from_url(given.redis_url).connection_pool.connection_kwargs
    assert (told["ssl_ca_data"].strip(), told["ssl_check_hostname"]) == (pem.strip(), False)
    assert told.get("ssl_cert_reqs", "required") == "required"
    for wrong in ({"REDIS_CA": "no pem", "REDIS_URL": "rediss://r.example"}, {"REDIS_CA": pem, "REDIS_URL": "redis://r.example"},
                  {"REDIS_CA": pem, "REDIS_URL": "rediss://r.example?ssl_cert_reqs=none"}):
        with pytest.raises(Refused, match="REDIS_CA"):
            Settings.from_environment({**GOOD, **wrong})
