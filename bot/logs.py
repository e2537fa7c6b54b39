"""Structured logs: one JSON object a line (at a terminal, one readable line), secrets redacted, no text of answers."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

# A Telegram token; a Discord token; credentials in a URL; a page's one-time token.
_SECRETS = re.compile(
    r"\d{6,}:[\w-]{30,}|[\w-]{18,}\.[\w-]{5,}\.[\w-]{25,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)|(?<=token=)[\w-]+"
)
_NOISY = ("httpx", "httpcore", "aiohttp.access", "telegram", "discord", "alembic", "sqlalchemy")


def start_logging(level: str, file: Path | None = None) -> None:
    """Send every log line of ours and of the libraries through one redaction step, to a file or standard error."""
    person = file is None and sys.stderr.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.FileHandler(file) if file else logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact,
                structlog.dev.ConsoleRenderer(colors=False, timestamp_key="ts")
                if person
                else structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _NOISY:  # at INFO httpx logs whole URLs, tokens included; at DEBUG telegram logs texts
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace whatever looks like a secret, at any depth."""
    for name, value in event.items():
        if not name.startswith("_"):
            event[name] = _clean(value)
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRETS.sub("[secret]", value)
    if isinstance(value, dict):
        return {name: _clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _SECRETS.sub("[secret]", str(value))
