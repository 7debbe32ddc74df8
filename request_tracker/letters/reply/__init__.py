"""The reply to a request (BTM-07, PKL-B-06): one kind of letter, whole in this folder."""
