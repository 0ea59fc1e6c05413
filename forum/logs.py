"""Logs that hold ids and kinds, never a member's words."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

# Raised deep in libraries, an error's text may quote a form field or a row; its kind and
# place are enough to find the fault. Proven by tests/test_canaries.py.
MAX_FRAMES = 8
FORWARDED = ("uvicorn", "uvicorn.error", "uvicorn.access", "websockets", "asyncio")


def set_up(level: str) -> None:
    """Write JSON lines to standard error, at `level` and above, without any error's own text."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            wordless_error,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.CRITICAL, force=True)
    for name in FORWARDED:
        logging.getLogger(name).handlers = [_Forward()]
        logging.getLogger(name).propagate = False
        logging.getLogger(name).setLevel(level.upper())


def wordless_error(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace an error by its kind and the places it passed through, innermost last."""
    given = line.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        line["error_kind"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
        line["error_at"] = [f"{frame.filename}:{frame.lineno}" for frame in frames]
    return line


class _Forward(logging.Handler):
    """Hands the server's own lines on, without arguments that a visitor could choose."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"source": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            fields["exc_info"] = record.exc_info[1]
        structlog.get_logger().log(record.levelno, _constant_part(record), **fields)


def _constant_part(record: logging.LogRecord) -> str:
    """What the library says every time, without the values of this one.

    asyncio writes names, arguments and errors into its first line as well, so of its lines only
    the place is kept; the server puts whole tracebacks below its first line.
    """
    if record.name == "asyncio" or not isinstance(record.msg, str):
        return f"{record.module}:{record.lineno}"
    return record.msg.partition("\n")[0]
