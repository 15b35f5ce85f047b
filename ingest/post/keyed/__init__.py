"""The keying queue: what people read, and the rules by which it stands."""
