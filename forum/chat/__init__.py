"""Rooms: live talk whose every message is numbered, heard and shown to all alike."""
