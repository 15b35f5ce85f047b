"""Assets that build the warehouse, one for each step. Their metadata holds counts and times, never an answer.

They share one build and run in one process, in this order; the step that comes first begins the build.
"""

# Dagster looks for the bare class in an annotation, so its type argument is left out.
# mypy: disable-error-code="type-arg"

import dagster as dg

from orchestration.failures import in_one_sentence
from orchestration.partitions import consultations
from orchestration.resources import BuildOptions, Builds
from transforms.errors import CheckFailed
from transforms.warehouse import build as steps
from transforms.warehouse import settling
from transforms.warehouse.campaigning import find_campaigns
from transforms.warehouse.layers import check_layers
from transforms.warehouse.proof import ChannelCount, count_channels
from transforms.warehouse.publish import publish

GROUP = "warehouse"
FRAME_CONTRACT = dg.AssetCheckSpec(
    "frame_contract",
    asset="clean_responses",
    blocking=True,
    description="The opened rows have the agreed columns, types and ids; otherwise nothing is built on them.",
)
RECEIVED_EQUALS_LINES = dg.AssetCheckSpec(
    "received_equals_lines",
    asset="marts",
    blocking=True,
    description="For each channel the responses received are the sum of the ledger's lines.",
)
QUARANTINE_IS_SMALL = dg.AssetCheckSpec(
    "quarantine_is_small",
    asset="clean_responses",
    description="Fewer than one in twenty of the responses taken in are in quarantine.",
)
LAYER_CONTRACTS = dg.AssetCheckSpec(
    "layer_contracts",
    asset="linked_respondents",
    blocking=True,
    description="The clean and the masked layer are as the definition says (pandera, on micro-batches).",
)
QUARANTINE_SHARE = 0.05


@dg.asset(
    partitions_def=consultations,
    group_name=GROUP,
    deps=["web_landing", "email_landing", "post_landing"],
    check_specs=[FRAME_CONTRACT, QUARANTINE_IS_SMALL],
    kinds={"duckdb", "pandera"},
)
@in_one_sentence
def clean_responses(context: dg.AssetExecutionContext, config: BuildOptions, builds: Builds) -> dg.MaterializeResult:
    """Responses opened, parsed, checked, typed and masked by pattern; failing rows are in quarantine by rule.

    One row = one response. Confidential: encrypted, in the private version alone. From landing and decisions.
    """
    build = builds.start(context.partition_key, config)
    try:
        counts = steps.stage(build.staging, build.chunks())
    except CheckFailed as failed:
        broken = dg.AssetCheckResult(check_name="frame_contract", passed=False, description=str(failed))
        return dg.MaterializeResult(check_results=[broken, _quarantine_is_small({"failing": 0, "opened": 0})])
    return dg.MaterializeResult(
        metadata={
            **counts,
            "build": build.staging.plan.kind,
            "why_full": build.staging.plan.why_full or "",
            "landing_record": build.records.last,
            "decision": build.decisions.last,
        },
        check_results=[
            dg.AssetCheckResult(check_name="frame_contract", passed=True),
            _quarantine_is_small(counts),
        ],
    )


def _quarantine_is_small(counts: dict[str, int]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name="quarantine_is_small",
        passed=counts["failing"] <= max(1, counts["opened"] * QUARANTINE_SHARE),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"in_quarantine": counts["failing"], "taken_in": counts["opened"]},
    )


@dg.asset(
    partitions_def=consultations,
    group_name=GROUP,
    deps=[clean_responses],
    check_specs=[LAYER_CONTRACTS],
    kinds={"duckdb", "pandera"},
)
@in_one_sentence
def linked_respondents(builds: Builds) -> dg.MaterializeResult:
    """Whose each response is, and its line of the ledger.

    One row = one response. Confidential: scored pairs and hashes of identity, in the private version alone.
    """
    settled = settling.link(builds.build.staging) | settling.settle(builds.build.staging)
    try:
        rows, broken = check_layers(builds.build.staging), None
    except CheckFailed as failed:
        rows, broken = {}, str(failed)
    contracts = dg.AssetCheckResult(
        check_name="layer_contracts", passed=broken is None, description=broken, metadata=rows
    )
    return dg.MaterializeResult(metadata=settled, check_results=[contracts])


@dg.asset(partitions_def=consultations, group_name=GROUP, deps=[linked_respondents], kinds={"duckdb"})
@in_one_sentence
def campaigns(builds: Builds) -> dg.MaterializeResult:
    """Letters that many respondents sent, and who sent them.

    One row = one respondent who sent a campaign's letter. Confidential, as the letters are.
    """
    return dg.MaterializeResult(metadata=find_campaigns(builds.build.staging))


@dg.asset(partitions_def=consultations, group_name=GROUP, deps=[campaigns], kinds={"duckdb"})
@in_one_sentence
def coded_positions(builds: Builds) -> dg.MaterializeResult:
    """Positions that officers' codings settle.

    One row = one limb of one answer of one respondent. Confidential. From the decisions journal.
    """
    return dg.MaterializeResult(metadata=steps.code(builds.build.staging))


@dg.asset(
    partitions_def=consultations,
    group_name=GROUP,
    deps=[coded_positions],
    check_specs=[RECEIVED_EQUALS_LINES],
    kinds={"duckdb"},
)
@in_one_sentence
def marts(builds: Builds) -> dg.MaterializeResult:
    """Exact counts: the ledger, closed answers, positions.

    One row = one cell of a table. Confidential: exact, so in the private version alone.
    """
    counts = steps.count(builds.build.staging)
    channels = count_channels(builds.build.staging)
    return dg.MaterializeResult(metadata=counts, check_results=[received_equals_lines(channels)])


def received_equals_lines(channels: list[ChannelCount]) -> dg.AssetCheckResult:
    """Passed when every channel adds up; the metadata names both figures."""
    return dg.AssetCheckResult(
        check_name="received_equals_lines",
        passed=all(one.received == one.in_lines for one in channels),
        metadata={one.channel: f"{one.received} received, {one.in_lines} in the lines" for one in channels},
    )


@dg.asset(partitions_def=consultations, group_name=GROUP, deps=[marts], kinds={"duckdb"})
@in_one_sentence
def published_version(builds: Builds) -> dg.MaterializeResult:
    """A version of the warehouse: the private half (encrypted) and the public half (protected tables alone).

    One row of the public half = one cell of a protected table. Public to members of the Commission.
    """
    manifest = publish(builds.build.staging, builds.build.as_at_name)
    return dg.MaterializeResult(
        metadata={
            "version": manifest.version,
            "received": manifest.received,
            "parts": len(manifest.parts),
            "as_at": manifest.as_at,
            "landing_head": manifest.landing_head,
            "decisions_head": manifest.decisions_head,
        }
    )
