"""`sign-in.toml`: which provider, and what must not stand there."""

from pathlib import Path

import pytest

from dashboards.errors import DashboardError
from dashboards.oidc_settings import ProviderSettings, is_safe_address, read_issuer, read_provider
from dashboards.sign_in_settings import sign_in_settings
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder

WHOLE = """
issuer = "https://login.example.org/council"
client_id = "yoursay"
client_secret_file = "sign-in.secret"
name = "Aberdeen's sign-in"

[addresses]
results = "https://results.example.org/"
desk = "https://desk.example.org"

[addresses.desks]
parks-2007 = "https://parks.example.org"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    secret = tmp_path / "sign-in.secret"
    secret.write_text("a secret\n")
    secret.chmod(0o600)
    return tmp_path / "sign-in.toml"


@pytest.fixture(autouse=True)
def _no_secret_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YOURSAY_SIGN_IN_SECRET", raising=False)


def test_everything_that_can_be_said_is_read(file: Path) -> None:
    file.write_text(WHOLE)
    found = read_provider(file, "results")
    assert found == ProviderSettings(
        issuer="https://login.example.org/council",
        client_id="yoursay",
        name="Aberdeen's sign-in",
        address="https://results.example.org",
        client_secret="a secret",
    )
    assert "a secret" not in repr(found)
    assert read_issuer(file) == "https://login.example.org/council"


@pytest.mark.parametrize(
    ("consultation", "address"),
    [
        (None, "https://desk.example.org"),
        ("other", "https://desk.example.org"),
        ("parks-2007", "https://parks.example.org"),
    ],
)
def test_a_consultations_desk_may_have_an_address_of_its_own(
    file: Path, consultation: str | None, address: str
) -> None:
    file.write_text(WHOLE)
    found = read_provider(file, "desk", consultation)
    assert found and found.address == address


def test_what_need_not_be_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('issuer = "http://127.0.0.1:9000"\nclient_id = "yoursay"\n')
    bare = ProviderSettings("http://127.0.0.1:9000", "yoursay", "your council account")
    assert read_provider(file, "desk") == bare
    monkeypatch.setenv("YOURSAY_SIGN_IN_SECRET", "from around")
    found = read_provider(file, "desk")
    assert found and found.client_secret == "from around"


def test_no_file_names_no_provider(file: Path) -> None:
    assert (read_provider(file, "desk"), read_issuer(file)) == (None, None)


SHORT = 'issuer = "https://login.example.org"\nclient_id = "yoursay"\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("issuer = ", "{file} is not TOML; mend it."),
        ('client_id = "x"', "{file}: 'issuer' is not right (Field required); see docs/accounts.md."),
        (
            SHORT + 'client_secret = "s3cret"',
            "{file}: 'client_secret' is not right (Extra inputs are not permitted); see docs/accounts.md.",
        ),
        (
            'issuer = "http://login.example.org"\nclient_id = "x"',
            "{file}: http://login.example.org is no https address; http is for loopback alone.",
        ),
        (
            SHORT + '[addresses]\nresults = "http://results.example.org"',
            "{file}: http://results.example.org is no https address; http is for loopback alone.",
        ),
        (
            SHORT + 'client_secret_file = "gone.secret"',
            "{folder}/gone.secret, which sign-in.toml names, is missing; put the client's secret there.",
        ),
        (
            SHORT + 'client_secret_file = "empty.secret"',
            "{folder}/empty.secret is empty; put the client's secret there.",
        ),
        (
            SHORT + 'client_secret_file = "open.secret"',
            "{folder}/open.secret can be read by others; run 'chmod 600' on it.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(file: Path, content: str, message: str) -> None:
    for name, mode in (("empty.secret", 0o600), ("open.secret", 0o640)):
        (file.parent / name).write_text("" if name == "empty.secret" else "a secret")
        (file.parent / name).chmod(mode)
    file.write_text(content)
    with pytest.raises(DashboardError) as refused:
        read_provider(file, "results")
    assert str(refused.value) == message.format(file=file, folder=file.parent)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://login.example.org", True),
        ("https://login.example.org:8443/realms/x?y=z", True),
        ("http://127.0.0.1:9000/token", True),
        ("http://[::1]:9000", True),
        ("http://localhost:9000", True),
        ("http://localhost.example.org", False),
        ("http://192.0.2.1/", False),
        ("https://user:secret@login.example.org", False),
        ("https://login.example.org/#x", False),
        ("https://", False),
        ("https://login.example.org:99999", False),
        ("https://login.example.org/a b", False),
        ("https://login.example.org/\n", False),
        ("https://[", False),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("", False),
        (None, False),
        (5, False),
    ],
)
def test_which_addresses_are_used(address: object, safe: bool) -> None:
    assert is_safe_address(address) is safe


def test_passwords_open_a_demonstration_alone(data: DataFolder) -> None:
    assert sign_in_settings(data, "desk").passwords is False
    write_shifted_clock(data.clock_file, data.clock.now())
    assert sign_in_settings(data, "desk").passwords is True
