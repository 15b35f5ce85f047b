"""Submissions by OpenRosa: what is kept, under which channel, and what is answered."""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from ingest.web.openrosa.parts import MAX_BODY_BYTES
from schemas.receipts import reference_of

ID = "f3d8dc65-91a6-4d0f-9e97-802128083390"
REFERENCE = reference_of("parks-and-libraries-2007", ID)
SWINGS = "<page-1><q1_use>other</q1_use><q1_use_other>swings</q1_use_other></page-1>"


def test_a_form_is_kept_sealed_and_the_pipeline_reads_its_answers(odk: Any) -> None:
    started = "<form-started>2007-05-14T10:00:00.000+01:00</form-started>"
    answer = odk.post(odk.instance(started + SWINGS, ID))
    assert (answer.status_code, odk.sentence(answer)) == (201, f"Received. Reference {REFERENCE}.")
    (row,) = odk.landed()
    assert {name: row[name] for name in ("artefact_id", "event", "channel", "questionnaire_hash", "device_time")} == {
        "artefact_id": ID,
        "event": "submission",
        "channel": "web",
        "questionnaire_hash": odk.definition.questionnaire_hash,
        "device_time": None,
    }
    assert odk.documents() == [
        {
            "id": ID,
            "consultation": "parks-and-libraries-2007",
            "questionnaire_hash": odk.definition.questionnaire_hash,
            "language": "en",
            "started_at": "2007-05-14T10:00:00.000+01:00",
            "answers": {"q1_use": "other", "q1_use_other": "swings"},
        }
    ]


def test_a_form_sent_many_times_at_once_is_one_row_and_each_time_received(odk: Any) -> None:
    xml = odk.instance(SWINGS, ID)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: odk.post(xml), range(30)))
    assert Counter((answer.status_code, odk.sentence(answer)) for answer in answers) == {
        (201, f"Received. Reference {REFERENCE}."): 30
    }
    assert odk.stored() == 1


def test_other_answers_under_one_id_are_kept_beside_the_first_and_not_asked_for_again(odk: Any) -> None:
    first, second = odk.instance(SWINGS, ID), odk.instance(SWINGS.replace("swings", "slides"), ID)
    assert odk.post(first).status_code == 201
    again = [odk.post(second) for _ in range(2)]
    assert [answer.status_code for answer in again] == [202, 202]
    assert odk.sentence(again[0]) == odk.sentence(again[1])
    assert "Other content came under this instanceID before, and both are kept." in odk.sentence(again[0])
    assert odk.post(first).status_code == 201
    documents = odk.documents()
    assert [one["answers"]["q1_use_other"] for one in documents] == ["swings", "slides"]
    assert [one["id"] == ID or one["id"].startswith(f"{ID}.conflict-") for one in documents] == [True, True]
    assert f"Reference {reference_of(odk.definition.id, documents[1]['id'])}." in odk.sentence(again[0])


def test_a_form_whose_files_are_to_follow_is_accepted(odk: Any) -> None:
    answer = odk.post(odk.instance(SWINGS, ID), **{"*isIncomplete*": (None, "yes")})
    assert (answer.status_code, odk.sentence(answer)) == (202, f"Received. Reference {REFERENCE}.")
    assert odk.post(odk.instance(SWINGS, ID)).status_code == 201
    assert odk.stored() == 1


def test_files_are_refused_because_they_would_be_lost(odk: Any) -> None:
    refused = odk.post(odk.instance(SWINGS), **{"photo.jpg": ("photo.jpg", b"\xff\xd8")})
    assert (refused.status_code, odk.sentence(refused)) == (
        422,
        "This form takes no files, and what comes with it would be lost; send it without them.",
    )
    refused = odk.post(odk.instance(SWINGS), remark=(None, "something said beside the form"))
    assert (refused.status_code, odk.stored()) == (422, 0)
    empty = odk.post(odk.instance(SWINGS), **{"audit.csv": ("audit.csv", b""), "Date": (None, "today")})
    assert (empty.status_code, odk.stored()) == (201, 1)


def test_an_assisted_senders_form_is_of_that_channel_and_names_the_sender_inside_the_seal(odk: Any) -> None:
    assert odk.post(odk.instance(SWINGS, ID), odk.token_of("Library desk", "assisted")).status_code == 201
    (row,) = odk.landed()
    assert row["channel"] == "assisted"
    assert odk.documents()[0]["assistance"] == {"means": "other", "helper": "Library desk"}


@pytest.mark.parametrize("method", ["HEAD", "POST", "GET"])
@pytest.mark.parametrize("sender", ["nobody", "unknown", "revoked", "of another", "bearer", "garbled"])
def test_without_a_token_that_holds_nothing_is_shown_or_kept(odk: Any, method: str, sender: str) -> None:
    headers = {
        "nobody": {},
        "bearer": {"authorization": f"Bearer {odk.token}"},
        "garbled": {"authorization": "Basic ?"},
    }
    token = "unknown"
    if sender == "revoked":
        token = odk.token_of("former team")
        odk.revoke("former team")
    elif sender == "of another":
        token = odk.token_of("their team", consultation="third-sector-2007")
    body = (
        {"files": {"xml_submission_file": ("form.xml", odk.instance(SWINGS), "text/xml")}} if method == "POST" else {}
    )
    refused = requests.request(
        method,
        f"{odk.base}/{'formList' if method == 'GET' else 'submission'}",
        headers=headers.get(sender, {}),
        auth=None if sender in headers else ("anybody", token),
        timeout=30,
        **body,
    )
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Basic realm="YourSay", charset="UTF-8"')
    unknown = ("unknown", "revoked", "of another")
    start = "This sender's token is not known here" if sender in unknown else "A sender's token is needed"
    assert method == "HEAD" or odk.sentence(refused).startswith(start)
    assert odk.stored() == 0


@pytest.mark.parametrize(
    ("body", "headers", "status", "sentence"),
    [
        (b"<response/>", {"content-type": "text/xml"}, 415, "multipart/form-data"),
        (b"", {}, 415, "multipart/form-data"),
        (b"x", {"content-type": "multipart/form-data"}, 400, "no multipart body"),
        (b"\r\n--b--\r\n", {"content-type": "multipart/form-data; boundary=b"}, 400, "one part named"),
        (
            b"--b\r\nbroken",
            {"content-type": "multipart/form-data; boundary=b"},
            400,
            "no multipart body|one part named",
        ),
        (b"x" * (MAX_BODY_BYTES + 1), {"content-type": "multipart/form-data; boundary=b"}, 413, "too large"),
    ],
)
def test_what_is_no_submission_is_refused_in_the_envelope(
    odk: Any, body: bytes, headers: dict[str, str], status: int, sentence: str
) -> None:
    refused = requests.post(
        f"{odk.base}/submission", data=body, headers=headers, auth=("anybody", odk.token), timeout=30
    )
    assert refused.status_code == status
    assert any(part in odk.sentence(refused) for part in sentence.split("|"))
    assert odk.stored() == 0


def test_what_is_wrong_in_the_form_is_told_without_repeating_it(odk: Any) -> None:
    for content, version, status in (
        ("<q1_use>needle</q1_use>", None, 422),
        ("<needle/>", None, 422),
        (SWINGS, "0123456789abcdef", 422),
        ("<needle", None, 400),
    ):
        refused = odk.post(odk.instance(content, version=version))
        assert (refused.status_code, "needle" in odk.sentence(refused)) == (status, False)
    assert odk.stored() == 0


def test_an_unknown_consultation_or_address_is_told_in_the_envelope(odk: Any) -> None:
    for path in ("nowhere/formList", f"{odk.definition.id}/nowhere"):
        missing = requests.get(f"{odk.url}/openrosa/{path}", auth=("anybody", odk.token), timeout=30)
        assert (missing.status_code, odk.sentence(missing)[-1]) == (404, ".")


def test_a_store_that_is_locked_is_told_with_a_time_to_come_back(odk: Any) -> None:
    blocker = sqlite3.connect(odk.data.public_server / "store.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    refused = odk.post(odk.instance(SWINGS, ID))
    blocker.execute("ROLLBACK")
    blocker.close()
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
    assert odk.sentence(refused) == "The response could not be stored; nothing of it was kept."
    assert odk.post(odk.instance(SWINGS, ID)).status_code == 201


def test_a_body_in_chunks_is_taken_and_a_long_answer_never_touches_the_disk_in_clear(
    odk: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # There is no place for temporary files: whoever needs one fails.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    xml = odk.instance(f"<q5_proposal>{'needle ' * 300_000}</q5_proposal>", ID).encode()
    head = b'--b\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="form.xml"\r\n\r\n'

    def chunks() -> Iterator[bytes]:
        yield head
        for start in range(0, len(xml), 50_000):
            yield xml[start : start + 50_000]
        yield b"\r\n--b--\r\n"

    answer = requests.post(
        f"{odk.base}/submission",
        data=chunks(),
        headers={"content-type": "multipart/form-data; boundary=b"},
        auth=("anybody", odk.token),
        timeout=30,
    )
    assert answer.status_code == 201
    on_disk = b"".join(file.read_bytes() for file in odk.data.public_server.rglob("*") if file.is_file())
    assert (b"needle" in on_disk, odk.token.encode() in on_disk) == (False, False)
    assert len(odk.documents()[0]["answers"]["q5_proposal"]) == 2_100_000
