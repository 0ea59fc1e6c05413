"""Which broker fits the settings."""

from forum.errors import BadSettings
from forum.live.brokers import Broker, LocalBroker


def broker_for(broker_url: str, database_url: str, name: str) -> Broker:
    """Redis where an address is given, else PostgreSQL where that is the database, else none.

    name: of this forum, unlike any other's on the same Redis. Raises BadSettings when a package is
    missing. Nothing is connected yet.
    """
    try:
        if broker_url:
            from forum.live.redis import RedisBroker  # noqa: PLC0415 - an optional package

            return RedisBroker(broker_url, f"handrail:{name}")
        if database_url.startswith("postgresql"):
            from forum.live.postgres import PostgresBroker  # noqa: PLC0415 - an optional package

            return PostgresBroker(database_url)
    except ModuleNotFoundError as error:
        setting, extra = ("BROKER", "redis") if broker_url else ("DATABASE", "postgres")
        raise BadSettings(
            [f"HANDRAIL_{setting}_URL needs more packages: pip install 'handrail[{extra}]'"]
        ) from error
    return LocalBroker()
