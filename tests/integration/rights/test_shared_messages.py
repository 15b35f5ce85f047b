"""A message with several forms, a batch of keyed sheets: what others sent in the same thing is not erased unasked."""

import mailbox
from collections.abc import Callable
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from orchestration.intake import land_keying_batches, landing_of
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.editions.fill import fill_pdf
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import values_from
from tests.integration.rights.conftest import NOW, files_with

CommandLine = Callable[..., Any]
SAID = "Quillstone Parade beside the old clock tower"


def message_with_two_forms(definition: Definition, folder: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "clerk@example.org", "Two forms"
    mail["Date"], mail["Message-ID"] = "Fri, 02 Mar 2007 09:00:00 +0000", "<two@example.org>"
    mail.set_content("Both are attached.")
    blank = build_fillable_pdf(definition, "en")
    for number, answer in enumerate((SAID, "Somebody else thinks otherwise")):
        values = values_from({"q1a_term": answer}, definition.questionnaire, "en")
        pdf = fill_pdf(blank, values)
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{number}.pdf")
    folder.mkdir(parents=True)
    (folder / "two.eml").write_bytes(mail.as_bytes())


def test_responses_of_one_message_go_together_or_not_at_all_and_still_count(
    yoursay: CommandLine, data: DataFolder, third_sector: Definition, tmp_path: Path
) -> None:
    write_shifted_clock(data.clock_file, NOW)
    message_with_two_forms(third_sector, data.inbox(third_sector.id, "email"))
    assert yoursay("mail").code == 0
    unread = yoursay("erase", "--response", landing_ids(data, third_sector)[0], "--officer", "ruth")
    assert (unread.code, "is not read yet" in unread.err) == (1, True)
    assert yoursay("pipeline", "run").code == 0
    (message,) = landing_ids(data, third_sector)
    one, other = f"{message}.1", f"{message}.2"
    refused = yoursay("erase", "--response", one, "--officer", "ruth")
    assert (refused.code, refused.err) == (
        1,
        f"yoursay: 1 other responses came in the same message or file and would go with it ({other}); look at them, "
        "then say --others-too. Nothing was erased.\n",
    )
    out = tmp_path / "access"
    assert yoursay("subject-access", "--response", one, "--out", out, "--officer", "ruth").code == 0
    assert sorted(file.name for file in out.iterdir()) == ["your-data.html", "your-data.json"]
    assert "Somebody else" not in (out / "your-data.json").read_text("utf-8")
    done = yoursay("erase", "--response", one, "--officer", "ruth", "--others-too", "--json").json
    assert (done["removed"]["files in the inbox"], done["removed"]["kept readings"]) == (1, 1)
    (channel,) = yoursay("ledger", "--json").json
    assert (channel["received"], channel["lines"]["erased"]) == (2, 2)
    # The message again, as a mailbox may bring it back, is known.
    message_with_two_forms(third_sector, tmp_path / "again")
    assert yoursay("mail", "--folder", tmp_path / "again").out.startswith("0 new, 1 already there")


def test_a_mailbox_file_that_was_taken_in_goes_with_one_of_its_messages(
    yoursay: CommandLine, data: DataFolder, third_sector: Definition
) -> None:
    write_shifted_clock(data.clock_file, NOW)
    folder = data.inbox(third_sector.id, "email")
    folder.mkdir(parents=True)
    with closing(mailbox.mbox(folder / "kept.mbox")) as box:
        for number, said in enumerate((SAID, "Another letter, by somebody else")):
            mail = EmailMessage()
            mail["From"], mail["Subject"] = f"writer{number}@example.org", "Plan"
            mail["Date"], mail["Message-ID"] = "Fri, 02 Mar 2007 09:00:00 +0000", f"<{number}@example.org>"
            mail.set_content(f"I write to say: {said}.")
            box.add(mail)
    assert yoursay("mail").code == 0
    assert yoursay("pipeline", "run").code == 0
    first, other = landing_ids(data, third_sector)
    assert [file.name for file in (folder / "done").iterdir()] == ["kept.mbox"]
    done = yoursay("erase", "--response", f"{first}.1", "--officer", "ruth", "--json").json
    assert (done["artefacts"], done["removed"]["files in the inbox"]) == ([first], 1)
    assert files_with(data.root, (SAID,)) == set()
    (channel,) = yoursay("ledger", "--json").json
    assert (channel["lines"]["erased"], channel["lines"]["in_review"]) == (1, 1)
    assert yoursay("mail", "export", other, data.root / "other.eml", "--officer", "a", "--reason", "b").code == 0


def landing_ids(data: DataFolder, definition: Definition) -> list[str]:
    ids: list[str] = landing_of(data, definition).log.read(columns=["artefact_id"])["artefact_id"].to_pylist()
    return ids


def test_a_keyed_sheet_and_every_version_of_it_are_erased_and_the_batch_in_the_inbox_goes(
    yoursay: CommandLine, data: DataFolder, third_sector: Definition
) -> None:
    write_shifted_clock(data.clock_file, NOW)
    folder = data.inbox(third_sector.id, "post")
    folder.mkdir(parents=True)
    assert yoursay("keying", "template", folder / "template.csv").code == 0
    header = (folder / "template.csv").read_text("utf-8-sig").splitlines()[0].split(",")
    (folder / "template.csv").unlink()
    for name, said in (("first", SAID), ("second", f"{SAID}, she says")):
        rows = [sheet(header, "1", said), sheet(header, "2", "Another sheet")]
        (folder / f"{name}.csv").write_text("\n".join([",".join(header), *rows]) + "\n", "utf-8")
        land_keying_batches(data, third_sector)
    assert yoursay("pipeline", "run").code == 0
    first, other, second = landing_ids(data, third_sector)
    done = yoursay("erase", "--response", f"{second}.1", "--officer", "ruth", "--json").json
    assert (done["artefacts"], done["removed"]["files in the inbox"]) == (sorted([first, second]), 2)
    assert "paper" in {one["where"] for one in done["left"]}
    (channel,) = yoursay("ledger", "--json").json
    lines = {line: count for line, count in channel["lines"].items() if count}
    assert (channel["received"], lines["erased"], sum(lines.values())) == (3, 2, 3)
    assert other not in done["artefacts"]
    assert files_with(data.root, (SAID,)) == set()


def sheet(header: list[str], serial: str, said: str) -> str:
    cells = {"batch": "b1", "sheet": serial, "keyer": "kim", "postmark": "none", "received": "2007-03-12"}
    return ",".join(f'"{(cells | {"q1a_term": said}).get(name, "")}"' for name in header)
