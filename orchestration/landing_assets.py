"""Assets that take in what waits, one for each channel. Nothing is opened here: what lands is sealed."""

# Dagster looks for the bare class in an annotation, so its type argument is left out.
# mypy: disable-error-code="type-arg"

import dagster as dg

from ingest.landing import Landed
from ingest.web.clients.pull import pull
from ingest.web.clients.reconcile import explain, reconcile
from orchestration.failures import in_one_sentence
from orchestration.intake import land_keying_batches, landing_of, public_source
from orchestration.mail_intake import acknowledge_mail, take_in_mail
from orchestration.partitions import consultations
from orchestration.resources import Installation
from schemas.errors import YourSayError

RETRIES = dg.RetryPolicy(max_retries=3, delay=2, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


def _result(landed: Landed) -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata=_figures(landed))


def _figures(landed: Landed) -> dict[str, int]:
    return {"new": landed.new, "already_there": landed.already, "last_record": landed.last_seq}


SERVER_AND_LANDING_AGREE = dg.AssetCheckSpec(
    "server_and_landing_agree",
    asset="web_landing",
    blocking=True,
    description="Up to the last submission landed, the public server and landing hold as many, in one hash chain.",
)


@dg.asset(
    partitions_def=consultations,
    group_name="landing",
    retry_policy=RETRIES,
    check_specs=[SERVER_AND_LANDING_AGREE],
    kinds={"python"},
)
@in_one_sentence
def web_landing(context: dg.AssetExecutionContext, installation: Installation) -> dg.MaterializeResult:
    """Submissions of the web form. One row = one sealed envelope. Sealed. From the public server's feed."""
    data, definition = installation.folder, installation.definition(context.partition_key)
    source, landing = public_source(data), landing_of(data, definition)
    landed = pull(source.url, source.token(), landing, definition.id)
    found = reconcile(source.url, source.token(), landing, definition.id)
    agree = dg.AssetCheckResult(
        check_name="server_and_landing_agree",
        passed=found.agrees,
        description=None if found.agrees else explain(found),
        metadata={
            **{f"server_{name}": value for name, value in vars(found.server).items()},
            **{f"landing_{name}": value for name, value in vars(found.landing).items()},
            "waiting_on_the_server": found.waiting,
        },
    )
    return dg.MaterializeResult(metadata=_figures(landed), check_results=[agree])


@dg.asset(partitions_def=consultations, group_name="landing", retry_policy=RETRIES, kinds={"python"})
@in_one_sentence
def email_landing(context: dg.AssetExecutionContext, installation: Installation) -> dg.MaterializeResult:
    """Messages to the consultation's mailbox. One row = one message, sealed whole. From its account and its inbox."""
    data, definition = installation.folder, installation.definition(context.partition_key)
    metadata: dict[str, int | str] = {**_figures(take_in_mail(data, definition))}
    try:
        done = acknowledge_mail(data, definition)
        metadata |= {f"acknowledgements_{name}": count for name, count in vars(done).items()} if done else {}
    except YourSayError as error:
        # What was landed is no worse for it; they wait for the next run.
        context.log.warning(str(error))
        metadata["acknowledgements_waiting_because"] = str(error)
    return dg.MaterializeResult(metadata=metadata)


@dg.asset(partitions_def=consultations, group_name="landing", retry_policy=RETRIES, kinds={"python"})
@in_one_sentence
def post_landing(context: dg.AssetExecutionContext, installation: Installation) -> dg.MaterializeResult:
    """Keyed paper forms. One row = one sheet with its keyed rows. Sealed. From the inbox's keying batches."""
    data, definition = installation.folder, installation.definition(context.partition_key)
    return _result(land_keying_batches(data, definition))
