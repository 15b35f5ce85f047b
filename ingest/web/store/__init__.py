"""The public server's store: one contract (`base`), one implementation for one machine (`sqlite`)."""
