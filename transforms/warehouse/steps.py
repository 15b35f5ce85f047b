"""The steps of a build after `stage`, in their order. Each takes a `Staging` and returns what it counted."""

from transforms.warehouse.build import code, count
from transforms.warehouse.campaigning import find_campaigns
from transforms.warehouse.settling import link, settle

STEPS = (link, settle, find_campaigns, code, count)
