"""The first pages people see: the front page, and what each community says of itself."""
