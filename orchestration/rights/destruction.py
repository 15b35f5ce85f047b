"""The end of keeping: the keys go, and with them everything that was sealed for them; a certificate says what is left.

The register notes what is being destroyed before the first key goes. A run that was killed is finished by the next.
Landing and the journal stay as sealed bodies that nobody can open: their hashes can be checked for ever.
"""

import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ingest.chain_file import sync_folder
from orchestration.intake import landing_of
from orchestration.rights.places import erase_in_store
from orchestration.rights.remains import Remains
from orchestration.rights.retention_plan import Plan, private_folders
from orchestration.rights.retention_state import (
    RetentionError,
    RetentionState,
    note_in_register,
    read_state,
    refuse_under_hold,
    register_file,
)
from orchestration.rights.tombstone_keys import tombstone_signer
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.register import entries
from schemas.sealing import DESTROYED
from transforms.warehouse.versions import Warehouse, one_writer, write_whole


@dataclass(frozen=True)
class Attested:
    """Who destroys, who saw it, and whether the recovery key that is kept offline is gone too, by their word."""

    officer: str
    witness: str
    recovery_key_destroyed: bool


def note_dry_run(data: DataFolder, definition: Definition, plan: Plan) -> None:
    """Note that a plan was shown: destruction asks for its code."""
    note_in_register(data, definition, "dry_run", data.clock.now(), code=plan.code)


def check_destruction(data: DataFolder, definition: Definition, plan: Plan, code: str, attested: Attested) -> None:
    """Whether destruction may begin.

    Raises:
        RetentionError: it is not due, a hold suspends it, there was no dry run of what would go now, or two people are
            not named.
    """
    state = read_state(data, definition)
    _check_people(attested)
    refuse_under_hold(data, definition.id, "Nothing was destroyed")
    _check_due(data, definition, state)
    shown = {one["code"] for one in entries(register_file(data, definition.id)) if one["what"] == "dry_run"}
    if code != plan.code or code not in shown:
        raise RetentionError(
            "The code is not that of a dry run of what would be destroyed now; run 'yoursay retention run' again, read "
            "what it says, and give its code."
        )


def begin_destruction(data: DataFolder, definition: Definition, plan: Plan, attested: Attested) -> None:
    """Note what is about to be destroyed; from here on it is finished, not begun again."""
    said = {"plan": plan.as_dict(), "attested": asdict(attested)}
    note_in_register(data, definition, "destroying", data.clock.now(), **said)


def destruction_under_way(data: DataFolder, definition: Definition) -> dict[str, Any] | None:
    """What the register says of a destruction that was begun and is not finished."""
    last = [one for one in entries(register_file(data, definition.id)) if one["what"] in ("destroying", "destroyed")]
    return last[-1] if last and last[-1]["what"] == "destroying" else None


def finish_destruction(data: DataFolder, definition: Definition, begun: dict[str, Any], warehouse: Warehouse) -> Path:
    """Destroy what was noted, and write the certificate; returns its file.

    Raises:
        StoreUnavailableError: the public server's store is away; run it again.
        BusyError: a build is running; run it again when it is done.
    """
    plan = begun["plan"]
    landing = landing_of(data, definition)
    records = landing.log.read(columns=["artefact_id", "source"]).to_pylist()
    removed = {
        "bodies on the public server": erase_in_store(
            data, definition, [row["artefact_id"] for row in records if row["source"] == "web"]
        )
    }
    # From here on nobody is told to make new keys, or to go on as if there were some.
    write_whole(data.keys(definition.id) / DESTROYED, json.dumps({"at": begun["at"], "code": plan["code"]}))
    with one_writer(warehouse):
        for folder in private_folders(warehouse):
            shutil.rmtree(folder)
    for folder in (data.readings(definition.id), data.root / "inbox" / definition.id):
        if folder.is_dir():
            shutil.rmtree(folder)
    for file in (data.root / "keying" / f"{definition.id}.sqlite", data.acknowledgements(definition.id)):
        file.unlink(missing_ok=True)
    for key in plan["keys"]:
        if key["file"]:
            _destroy(Path(key["file"]))
    at = data.clock.now().isoformat(timespec="seconds")
    certificate = _certificate(data, definition, begun, removed, at)
    file = register_file(data, definition.id).with_name(f"{definition.id}-certificate.json")
    write_whole(file, json.dumps(certificate, indent=1, ensure_ascii=False))
    write_whole(file.with_suffix(".txt"), in_words(certificate))
    note_in_register(data, definition, "destroyed", data.clock.now(), certificate=file.name)
    return file


def _certificate(
    data: DataFolder, definition: Definition, begun: dict[str, Any], removed: dict[str, int], at: str
) -> dict[str, Any]:
    plan, attested = begun["plan"], begun["attested"]
    outstanding = [Remains(**one) for one in plan["outstanding"]]
    keys = []
    for key in plan["keys"]:
        how = "overwritten and removed here" if key["file"] else "destroyed offline, by the word of those named"
        if key["name"] == "recovery" and not attested["recovery_key_destroyed"]:
            how = f"{how}; copies of it offline are not attested" if key["file"] else "not attested"
            outstanding.insert(0, Remains("the recovery key", "offline: destroy every copy; it opens everything"))
        keys.append({"name": key["name"], "fingerprint": key["fingerprint"], "how": how})
    last = landing_of(data, definition).log.last_line()
    said = {
        "certificate": "destruction of the keys of a consultation",
        "consultation": definition.id,
        "title": definition.questionnaire.title.in_language(definition.questionnaire.languages[0]),
        "final_on": plan["final_on"],
        "due_on": plan["due_on"],
        "begun_at": begun["at"],
        "destroyed_at": at,
        "officer": attested["officer"],
        "witness": attested["witness"],
        "keys": keys,
        "landing": {"records": plan["records"]["landing"], "chain": last.chain if last else None},
        "decisions": {"records": plan["records"]["decisions"]},
        "private_versions": plan["private_versions"],
        "inbox_files": plan["inbox_files"],
        "kept_readings": plan["readings"],
        "removed": removed,
        "outstanding": [asdict(one) for one in outstanding],
    }
    signer = tombstone_signer(data, definition.id)
    content = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return said | {"key_id": signer.key_id, "signature": signer.signature_of(content)}


def in_words(certificate: dict[str, Any]) -> str:
    """The certificate for people."""
    lines = [
        f"Certificate of destruction: {certificate['title']}",
        "",
        f"The result was final on {certificate['final_on']}, and the keeping of what arrived ended on"
        f" {certificate['due_on']}.",
        f"On {certificate['destroyed_at'][:10]} {certificate['officer']} destroyed the keys; {certificate['witness']}"
        " was witness.",
        "",
        "Keys",
        *(f"- {key['name']}: {key['how']} ({key['fingerprint']})" for key in certificate["keys"]),
        "",
        f"Landing ({certificate['landing']['records']} records) and the decisions"
        f" ({certificate['decisions']['records']} records) stay sealed. Without the keys nobody can open them.",
        "",
        "Outstanding: the program cannot reach these",
        *(f"- {one['where']}: {one['what']}" for one in certificate["outstanding"]),
    ]
    if not certificate["outstanding"]:
        lines.append("- nothing is known of")
    return "\n".join(lines)


def _check_people(attested: Attested) -> None:
    officer, witness = attested.officer.strip(), attested.witness.strip()
    if not officer or not witness or officer.casefold() == witness.casefold():
        raise RetentionError("Two different people are needed, --officer and --witness; nothing was destroyed.")


def _check_due(data: DataFolder, definition: Definition, state: RetentionState) -> None:
    if state.due_on is None:
        raise RetentionError(
            f"The result of '{definition.id}' is not noted as final, and the period runs from that day; note it with "
            "'yoursay retention final'. Nothing was destroyed."
        )
    if data.clock.now().astimezone(definition.zone).date() <= state.due_on:
        raise RetentionError(f"What arrived is kept until {state.due_on}; nothing was destroyed.")


def _destroy(file: Path) -> None:
    """Overwrite a key once and remove it."""
    if not file.exists():
        return
    with file.open("r+b") as handle:
        handle.write(secrets.token_bytes(file.stat().st_size))
        handle.flush()
        os.fsync(handle.fileno())
    file.unlink()
    sync_folder(file.parent)
