"""Rooms: live talk that nobody loses."""
