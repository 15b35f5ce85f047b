"""Sign-off: results are closed, frozen with a hash, signed off by two people, and then stay as they are."""
