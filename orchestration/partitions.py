"""One partition for each published consultation."""

import dagster as dg

consultations = dg.DynamicPartitionsDefinition(name="consultation")
