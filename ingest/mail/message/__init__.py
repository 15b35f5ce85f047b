"""A message taken apart, whatever its sender's program made of the standards."""
