"""How responses come in. Uses schemas/ alone."""
