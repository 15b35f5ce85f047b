"""The report to the council: a release of words around the figures of another release."""
