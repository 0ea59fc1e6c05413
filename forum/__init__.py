"""Handrail: a self-hosted peer-support community."""

__version__ = "0.1.0"
