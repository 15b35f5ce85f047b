"""Verifies results that were frozen or signed off: the register, the files, both logs, and all of it made again."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from ingest.erasure import check_erasures, erased_after
from ingest.journal import Journal
from ingest.landing import Landing
from orchestration.builds import Request, start_build, warehouse_of
from orchestration.extent import chain_holds
from orchestration.final_results import copy_of_shown, frozen_folder
from orchestration.rights.retention_state import read_state
from orchestration.rights.tombstone_keys import tombstone_keys
from orchestration.signing_off import about_final
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.errors import YourSayError
from transforms.disclosure.members import write_protected_tables
from transforms.errors import TransformError
from transforms.signoff.errors import SignOffError
from transforms.signoff.frozen import (
    MARTS_FILE,
    RESULTS_FILE,
    Frozen,
    exact_hashes,
    hashes_of_exact_file,
    read_results,
    result_hashes,
    sha256_of,
)
from transforms.signoff.life import Standing, read_standing
from transforms.warehouse.approved import create_approved_views
from transforms.warehouse.build import Staging, stage
from transforms.warehouse.plan import code_version
from transforms.warehouse.read import create_reader_views
from transforms.warehouse.steps import STEPS
from transforms.warehouse.tables import create_views
from transforms.warehouse.versions import current_manifest, current_version, write_whole


@dataclass(frozen=True)
class Verified:
    """What verifying came to.

    Attributes:
        hash: that was signed, or is to be signed.
        problems: what is not as it was, a sentence each.
        notes: what could not be compared, and why.
        rebuilt: whether the results were made again and gave the same hash.
    """

    hash: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    rebuilt: bool


def verify_results(data: DataFolder, definition: Definition) -> Verified:
    """Hold the results against what was frozen, and make them again from landing and decisions.

    After an erasure they cannot be made again, nor once the keys are destroyed: then chains and hashes are compared.

    Raises:
        SignOffError: nothing was frozen yet, or the register's lines do not fit together.
        RegisterError: the register was changed.
    """
    standing = read_standing(data.sign_off(definition.id))
    frozen = standing.final.frozen if standing.final and not standing.frozen else standing.frozen
    if frozen is None:
        raise SignOffError(f"Nothing was frozen yet; the results are {standing.state}: {standing.next_step}.")
    destroyed = read_state(data, definition).destroyed_at
    problems = [*_faults_of_files(data, frozen), *_faults_of_logs(data, frozen)]
    notes = []
    erased = erased_after(Landing(data.landing(definition.id), data.clock), frozen.landing_head)
    if destroyed:
        notes.append(f"Raw destroyed: the keys went on {destroyed[:10]}, so chains and hashes alone were compared.")
    else:
        problems += _faults_of_exact(data, definition, frozen)
        problems += _faults_of_shown(data, definition, standing, frozen)
    if erased:
        notes.append(f"{erased} erased since; the figures are frozen and stay, and were not made again.")
    if frozen.policy_hash != definition.policy_hash:
        notes.append("The policy has changed since, so the results were not made again.")
    if destroyed or erased or problems or frozen.policy_hash != definition.policy_hash:
        return Verified(frozen.hash, tuple(problems), tuple(notes), rebuilt=False)
    if frozen.code_version != code_version(warehouse_of(data, definition).readers_version):
        notes.append("The program has changed since; the results were made again with the new one.")
    problems = list(_faults_of_rebuilt(data, definition, frozen))
    return Verified(frozen.hash, tuple(problems), tuple(notes), rebuilt=not problems)


def verified_file(data: DataFolder, definition: Definition) -> Path:
    """Where the last result of verifying is kept, for the desk."""
    return data.frozen(definition.id) / "verified.json"


def note_verified(data: DataFolder, definition: Definition, verified: Verified) -> None:
    """Keep what verifying came to, with its time."""
    said = {"at": data.clock.now().isoformat(timespec="minutes"), **asdict(verified)}
    write_whole(verified_file(data, definition), json.dumps(said, ensure_ascii=False, indent=1))


def _faults_of_files(data: DataFolder, frozen: Frozen) -> Iterator[str]:
    folder = frozen_folder(data, frozen)
    for name, expected in frozen.files.items():
        if sha256_of(folder / name) != expected:
            yield f"{folder / name}: the file was changed or is missing."
    try:
        found = result_hashes(read_results(folder / RESULTS_FILE))
    except TransformError as error:
        yield str(error)
    else:
        yield from _differing("what is frozen", frozen.results, found)


def _faults_of_exact(data: DataFolder, definition: Definition, frozen: Frozen) -> Iterator[str]:
    file, key = frozen_folder(data, frozen) / MARTS_FILE, warehouse_of(data, definition).warehouse_key
    try:
        found = hashes_of_exact_file(file, key)
    except TransformError as error:
        yield str(error)
    else:
        yield from _differing("what is frozen", frozen.marts, found)


def _faults_of_shown(data: DataFolder, definition: Definition, standing: Standing, frozen: Frozen) -> Iterator[str]:
    """Whether the current public version shows the final results."""
    warehouse = warehouse_of(data, definition)
    version = current_version(warehouse)
    if standing.final is None or frozen != standing.final.frozen or version is None:
        return
    tables = read_results(warehouse.public / f"{version}.duckdb")
    about = dict(zip(*tables["about"].to_pydict().values(), strict=True))
    if about.get("final_hash") != frozen.hash:
        yield f"Version {version} does not show the final results yet; run 'yoursay pipeline run'."
        return
    yield from _differing(f"version {version}", frozen.results, result_hashes(tables))


def _faults_of_logs(data: DataFolder, frozen: Frozen) -> Iterator[str]:
    landing = Landing(data.landing(frozen.consultation), data.clock)
    journal = Journal(data.journal(frozen.consultation), data.clock)
    faults = [
        *(f"landing, {one.where}: {one.what}." for one in landing.verify()),
        *(f"decisions, {one.where}: {one.what}." for one in journal.verify()),
    ]
    if not faults:
        erased = check_erasures(landing, journal, tombstone_keys(data, frozen.consultation))
        faults = [f"erasures, {one.where}: {one.what}." for one in erased.problems]
    yield from faults
    if faults:
        return
    for name, log, seq, head in (
        ("landing", landing.log, frozen.landing_seq, frozen.landing_head),
        ("decisions", journal.log, frozen.decisions_seq, frozen.decisions_head),
    ):
        if not chain_holds(log, seq, head):
            yield f"{name}: record {seq} is not the one that the results were frozen with."


def _faults_of_rebuilt(data: DataFolder, definition: Definition, frozen: Frozen) -> Iterator[str]:
    with tempfile.TemporaryDirectory(dir=data.frozen(definition.id), prefix=".verify-") as made:
        elsewhere = replace(
            warehouse_of(data, definition), private=Path(made) / "private", public=Path(made) / "public", shown=None
        )
        elsewhere.private.mkdir()
        request = Request(definition.id, datetime.fromisoformat(frozen.as_at))
        try:
            with start_build(data, definition, request, elsewhere) as build:
                stage(build.staging, build.chunks())
                for step in STEPS:
                    step(build.staging)
                again = _frozen_again(data, definition, build.staging, frozen)
        except YourSayError as error:
            yield f"The results could not be made again: {error}"
            return
    yield from _differing("the results made again", frozen.marts, again.marts)
    yield from _differing("the results made again", frozen.results, again.results)
    if again.hash != frozen.hash and (again.marts, again.results) == (frozen.marts, frozen.results):
        yield "The ends of landing or decisions are not those that were frozen."


def _frozen_again(data: DataFolder, definition: Definition, staging: Staging, frozen: Frozen) -> Frozen:
    """What a rebuild gives in the place of what was frozen."""
    connection, source = staging.connection, staging.source
    exact = exact_hashes(connection, "new_")
    create_views(connection, staging.parts, "")
    create_reader_views(connection, staging.layout)
    create_approved_views(connection, staging.layout)
    warehouse = warehouse_of(data, definition)
    manifest = current_manifest(warehouse)
    if manifest is None:
        raise SignOffError("There is no version of the warehouse; run 'yoursay pipeline run'.")
    about = about_final(warehouse, manifest) | {"as_at": frozen.as_at}
    file = staging.folder / RESULTS_FILE
    with copy_of_shown(warehouse, frozen.shown_before) as shown:
        write_protected_tables(connection, file, definition, about, shown)
    return replace(
        frozen,
        landing_seq=source.landing_seq,
        landing_head=source.landing_head,
        decisions_seq=source.decisions_seq,
        decisions_head=source.decisions_head,
        marts=exact,
        results=result_hashes(read_results(file)),
    )


def _differing(where: str, expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*expected, *found}):
        if expected.get(name) != found.get(name):
            yield f"{where}: the table '{name}' is not the one that was signed."
