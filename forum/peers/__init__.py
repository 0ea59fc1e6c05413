"""Peers: courses, certificates, and who is on duty."""
