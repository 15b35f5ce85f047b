"""Mailboxes into landing: files and IMAP accounts, each message sealed whole and landed once."""
