"""Coding: officers' positions and themes, who codes what, how far they agree, and what is suggested to them."""

from transforms.coding.positions import code

__all__ = ["code"]
