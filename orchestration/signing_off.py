"""Signing off the results of a data folder: what is open, freezing, and showing them as final."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from dashboards.desk.work_list import WorkQueue, work_list
from ingest.journal import Journal
from ingest.landing import Landing
from orchestration.builds import is_up_to_date, warehouse_of
from orchestration.extent import extent_of
from orchestration.final_results import copy_of_shown, frozen_folder
from orchestration.releases import OFFICERS, check_role, check_text
from orchestration.rights.retention_state import last_day, read_state, set_final
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.register import entries
from transforms.closing import closing_of
from transforms.disclosure.members import protect_tables, write_protected_tables
from transforms.disclosure.shown import Register
from transforms.disclosure.vocabulary import Rule
from transforms.release.life import Deed
from transforms.signoff import life
from transforms.signoff.errors import SignOffError
from transforms.signoff.frozen import (
    MARTS_FILE,
    RESULTS_FILE,
    Frozen,
    exact_hashes,
    lay_over,
    read_results,
    result_hashes,
    sha256_of,
    write_exact,
)
from transforms.signoff.life import Final, Standing, read_standing
from transforms.warehouse.publish import shown_register
from transforms.warehouse.read import open_private, read_about
from transforms.warehouse.versions import Manifest, Warehouse, current_manifest, sync_folder

_OF_FINAL = ("final_hash", "signed_off_at", "correction")


def what_is_open(data: DataFolder, definition: Definition, work: Sequence[WorkQueue]) -> list[str]:
    """What has to happen before the results can be frozen, a sentence each; none where nothing has."""
    closing = closing_of(definition, last_day(data, definition))
    until = max(closing.closes, closing.post_until, closing.sync_until)
    found = []
    if data.clock.now() < until:
        day = until.astimezone(definition.zone).date()
        found.append(f"Responses may still come in time; the closing rule has passed on {day}.")
    listed = work_list(work)
    found += [f"{one.title}: {one.count} waiting." for one in listed.waiting if one.count]
    return [*found, *listed.problems]


def close(data: DataFolder, definition: Definition, deed: Deed, work: Sequence[WorkQueue]) -> None:
    """Note that the results are closed: nothing can come in time any more, and nothing waits for anybody.

    Raises:
        SignOffError: something is open, or they were closed before.
    """
    check_role(data, deed.officer, OFFICERS)
    _refuse_open(what_is_open(data, definition, work))
    life.close(data.sign_off(definition.id), deed)


def freeze(data: DataFolder, definition: Definition, deed: Deed, work: Sequence[WorkQueue]) -> Frozen:
    """Freeze the results as they are now, to be signed off.

    Raises:
        SignOffError: something is open, they are not closed or are final, or the warehouse is not up to date.
    """
    check_role(data, deed.officer, OFFICERS)
    register = data.sign_off(definition.id)
    standing = read_standing(register)
    if standing.state in ("open", "final"):
        raise SignOffError(f"The results are {standing.state}: {standing.next_step}.")
    _refuse_open(what_is_open(data, definition, work))
    frozen = _frozen_of(data, definition, standing.number)
    life.freeze(register, deed, frozen)
    return frozen


def sign_off(data: DataFolder, definition: Definition, deed: Deed, signed_hash: str) -> Standing:
    """Sign what is frozen. With the second person's signature it is final; the next build shows it.

    Raises:
        SignOffError: nothing is frozen, it has another hash, this person has signed it, or it is not as it was frozen.
    """
    check_role(data, deed.officer, OFFICERS)
    register = data.sign_off(definition.id)
    standing = read_standing(register)
    if standing.frozen:
        _check_as_frozen(data, definition, standing.frozen)
        if standing.state == "signed":
            # Beside a copy of what was shown first: what cannot be shown as it was signed is not noted as shown.
            with copy_of_shown(warehouse_of(data, definition)) as copy:
                _show(data, definition, standing.frozen, copy)
    standing = life.sign(register, deed, signed_hash)
    if standing.final and standing.state == "final":
        _show(data, definition, standing.final.frozen, shown_register(warehouse_of(data, definition)))
        _keep_from_now(data, definition, standing.final, deed.officer)
    return standing


def correct(data: DataFolder, definition: Definition, deed: Deed) -> int:
    """Begin a correction of final results, whose reason everybody may read; returns its number.

    Raises:
        SignOffError: they are not final, or no reason is given.
        PromiseError: the reason says a name or an answer.
    """
    check_role(data, deed.officer, OFFICERS)
    check_text(data, definition, {"--reason": deed.reason})
    return life.correct(data.sign_off(definition.id), deed)


def about_final(warehouse: Warehouse, manifest: Manifest) -> dict[str, str]:
    """What final results of a version say of themselves, before they are signed."""
    definition = warehouse.definition
    said = {key: value for key, value in read_about(warehouse, manifest.version).items() if key not in _OF_FINAL}
    return said | {
        "as_at": manifest.as_at,
        "built_at": manifest.built_at,
        "status": "final",
        "questionnaire_hash": manifest.questionnaire_hash,
        "policy_hash": manifest.policy_hash,
        "landing_head": manifest.landing_head,
        "decisions_head": manifest.decisions_head,
        "code_version": manifest.code_version,
        "purpose": definition.policy.publication.purpose,
        "answers_pending": "0",
    }


def _refuse_open(found: Sequence[str]) -> None:
    if found:
        raise SignOffError(" ".join(["The results cannot be closed yet.", *found]))


def _frozen_of(data: DataFolder, definition: Definition, number: int) -> Frozen:
    warehouse = warehouse_of(data, definition)
    manifest = current_manifest(warehouse)
    if manifest is None or not is_up_to_date(data, definition) or not _whole(data, manifest):
        raise SignOffError("The warehouse does not show all that is known; run 'yoursay pipeline run', then freeze.")
    home = data.frozen(definition.id)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=home, prefix=".freeze-") as made:
        folder = Path(made) / "frozen"
        folder.mkdir(mode=0o700)
        with open_private(warehouse, manifest.version) as private, copy_of_shown(warehouse) as shown:
            before = len(entries(shown.file))
            about = about_final(warehouse, manifest)
            write_protected_tables(private, folder / RESULTS_FILE, definition, about, shown)
            write_exact(private, folder / MARTS_FILE, warehouse.warehouse_key)
            exact = exact_hashes(private)
        frozen = Frozen(
            consultation=definition.id,
            correction=number,
            version=manifest.version,
            as_at=manifest.as_at,
            landing_seq=manifest.landing_seq,
            landing_head=manifest.landing_head,
            decisions_seq=manifest.decisions_seq,
            decisions_head=manifest.decisions_head,
            questionnaire_hash=manifest.questionnaire_hash,
            policy_hash=manifest.policy_hash,
            code_version=manifest.code_version,
            shown_before=before,
            marts=exact,
            results=result_hashes(read_results(folder / RESULTS_FILE)),
            files={name: sha256_of(folder / name) for name in (RESULTS_FILE, MARTS_FILE)},
        )
        target = frozen_folder(data, frozen)
        if target.exists():
            # The same content frozen again: its files stay, and what is noted has to be of them.
            return replace(frozen, files={name: sha256_of(target / name) for name in (RESULTS_FILE, MARTS_FILE)})
        folder.rename(target)
        sync_folder(home)
    return frozen


def _whole(data: DataFolder, manifest: Manifest) -> bool:
    """Whether the version holds all that was known at its moment: so it can be made again from it."""
    as_at = datetime.fromisoformat(manifest.as_at)
    landing = Landing(data.landing(manifest.consultation), data.clock)
    journal = Journal(data.journal(manifest.consultation), data.clock)
    known = [extent_of(log, known_until=as_at).head for log in (landing.log, journal.log)]
    return known == [manifest.landing_head, manifest.decisions_head]


def _check_as_frozen(data: DataFolder, definition: Definition, frozen: Frozen) -> None:
    folder = frozen_folder(data, frozen)
    for name, expected in frozen.files.items():
        if sha256_of(folder / name) != expected:
            raise SignOffError(f"{folder / name}: it is not what was frozen; freeze the results again.")
    if frozen.policy_hash != definition.policy_hash:
        raise SignOffError("The policy has changed since the freeze; run the pipeline, and freeze the results again.")


def _show(data: DataFolder, definition: Definition, frozen: Frozen, register: Register) -> None:
    """Note the final tables as shown, and see that they are those that were signed."""
    warehouse = warehouse_of(data, definition)
    about = {"as_at": frozen.as_at, "status": "final"}
    rule = Rule.for_members(definition.policy, "final")
    with open_private(warehouse) as private:
        lay_over(private, frozen_folder(data, frozen) / MARTS_FILE, warehouse.warehouse_key)
        tables = protect_tables(private, definition, rule, about, register=register).tables
    other = sorted(name for name, found in result_hashes(tables).items() if found != frozen.results[name])
    if other:
        raise SignOffError(
            f"Something was shown since the freeze, so '{other[0]}' cannot be shown as it was frozen; freeze again."
        )


def _keep_from_now(data: DataFolder, definition: Definition, final: Final, officer: str) -> None:
    """What arrived is kept for the policy's period from the day of the first sign-off."""
    if read_state(data, definition).final_on is None:
        today = data.clock.now().astimezone(definition.zone).date()
        set_final(data, definition, today, officer, f"The results were signed off: {final.frozen.hash}.")
