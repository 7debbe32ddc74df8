"""Pages of people: logging in, accounts and roles, duty roster, contacts, messages."""
