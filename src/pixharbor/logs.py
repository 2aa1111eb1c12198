"""How the program logs: for people on a terminal, or a line of JSON each for a collector."""

import logging
import sys
from typing import Literal

import structlog
from pydantic_settings import BaseSettings

from pixharbor.control_characters import show_controls


class LogSettings(BaseSettings):
    """What is logged, and how."""

    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"


def set_up_logs(settings: LogSettings) -> None:
    """Log to stderr: stdout is for data."""
    rendering: list[structlog.types.Processor] = (
        [structlog.processors.JSONRenderer()]
        if settings.log_format == "json"
        else [_show_controls, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            *rendering,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            getattr(logging, settings.log_level.upper())
        ),
        logger_factory=_to_stderr,
    )


def _show_controls(
    _logger: object, _method: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    """A file's name neither acts on the terminal nor forges a line of the log."""
    return {
        key: show_controls(value, lines=key == "exception") if isinstance(value, str) else value
        for key, value in event.items()
    }


def _to_stderr(*_: object) -> structlog.PrintLogger:
    """What stderr is by then: whoever runs a command within a program may have replaced it."""
    return structlog.PrintLogger(sys.stderr)
