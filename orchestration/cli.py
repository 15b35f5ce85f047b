"""The command line `yoursay`.

Exit codes: 0 done, 1 could not be done (one sentence on standard error says why), 2 used wrongly.
"""

import sys

import typer

from orchestration.commands import (
    accounts,
    audit,
    backup,
    campaign,
    campaigns,
    coding,
    definition,
    demonstration,
    disclosure,
    editions,
    erase,
    exporting,
    ingesting,
    keying,
    keys,
    landing,
    ledger,
    link,
    linkage,
    live,
    mail,
    masking,
    outreach,
    pipeline,
    publication,
    purging,
    quarantine,
    redactions,
    release,
    report,
    results,
    retention,
    scans,
    senders,
    serving,
    subject_access,
)
from orchestration.unexpected import describe_unexpected
from schemas.errors import YourSayError

app = typer.Typer(
    name="yoursay",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Public consultations: responses in by web, e-mail and post, protected results out.",
)
app.add_typer(keys.app, name="keys")
app.add_typer(definition.app, name="definition")
app.add_typer(editions.app, name="editions")
app.add_typer(landing.app, name="landing")
app.add_typer(mail.app, name="mail")
app.add_typer(scans.app, name="scans")
app.add_typer(keying.app, name="keying")
app.add_typer(coding.app, name="coding")
app.add_typer(linkage.app, name="linkage")
app.add_typer(masking.app, name="masking")
app.add_typer(pipeline.app, name="pipeline")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(redactions.app, name="redactions")
app.add_typer(release.app, name="release")
app.add_typer(publication.app, name="publication")
app.add_typer(results.app, name="results")
app.add_typer(report.app, name="report")
app.add_typer(outreach.app, name="outreach")
app.add_typer(audit.app, name="audit")
app.add_typer(accounts.app, name="accounts")
app.add_typer(retention.app, name="retention")
app.add_typer(serving.app, name="serve")
app.add_typer(senders.tokens, name="tokens")
app.add_typer(senders.receipts, name="receipts")
app.command("pull")(ingesting.pull)
app.command("import")(ingesting.import_)
app.command("import-sealed")(ingesting.import_sealed)
app.command("purge")(purging.purge)
app.command("erase")(erase.erase)
app.command("subject-access")(subject_access.subject_access)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("ledger")(ledger.ledger)
app.command("link")(link.link)
app.command("campaigns")(campaigns.campaigns)
app.add_typer(campaign.app, name="campaign")
app.command("mask")(masking.mask)
app.command("anonymise")(disclosure.anonymise)
app.command("export")(exporting.export)
app.command("demo")(demonstration.demo)
app.command("live")(live.live)
app.command("up")(serving.up)


def main() -> None:
    """Run a command; whatever goes wrong ends in one sentence, never in a trace (a trace could quote an answer)."""
    try:
        app()
    except YourSayError as error:
        sys.stderr.write(f"yoursay: {error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last resort: where it was, not what it held
        sys.stderr.write(f"yoursay: {describe_unexpected(error)}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
