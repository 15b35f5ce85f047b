"""Jobs: taking in each channel, building the warehouse, and both; a run is about one consultation."""

import dagster as dg

LANDING = dg.AssetSelection.groups("landing")
WAREHOUSE = dg.AssetSelection.groups("warehouse")

ingest_web = dg.define_asset_job(
    "ingest_web",
    dg.AssetSelection.assets("web_landing"),
    description="Take in what the public server has.",
)
ingest_email = dg.define_asset_job(
    "ingest_email",
    dg.AssetSelection.assets("email_landing"),
    description="Take in the mailbox.",
)
ingest_post = dg.define_asset_job(
    "ingest_post",
    dg.AssetSelection.assets("post_landing"),
    description="Take in keyed paper forms.",
)
build_warehouse = dg.define_asset_job(
    "build_warehouse",
    WAREHOUSE,
    description="From landing and decisions to a published version.",
)
everything = dg.define_asset_job(
    "everything",
    LANDING | WAREHOUSE,
    description="Take in every channel, then build the warehouse.",
)

JOBS = (ingest_web, ingest_email, ingest_post, build_warehouse, everything)
