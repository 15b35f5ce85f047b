"""Errors about the input of the search for campaigns. They name files, columns and types, never a text."""

from transforms.errors import TransformError


class CampaignInputError(TransformError):
    """A table cannot be searched for campaigns."""
