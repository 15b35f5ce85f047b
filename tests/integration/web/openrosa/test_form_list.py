"""The form list and the form, before, while and after the consultation is open."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from schemas.clock import SteppedClock
from schemas.editions.xform import build_xform

LIST = "{http://openrosa.org/xforms/xformsList}"


@pytest.fixture
def clock() -> SteppedClock:
    """Stands long before the consultation opens."""
    return SteppedClock(datetime(2007, 1, 1, tzinfo=UTC))


def listed(answer: requests.Response) -> list[dict[str, str | None]]:
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.headers["x-openrosa-version"] == "1.0"
    forms = ElementTree.fromstring(answer.content)
    assert (forms.tag, {one.tag for one in forms} <= {f"{LIST}xform"}) == (f"{LIST}xforms", True)
    return [{part.tag.removeprefix(LIST): part.text for part in one} for one in forms]


def test_the_list_names_the_form_by_what_a_client_will_load(odk: Any) -> None:
    (form,) = listed(odk.get("/formList"))
    loaded = requests.get(form["downloadUrl"] or "", auth=("anybody", odk.token), timeout=30)
    assert form == {
        "formID": "parks-and-libraries-2007",
        "name": "Parks and libraries: what should we do next?",
        "version": odk.definition.questionnaire_hash[:16],
        "hash": f"md5:{hashlib.md5(loaded.content).hexdigest()}",
        "downloadUrl": f"{odk.base}/form.xml",
    }
    assert loaded.content == build_xform(odk.definition)
    assert loaded.headers["content-type"] == "text/xml; charset=utf-8"


def test_the_list_holds_one_form_where_it_is_asked_for_by_its_id(odk: Any) -> None:
    assert listed(odk.get("/formList?formID=parks-and-libraries-2007&deviceID=x")) == listed(odk.get("/formList"))
    assert listed(odk.get("/formList?formID=another")) == []


def test_away_from_its_own_machine_the_server_is_reached_by_tls_alone(odk: Any) -> None:
    (form,) = listed(odk.get("/formList", headers={"host": "consult.example.org"}))
    assert form["downloadUrl"] == "https://consult.example.org/openrosa/parks-and-libraries-2007/form.xml"
    refused = odk.get("/formList", headers={"host": "consult.example.org/<x>"})
    assert (refused.status_code, odk.sentence(refused)[-1]) == (400, ".")


def test_forms_are_loaded_before_the_opening_and_no_more_after_the_closing(odk: Any) -> None:
    assert len(listed(odk.get("/formList"))) == 1
    odk.clock.set(odk.definition.closes_at() - timedelta(seconds=1))
    assert len(listed(odk.get("/formList"))) == 1
    odk.clock.set(odk.definition.closes_at())
    assert listed(odk.get("/formList")) == []


def test_a_form_before_the_opening_is_refused_and_after_the_closing_received(odk: Any) -> None:
    odk.clock.set(odk.definition.opens_at() - timedelta(seconds=1))
    refused = odk.post(odk.instance())
    sentence = "This consultation is not open yet; send the form again when it is."
    assert (refused.status_code, odk.sentence(refused), odk.stored()) == (403, sentence, 0)
    odk.clock.set(odk.definition.opens_at())
    assert (odk.post(odk.instance()).status_code, odk.stored()) == (201, 1)
    odk.clock.set(odk.definition.closes_at() + timedelta(days=3))
    assert (odk.post(odk.instance()).status_code, odk.stored()) == (201, 2)
