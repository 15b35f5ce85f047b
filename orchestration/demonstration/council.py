"""One consultation's side of the play: what arrives is put where it arrives, taken in, and looked at by officers."""

from collections.abc import Sequence
from datetime import date
from random import Random

from ingest.files.import_file import import_file
from ingest.journal import Journal
from ingest.landing import Landing
from ingest.mail.intake.land import land_mail_folder
from ingest.mail.intake.mailbox import Door
from ingest.mail.intake.mailbox import artefact_id as id_of_message
from ingest.mail.intake.message_look import look_at
from ingest.post.scans.land_scans import Batch, land_scans
from ingest.post.sheets.keying import land_keying_batch
from ingest.web.clients.pull import pull
from orchestration.demonstration import by_import
from orchestration.demonstration.by_import import write_export
from orchestration.demonstration.by_mail import MessageWriter
from orchestration.demonstration.by_post import artefact_prefix, write_batch
from orchestration.demonstration.by_scan import scan_forms
from orchestration.demonstration.by_web import Sender, Server
from orchestration.demonstration.errors import DemonstrationError
from orchestration.demonstration.grammar import read_texts
from orchestration.demonstration.officers import FIRST, SECOND, Desk, Known, keyed_from
from orchestration.demonstration.plan import (
    ImportedRow,
    MailMessage,
    PaperSheet,
    ScannedBatch,
    Submission,
    WebSubmission,
    forms_of,
)
from orchestration.mail_intake import mail_key
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.decisions import OutreachEntry
from schemas.definition import Definition
from schemas.receipts import reference_of
from schemas.sealing import read_recipients


class Council:
    """Receives submissions of one consultation by every channel and takes them into landing."""

    def __init__(
        self, data: DataFolder, definition: Definition, clock: SteppedClock, server: Server, *, seed: str
    ) -> None:
        self._data = data
        self._definition = definition
        self._clock = clock
        self._server = server
        self._recipients = read_recipients(data.keys(definition.id) / "recipients.toml")
        self._landing = Landing(data.landing(definition.id), clock)
        self._door = Door(self._landing, self._recipients, definition, clock, mail_key(data, definition))
        self._journal = Journal(data.journal(definition.id), clock)
        self._sender = Sender(server.base_url, definition, self._recipients)
        self._writer = MessageWriter(definition)
        self._desk = Desk(seed, dict(definition.policy.frames), definition.policy.publication.verbatim)
        self._sheets: list[PaperSheet] = []
        self._sent: list[tuple[str, WebSubmission]] = []
        self._on_the_way: list[tuple[str, Submission]] = []
        self._known: list[Known] = []
        told = read_texts("outreach.toml").get(definition.id, [])
        self._outreach = [OutreachEntry.model_validate(one) for one in told]

    def close(self) -> None:
        self._sender.close()

    def receive(self, submission: Submission) -> None:
        """A submission arrives: at the public server, in the mailbox, or on the desk to be keyed."""
        match submission:
            case WebSubmission():
                self._sent.append((self._sender.send(submission), submission))
            case MailMessage():
                self._on_the_way.append((self._deliver(submission), submission))
            case PaperSheet():
                self._sheets.append(submission)
            case ScannedBatch():
                self._scan(submission)

    def take_in(self) -> None:
        """Everything that has arrived goes into landing, a channel after the other.

        Raises:
            DemonstrationError: something that was sent is not in landing.
        """
        pull(self._server.base_url, self._server.feed_token, self._landing, self._definition.id)
        self._find_sent()
        land_mail_folder(self._data.inbox(self._definition.id, "email"), self._door)
        if self._sheets:
            self._key(f"{self._clock.now():%Y%m%d}")
        self._note_arrived()

    def bring_in(self, rows: Sequence[ImportedRow]) -> None:
        """Import what another system collected."""
        folder = self._data.inbox(self._definition.id, "import")
        export, map_file = write_export(folder, rows)
        import_file(export, map_file, self._definition, self._landing, self._recipients, clock=self._clock)
        landed = dict(self._landed_from(by_import.SOURCE))
        for number, row in enumerate(rows, 2):
            self._on_the_way.append((landed[number], row))
        self.take_in()

    def _landed_from(self, source: str) -> list[tuple[int, str]]:
        """(the source's own number, artefact id) of everything that a source has brought to landing."""
        columns = ["artefact_id", "source", "source_sequence"]
        rows = self._landing.log.read(columns=columns).to_pylist()
        return [(row["source_sequence"], row["artefact_id"]) for row in rows if row["source"] == source]

    def _find_sent(self) -> None:
        """What was sent by web is known by its reference, as to the person who sent it; landing holds the id."""
        if not self._sent:
            return
        ids = self._landing.log.read(columns=["artefact_id"])["artefact_id"].to_pylist()
        by_reference = {reference_of(self._definition.id, artefact_id): artefact_id for artefact_id in ids}
        for reference, submission in self._sent:
            self._on_the_way.append((by_reference.get(reference, reference), submission))
        self._sent.clear()

    def _note_arrived(self) -> None:
        """What was on its way is known now."""
        landed = self._landing.seqs_of([artefact_id for artefact_id, _ in self._on_the_way])
        for artefact_id, submission in self._on_the_way:
            if artefact_id not in landed:
                raise DemonstrationError(f"Submission {submission.key} of {self._definition.id} did not reach landing.")
            for ordinal, form in enumerate(forms_of(submission), 1):
                self._known.append(Known(f"{artefact_id}.{ordinal}", submission.key, submission.oddity, form))
        self._on_the_way.clear()

    def _key(self, batch: str) -> None:
        """Key the sheets on the desk as one batch: a workbook each Monday, else a CSV file."""
        suffix = "xlsx" if self._clock.now().weekday() == 0 else "csv"
        file = self._data.inbox(self._definition.id, "post") / f"batch-{batch}.{suffix}"
        if file.exists():
            batch = f"{batch}b"
            file = file.with_stem(f"batch-{batch}")
        write_batch(file, batch, self._sheets, self._definition)
        land_keying_batch(file, self._landing, self._recipients, self._definition, clock=self._clock)
        landed = self._landed_from(f"post-{batch}")
        for sheet in self._sheets:
            start = artefact_prefix(batch, sheet.serial)
            self._on_the_way += [(artefact_id, sheet) for _, artefact_id in landed if artefact_id.startswith(start)]
        self._sheets.clear()

    def _scan(self, planned: ScannedBatch) -> None:
        """Scan the forms into one file, take it in, and key what is written on the first of them."""
        folder = self._data.inbox(self._definition.id, "post") / "scanned"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / f"{planned.key}.tiff"
        chance = Random(f"{planned.key}/{planned.serials}")  # noqa: S311 - invented data, no secret
        file.write_bytes(scan_forms(planned.forms, planned.serials, self._definition, chance))
        batch = Batch(planned.key, planned.postmark, planned.received_on)
        _, (scanned,) = land_scans(
            [file], batch, self._landing, self._recipients, definition=self._definition, clock=self._clock
        )
        (artefact,) = scanned.artefacts
        self._on_the_way.append((artefact, planned))
        read = scanned.reading.responses[: planned.keyed]
        for ordinal, (form, response) in enumerate(zip(planned.forms, read, strict=False), 1):
            keyed = [keyed_from(f"{artefact}.{ordinal}", column, form) for column in response.pending]
            for officer in (FIRST, SECOND):
                self._journal.append(officer, keyed, self._recipients)

    def _note_outreach(self, today: date) -> None:
        """Note who was told until today; each once."""
        due = [one for one in self._outreach if one.day is None or one.day <= today]
        self._outreach = [one for one in self._outreach if one not in due]
        if due:
            self._journal.append(FIRST, due, self._recipients)

    def sit(self, last: bool) -> None:
        """The officers decide about what is known."""
        self._note_outreach(self._clock.now().astimezone(self._definition.zone).date())
        for officer, decisions in self._desk.sitting(self._known, last):
            self._journal.append(officer, decisions, self._recipients)

    def _deliver(self, message: MailMessage) -> str:
        """Put a message into the mailbox folder; its artefact id follows from what it is."""
        mailbox = self._data.inbox(self._definition.id, "email")
        mailbox.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = self._writer.write(message)
        (mailbox / f"{message.at:%Y%m%dT%H%M%S}-{message.key}.eml").write_bytes(content)
        return id_of_message(content, look_at(content, "w").identity, self._door.identity_key)
