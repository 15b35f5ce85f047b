"""People's rights over what they sent, and the end of its keeping: erasure, access, retention, backups."""
