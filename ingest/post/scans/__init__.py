"""Scanned paper: pages found, laid on the blank, read, and gathered into forms."""
