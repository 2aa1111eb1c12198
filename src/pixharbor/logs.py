"""How the program logs: for people on a terminal, or a line of JSON each for a collector."""

import logging
import sys
from typing import Literal

import structlog
from pydantic_settings import BaseSettings


class LogSettings(BaseSettings):
    """What is logged, and how."""

    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"


def set_up_logs(settings: LogSettings) -> None:
    """Log to stderr: stdout is for data."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            getattr(logging, settings.log_level.upper())
        ),
        logger_factory=_to_stderr,
    )


def _to_stderr(*_: object) -> structlog.PrintLogger:
    """What stderr is by then: whoever runs a command within a program may have replaced it."""
    return structlog.PrintLogger(sys.stderr)
