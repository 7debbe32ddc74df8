"""What is kept: the database, attachments, seals, the outbox, what was sent once. Knows no case."""
