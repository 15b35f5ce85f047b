"""A consultation that ODK clients answer, and what they send to it."""

import hashlib
import json
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from ingest.landing import Landing
from ingest.web.clients.pull import pull
from ingest.web.settings import PublicSettings
from ingest.web.store.records import Token, TokenKind
from ingest.web.store.sqlite import SqliteStore
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, Definition, publish_definition
from schemas.sealing import make_keys, open_sealed, read_identity

_ENVELOPE = "{http://openrosa.org/http/response}"


@dataclass(frozen=True)
class Odk:
    """A running server with one consultation, and a client with a sender's token."""

    url: str
    data: DataFolder
    definition: Definition
    clock: SteppedClock
    token: str = field(repr=False)

    @property
    def base(self) -> str:
        return f"{self.url}/openrosa/{self.definition.id}"

    def token_of(self, name: str, kind: TokenKind = "submission", consultation: str | None = None) -> str:
        """A new sender's token."""
        text = f"token of {name}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        with closing(SqliteStore(PublicSettings.of(self.data).store)) as store:
            store.add_token(Token(name, kind, consultation or self.definition.id, digest, "2007-05-01T09:00:00+00:00"))
        return text

    def revoke(self, name: str) -> None:
        with closing(SqliteStore(PublicSettings.of(self.data).store)) as store:
            assert store.revoke_token(self.definition.id, name, "2007-05-02T09:00:00+00:00")

    def instance(self, content: str = "", instance_id: str | None = None, version: str | None = None) -> str:
        """A filled-in form."""
        version = version or self.definition.questionnaire_hash[:16]
        return (
            f'<response id="{self.definition.id}" version="{version}">{content}'
            f"<meta><instanceID>uuid:{instance_id or uuid.uuid4()}</instanceID></meta></response>"
        )

    def post(self, xml: str, token: str | None = None, **files: tuple[str | None, str | bytes]) -> requests.Response:
        return requests.post(
            f"{self.base}/submission",
            files={"xml_submission_file": ("form.xml", xml, "text/xml"), **files},
            auth=("anybody", token or self.token),
            timeout=30,
        )

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(f"{self.base}{path}", auth=("anybody", self.token), timeout=60, **options)

    def sentence(self, answer: requests.Response) -> str:
        """The sentence in an OpenRosa answer; fails where there is no such envelope."""
        assert answer.headers["x-openrosa-version"] == "1.0"
        envelope = ElementTree.fromstring(answer.content)
        names = [one.tag for one in envelope.iter()]
        assert names == [f"{_ENVELOPE}OpenRosaResponse", f"{_ENVELOPE}message"]
        return "".join(envelope.itertext())

    def stored(self) -> int:
        with closing(sqlite3.connect(PublicSettings.of(self.data).store)) as store:
            return int(store.execute("SELECT count(*) FROM submissions").fetchone()[0])

    def landed(self) -> list[dict[str, Any]]:
        """What the pipeline lands, each row with its opened `body`."""
        landing = Landing(self.data.landing(self.definition.id), self.clock)
        token = (self.data.public_server / "feed.token").read_text().strip()
        pull(self.url, token, landing, self.definition.id)
        identity = read_identity(self.data.keys(self.definition.id))
        rows = landing.log.read().to_pylist()
        return [row | {"body": open_sealed(row["body"], identity)} for row in rows]

    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(row["body"]) for row in self.landed()]


@pytest.fixture
def definition(data: DataFolder, tmp_path: Path) -> Definition:
    """The invented consultation, with the assisted channel among its own."""
    copy = tmp_path / "definition"
    shutil.copytree(BUILT_IN / "parks-and-libraries-2007", copy)
    policy = (copy / "policy.toml").read_text("utf-8")
    before, _, rest = policy.partition("channels = [")
    (copy / "policy.toml").write_text(f'{before}channels = ["web", "assisted"{rest[rest.index("]") :]}', "utf-8")
    published = publish_definition(copy, data.definitions)
    make_keys(data.keys(published.id), data.recovery(published.id))
    return published


@pytest.fixture
def odk(definition: Definition, data: DataFolder, clock: SteppedClock, serve: Callable[[], Any]) -> Iterator[Odk]:
    with serve() as url:
        nobody = Odk(url, data, definition, clock, "")
        yield replace(nobody, token=nobody.token_of("field team"))
