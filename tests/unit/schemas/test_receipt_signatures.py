"""Receipts: what a server promised can be checked by anyone, and by nobody else made."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.receipts import Receipt, Signer, load_signer, receipt_is_genuine, reference_of
from schemas.sealing import SealingError


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return load_signer(tmp_path / "receipts.key")


def receipt(signer: Signer) -> Receipt:
    return signer.sign(
        Receipt(
            id="0b6f0f0e-0000-4000-8000-000000000000",
            consultation="third-sector-2007",
            sha256="ab" * 32,
            sequence=41,
            received_at="2007-03-01T12:00:00+00:00",
            reference="ABCD-2345",
            key_id=signer.key_id,
        )
    )


def test_a_receipt_is_genuine_under_its_servers_key_alone(signer: Signer, tmp_path: Path) -> None:
    signed = receipt(signer)
    assert receipt_is_genuine(signed, signer.public_bytes)
    assert not receipt_is_genuine(signed, load_signer(tmp_path / "other.key").public_bytes)
    assert not receipt_is_genuine(signed, b"too short")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "0b6f0f0e-0000-4000-8000-000000000001"},
        {"consultation": "another"},
        {"sha256": "cd" * 32},
        {"sequence": 42},
        {"received_at": "2007-03-01T12:00:01+00:00"},
        {"reference": "ABCD-2346"},
        {"key_id": "0" * 16},
        {"signature": ""},
        {"signature": "not base64!"},
    ],
)
def test_a_changed_receipt_is_not_genuine(signer: Signer, change: dict[str, object]) -> None:
    assert not receipt_is_genuine(receipt(signer).model_copy(update=change), signer.public_bytes)


def test_the_signing_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    file = tmp_path / "server" / "receipts.key"
    first = load_signer(file)
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert load_signer(file).public_bytes == first.public_bytes
    file.chmod(0o644)
    with pytest.raises(SealingError, match="can be read by others"):
        load_signer(file)


def test_a_file_that_holds_no_signing_key_is_refused_without_its_content(tmp_path: Path) -> None:
    file = tmp_path / "receipts.key"
    file.write_text("some other secret")
    file.chmod(0o600)
    with pytest.raises(SealingError, match=r"receipts\.key holds no Ed25519 signing key") as caught:
        load_signer(file)
    assert "other secret" not in str(caught.value)


@given(st.text(), st.text())
def test_a_reference_is_short_to_write_down_and_always_the_same(consultation: str, submission: str) -> None:
    reference = reference_of(consultation, submission)
    assert re.fullmatch("[A-HJKMNP-TV-Z2-9]{4}-[A-HJKMNP-TV-Z2-9]{4}", reference)
    assert reference == reference_of(consultation, submission)


def test_references_of_many_submissions_differ() -> None:
    references = {reference_of("third-sector-2007", f"submission {number}") for number in range(5_000)}
    assert len(references) == 5_000
