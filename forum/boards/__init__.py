"""Boards: topics and posts."""
