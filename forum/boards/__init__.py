"""Boards: topics and posts that stay, and what their writers may do with them."""
