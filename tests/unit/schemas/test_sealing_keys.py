"""Sealing: two recipients and nobody else, keys in files that only their owner reads."""

from pathlib import Path

import pytest

from schemas.sealing import (
    Identity,
    Recipients,
    SealingError,
    make_keys,
    new_identity,
    open_sealed,
    opener,
    read_identity,
    read_recipients,
    read_secret,
    seal,
    write_secret,
)

TEXT = "An answer with ünïcödé, العربية and a line\nbreak.".encode()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    make_keys(tmp_path / "keys", tmp_path / "recovery.key")
    return tmp_path / "keys"


def test_pipeline_and_recovery_each_open_what_was_sealed(keys: Path, tmp_path: Path) -> None:
    sealed = seal(TEXT, read_recipients(keys / "recipients.toml"))
    assert open_sealed(sealed, read_identity(keys)) == TEXT
    assert open_sealed(sealed, Identity(read_secret(tmp_path / "recovery.key"))) == TEXT


def test_a_sealed_body_is_an_age_file_that_shows_nothing_and_differs_each_time(keys: Path) -> None:
    recipients = read_recipients(keys / "recipients.toml")
    first, second = seal(TEXT, recipients), seal(TEXT, recipients)
    assert first.startswith(b"age-encryption.org/v1\n")
    assert first != second
    assert TEXT not in first and b"answer" not in first


def test_another_key_does_not_open_it(keys: Path) -> None:
    sealed = seal(TEXT, read_recipients(keys / "recipients.toml"))
    with pytest.raises(SealingError, match="cannot be opened: damaged, or sealed for another key"):
        open_sealed(sealed, new_identity())


@pytest.mark.parametrize("place", [0, 60, -1])
def test_a_changed_byte_does_not_open(keys: Path, place: int) -> None:
    sealed = bytearray(seal(TEXT, read_recipients(keys / "recipients.toml")))
    sealed[place] ^= 1
    with pytest.raises(SealingError):
        open_sealed(bytes(sealed), read_identity(keys))


@pytest.mark.parametrize("body", [b"", b"not sealed", b"age-encryption.org/v1\n"])
def test_what_is_not_sealed_is_refused(keys: Path, body: bytes) -> None:
    open_body = opener(read_identity(keys))
    with pytest.raises(SealingError):
        open_body(body)


def test_private_files_are_the_owners_alone(keys: Path, tmp_path: Path) -> None:
    private = [keys / "pipeline.key", keys / "warehouse.key", keys / "pseudonym.key", tmp_path / "recovery.key"]
    assert [oct(file.stat().st_mode & 0o777) for file in private] == ["0o600"] * 4
    assert keys.stat().st_mode & 0o077 == 0
    assert len({read_secret(file) for file in private}) == 4


def test_a_private_file_that_others_can_read_is_refused(keys: Path) -> None:
    (keys / "pipeline.key").chmod(0o640)
    with pytest.raises(SealingError, match=r"pipeline\.key can be read by others; run 'chmod 600' on it\."):
        read_identity(keys)


def test_a_missing_key_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(SealingError, match=r"pipeline\.key is missing; make the keys with 'yoursay keys new'\."):
        read_identity(tmp_path)
    with pytest.raises(SealingError, match=r"recipients\.toml is missing; make the keys with 'yoursay keys new'\."):
        read_recipients(tmp_path / "recipients.toml")


def test_a_damaged_key_file_is_refused_without_its_content(tmp_path: Path) -> None:
    write_secret(tmp_path / "pipeline.key", "AGE-SECRET-KEY-1NOTQUITE")
    with pytest.raises(SealingError, match=r"pipeline\.key holds no age identity") as caught:
        read_identity(tmp_path)
    assert "NOTQUITE" not in str(caught.value)


@pytest.mark.parametrize("content", ["", 'pipeline = "age1x"\nrecovery = "age1y"', "pipeline = 1\nrecovery = 2", "= ="])
def test_recipients_that_are_none_are_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "recipients.toml"
    file.write_text(content)
    with pytest.raises(SealingError, match=r"recipients\.toml must hold 'pipeline' and 'recovery'"):
        read_recipients(file)


def test_keys_are_never_overwritten(keys: Path, tmp_path: Path) -> None:
    before = {file.name: file.read_bytes() for file in keys.iterdir()}
    with pytest.raises(SealingError, match="a key is never overwritten"):
        make_keys(keys, tmp_path / "another-recovery.key")
    with pytest.raises(SealingError, match="a key is never overwritten"):
        make_keys(tmp_path / "other", tmp_path / "recovery.key")
    with pytest.raises(SealingError, match="a key is never overwritten"):
        write_secret(keys / "warehouse.key", "x")
    assert {file.name: file.read_bytes() for file in keys.iterdir()} == before
    assert not (tmp_path / "another-recovery.key").exists()


def test_a_secret_shows_in_no_representation(keys: Path) -> None:
    identity = read_identity(keys)
    shown = [repr(identity), str(identity), f"{identity}", repr({"identity": identity})]
    assert [text for text in shown if identity.secret in text or "SECRET" in text] == []


def test_the_recipients_file_holds_no_private_half(keys: Path, tmp_path: Path) -> None:
    text = (keys / "recipients.toml").read_text()
    assert "SECRET" not in text
    recovery = Identity(read_secret(tmp_path / "recovery.key"))
    expected = Recipients(read_identity(keys).recipient, recovery.recipient)
    assert read_recipients(keys / "recipients.toml") == expected
