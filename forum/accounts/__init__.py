"""People: accounts, sessions, and what a person may take along or erase."""
