"""Makes the trained ears from the corpus. Not in the wheel; needs the `training` extra."""
