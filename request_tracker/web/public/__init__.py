"""Pages for everybody and for a requester with the secret link: no account, no log-in."""
