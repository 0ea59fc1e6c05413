"""The lists that people choose from: content notes of a post, goals of a board."""

# A list and not free words: a note stands outside the post, so nobody screens it, and readers
# can filter by theme.
NOTES = {
    "self_harm": "self-harm",
    "suicide": "suicide",
    "alcohol": "alcohol or drugs",
    "eating": "eating and body",
    "violence": "violence or abuse",
    "sexual_violence": "sexual violence",
    "loss": "death and grief",
    "illness": "illness and treatment",
    "other": "something hard to read",
}

# People on different paths can hurt each other without meaning to, so a board may name its own.
GOALS = {
    "": "No particular goal",
    "abstain": "Stopping altogether",
    "cut_down": "Cutting down",
    "medication": "With medication",
    "harm_reduction": "Staying safer",
    "family": "For family and friends",
}
