"""Who is told what, and when: reminders, digests, and the delivery of the outbox."""
