"""The documents as a site of plain files, with a navigation and a search; nothing of it asks a network."""
