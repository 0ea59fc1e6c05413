"""Notices: what the forum tells one person, in their own inbox."""
