"""The end of keeping: a dry run first, then the keys go, and what is outstanding is named."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ingest.web.store.sqlite import SqliteStore
from orchestration.builds import warehouse_of
from orchestration.rights.tombstone_keys import tombstone_keys
from schemas.clock import write_shifted_clock
from schemas.receipts import signature_is_genuine
from schemas.sealing import read_recipients, read_secret
from tests.integration.rights.conftest import NEEDLES, Filled, files_with

CommandLine = Callable[..., Any]
PEOPLE = ("--officer", "ruth", "--witness", "sam")
REASON = ("--officer", "ruth", "--reason", "signed off by the Commission")


def final_and_due(yoursay: CommandLine, filled: Filled) -> None:
    """The result was final on 10 May; 30 days later everything is due."""
    write_shifted_clock(filled.data.clock_file, datetime(2007, 5, 20, 12, tzinfo=UTC))
    assert yoursay("retention", "final", "2007-05-10", *REASON).code == 0
    write_shifted_clock(filled.data.clock_file, datetime(2007, 6, 10, 12, tzinfo=UTC))


def test_a_dry_run_destroys_nothing_and_names_what_would_go(yoursay: CommandLine, filled: Filled) -> None:
    final_and_due(yoursay, filled)
    keys = filled.data.keys(filled.definition.id)
    plan = yoursay("retention", "run", "--json").json
    assert [(key["name"], key["file"]) for key in plan["keys"]] == [
        ("identity", str(keys / "pipeline.key")),
        ("warehouse", str(keys / "warehouse.key")),
        ("pseudonyms", str(keys / "pseudonym.key")),
        ("recovery", str(filled.data.recovery(filled.definition.id))),
    ]
    assert (plan["due_on"], plan["records"], plan["private_versions"], plan["inbox_files"], plan["readings"]) == (
        "2007-06-09",
        {"landing": 14, "decisions": 3},
        1,
        1,
        1,
    )
    assert [one["where"] for one in plan["outstanding"]] == [
        "the mailbox",
        "the system that was exported",
        "the respondent",
    ]
    assert yoursay("pipeline", "run", "--full").code == 0


def test_keys_and_all_that_is_in_clear_go_and_a_certificate_says_so(yoursay: CommandLine, filled: Filled) -> None:
    final_and_due(yoursay, filled)
    data, definition = filled.data, filled.definition
    keys = data.keys(definition.id)
    secrets = [read_secret(keys / name) for name in ("pipeline.key", "warehouse.key", "pseudonym.key")]
    secrets.append(read_secret(data.recovery(definition.id)))
    code = yoursay("retention", "run", "--json").json["code"]
    done = yoursay("retention", "run", "--destroy", code, *PEOPLE, "--json")
    certificate = json.loads(done.out)
    assert [(key["name"], key["how"]) for key in certificate["keys"]] == [
        ("identity", "overwritten and removed here"),
        ("warehouse", "overwritten and removed here"),
        ("pseudonyms", "overwritten and removed here"),
        ("recovery", "overwritten and removed here; copies of it offline are not attested"),
    ]
    recipients = read_recipients(keys / "recipients.toml")
    assert [certificate["keys"][n]["fingerprint"] for n in (0, 3)] == [recipients.pipeline, recipients.recovery]
    assert [one["where"] for one in certificate["outstanding"]] == [
        "the recovery key",
        "the mailbox",
        "the system that was exported",
        "the respondent",
    ]
    assert certificate["removed"] == {"bodies on the public server": 4}
    (key,) = tombstone_keys(data, definition.id)
    signature = certificate.pop("signature")
    assert certificate.pop("key_id") == key.key_id
    signed = json.dumps(certificate, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert signature_is_genuine(signature, signed, base64.b64decode(key.public_key))

    assert files_with(data.root, (*NEEDLES, *secrets)) == set()
    assert [one for one in data.warehouse_private(definition.id).iterdir() if one.is_dir()] == []
    assert not (data.root / "inbox" / definition.id).exists()
    store = SqliteStore(data.public_server / "store.sqlite")
    assert {sealed for _, sealed in store.feed(definition.id, 0, 100, 10**9)} == {None}
    store.close()


def test_afterwards_hashes_are_checked_and_results_stay(yoursay: CommandLine, filled: Filled) -> None:
    version = (warehouse_of(filled.data, filled.definition).public / "CURRENT").read_text()
    final_and_due(yoursay, filled)
    code = yoursay("retention", "run", "--json").json["code"]
    assert yoursay("retention", "run", "--destroy", code, *PEOPLE, "--recovery-key-destroyed").code == 0
    verified = yoursay("landing", "verify")
    assert (verified.code, verified.out) == (
        0,
        "landing: 14 records, 0 problems\ndecisions: 3 records, 0 problems\n"
        "raw destroyed: the keys went on 2007-06-10; hashes alone were checked\n",
    )
    public = filled.data.warehouse_public(filled.definition.id)
    assert (public / "CURRENT").read_text() == version
    assert (public / f"{version.strip()}.duckdb").exists()
    keys = filled.data.keys(filled.definition.id)
    refused = [yoursay("pipeline", "run", "--full"), yoursay("keys", "new"), yoursay("retention", "run")]
    gone = f"{keys / 'warehouse.key'} was destroyed when its keeping ended; what was sealed for it is gone for good."
    assert [(one.code, one.err.splitlines()[-1]) for one in refused] == [
        (1, f"yoursay: {gone}"),
        (1, f"yoursay: The keys in {keys} were destroyed when their keeping ended; none are made in their place."),
        (1, "yoursay: The keys of 'bus-shelters' were destroyed on 2007-06-10; nothing is left."),
    ]


def test_nothing_is_destroyed_before_it_is_due_or_without_a_dry_run_or_a_witness(
    yoursay: CommandLine, filled: Filled
) -> None:
    early = yoursay("retention", "run", "--json").json["code"]
    not_final = yoursay("retention", "run", "--destroy", early, *PEOPLE)
    write_shifted_clock(filled.data.clock_file, datetime(2007, 5, 20, 12, tzinfo=UTC))
    too_soon = yoursay("retention", "final", "2007-04-30", *REASON)
    assert yoursay("retention", "final", "2007-05-10", *REASON).out == (
        "bus-shelters: final on 2007-05-10, kept until 2007-06-09.\n"
    )
    not_due = yoursay("retention", "run", "--destroy", early, *PEOPLE)
    write_shifted_clock(filled.data.clock_file, datetime(2007, 6, 10, 12, tzinfo=UTC))
    other_code = yoursay("retention", "run", "--destroy", early, *PEOPLE)
    code = yoursay("retention", "run", "--json").json["code"]
    alone = yoursay("retention", "run", "--destroy", code, "--officer", "ruth", "--witness", "Ruth ")
    assert [(one.code, one.err.removeprefix("yoursay: ").strip()) for one in (not_final, too_soon, not_due)] == [
        (
            1,
            "The result of 'bus-shelters' is not noted as final, and the period runs from that day; note it with "
            "'yoursay retention final'. Nothing was destroyed.",
        ),
        (1, "2007-04-30: the result is final on a day after 2007-04-30 and not later than 2007-05-20."),
        (1, "What arrived is kept until 2007-06-09; nothing was destroyed."),
    ]
    assert [(one.code, one.err.split(";")[0]) for one in (other_code, alone)] == [
        (1, "yoursay: The code is not that of a dry run of what would be destroyed now"),
        (1, "yoursay: Two different people are needed, --officer and --witness"),
    ]
    assert yoursay("pipeline", "run", "--full").code == 0


def test_a_hold_suspends_destruction_and_erasure_until_it_is_lifted(yoursay: CommandLine, filled: Filled) -> None:
    final_and_due(yoursay, filled)
    assert yoursay("retention", "hold", "--officer", "ruth", "--reason", "a judicial review").code == 0
    status = yoursay("retention", "status", "--json").json
    assert (status["hold"]["reason"], status["due_on"]) == ("a judicial review", "2007-06-09")
    code = yoursay("retention", "run", "--json").json["code"]
    refused = [
        yoursay("retention", "run", "--destroy", code, *PEOPLE),
        yoursay("erase", "--response", filled.web, "--officer", "ruth"),
    ]
    held = "yoursay: A legal hold of 2007-06-10 by ruth suspends it (a judicial review)."
    assert [(one.code, one.err.strip()) for one in refused] == [
        (1, f"{held} Nothing was destroyed; lift it with 'yoursay retention lift'."),
        (1, f"{held} Nothing was erased; lift it with 'yoursay retention lift'."),
    ]
    assert yoursay("retention", "hold", "--officer", "sam", "--reason", "another").code == 1
    assert yoursay("retention", "lift", "--officer", "ruth", "--reason", "the review has ended").code == 0
    code = yoursay("retention", "run", "--json").json["code"]
    assert yoursay("retention", "run", "--destroy", code, *PEOPLE).code == 0
