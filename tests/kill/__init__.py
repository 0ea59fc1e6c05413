"""Killing the server with SIGKILL, again and again, and counting what is left."""
