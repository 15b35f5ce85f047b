"""Anonymised datasets: a folder of protected tables with codebook, manifest and checksums, and how to verify one."""
