"""What talks to a public server from elsewhere: the pull into landing, reconciliation, the sending of sealed files."""
