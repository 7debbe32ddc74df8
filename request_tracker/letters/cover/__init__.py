"""The cover report over the reports of all teams (BTM-12): one kind of paper, whole in this folder."""
