"""Care domain."""
