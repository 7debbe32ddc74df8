"""What the wall shows: figures of Prometheus, the ledger and the tickets in, offices and branches judged out."""
