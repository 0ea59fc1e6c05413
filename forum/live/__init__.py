"""Live delivery: who listens to which topic, and how a message reaches them all at once."""

from forum.live.brokers import Broker, LocalBroker
from forum.live.choice import broker_for
from forum.live.connection import Connection
from forum.live.hub import Hub

__all__ = ["Broker", "Connection", "Hub", "LocalBroker", "broker_for"]
