"""Batches that are keyed from the paper into a workbook, and what is in a sheet."""
