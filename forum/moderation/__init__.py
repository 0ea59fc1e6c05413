"""Moderation: what readers see, why, and how that is decided."""
