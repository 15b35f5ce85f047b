"""E-mail: from mailboxes into landing (`intake`), and from a raw message to responses (`read_message`, `child`)."""
