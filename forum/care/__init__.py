"""Care: a person, not a post; cases, alerts, and the people who answer."""
