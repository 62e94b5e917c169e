"""Mail folders as feeds: Maildir, mbox and IMAP, read-only."""
