"""The optional hostility engine: detoxify in a process of its own, as a second opinion."""
