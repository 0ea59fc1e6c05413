"""Communities: who belongs where, and in which role."""
