"""What the API takes and answers about schedules."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from pixharbor.db.wire import UtcWire
from pixharbor.schedules.models import Schedule

Every = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    Field(
        description="hourly, daily, weekly, monthly, or a cron expression.",
        examples=["daily", "0 3 * * 1-5"],
    ),
]
Timezone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64),
    Field(examples=["Europe/Berlin"]),
]


class ScheduleRequest(BaseModel):
    """When an import is to come again."""

    model_config = ConfigDict(extra="forbid")

    every: Every
    timezone: Timezone = "UTC"


class ScheduleChange(BaseModel):
    """What is to be different from now on; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    every: Every | None = None
    timezone: Timezone | None = None
    paused: bool | None = None


class ScheduleAnswer(BaseModel):
    """A place that is imported again and again."""

    id: UUID
    source: str
    location: str
    name: str | None
    recursive: bool
    filters: dict[str, Any]
    priority: int
    every: str
    cron: str
    timezone: str
    paused: bool
    next_at: UtcWire | None
    last_at: UtcWire | None
    last_job_id: UUID | None
    last_error: str | None = Field(description="Why the last run started no job.")
    created_at: UtcWire


class ScheduleList(BaseModel):
    """All schedules of the caller, the next one first."""

    schedules: list[ScheduleAnswer]


def answer_of(schedule: Schedule) -> ScheduleAnswer:
    """The schedule as it goes over the wire; a link's password stays with the options."""
    made = {
        "paused": schedule.next_at is None,
        "recursive": schedule.options.get("recursive", True),
        "filters": schedule.options.get("filters", {}),
    }
    columns = ScheduleAnswer.model_fields.keys() - made.keys()
    return ScheduleAnswer(**made, **{name: getattr(schedule, name) for name in columns})
