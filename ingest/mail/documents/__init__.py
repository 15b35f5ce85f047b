"""Readers of what comes with a message: our forms in every format, sealed files, photos, other documents."""
