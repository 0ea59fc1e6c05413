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
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "websockets", "asyncio"):
        logging.getLogger(name).handlers = [_Forward()]
        logging.getLogger(name).propagate = False
        logging.getLogger(name).setLevel(level.upper())


def wordless_error(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace an error by its kind and the places it passed through, innermost last."""
    if not line.pop("exc_info", None):
        return line
    error = sys.exc_info()[1]
    if error is not None:
        line["error_kind"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
        line["error_at"] = [f"{frame.filename}:{frame.lineno}" for frame in frames]
    return line


class _Forward(logging.Handler):
    """Hands the server's own lines on, without arguments that a visitor could choose."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"source": record.name}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            fields["error_kind"] = type(error).__name__
        log = structlog.get_logger()
        log.log(record.levelno, record.msg if isinstance(record.msg, str) else "", **fields)
