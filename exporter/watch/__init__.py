"""The watch: asks every node once a second, decides root causes, keeps the journal, tells Alertmanager."""
