"""Dagster and the command line. The only room that imports dagster, and the one that may use all the others."""
