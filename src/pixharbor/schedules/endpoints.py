"""The schedules' part of the API: list, change and remove; an import's `schedule` makes one."""

from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.dependencies import TheCaller, TheWork
from pixharbor.errors import NotFound
from pixharbor.schedules.models import Schedule
from pixharbor.schedules.schemas import ScheduleAnswer, ScheduleChange, ScheduleList, answer_of
from pixharbor.schedules.set_schedule import change_schedule

router = APIRouter(prefix="/api/v1/schedules", tags=["schedules"])

# More than these nobody reads in one list, and nobody has.
MOST_LISTED = 1000


@router.get("")
async def get_schedules(caller: TheCaller, work: TheWork) -> ScheduleList:
    """All schedules, the next one first; paused ones last."""
    mine = select(Schedule).where(Schedule.owner == caller.owner)
    order = (Schedule.next_at.is_(None), Schedule.next_at, Schedule.id)
    async with work.read() as session:
        schedules = await session.scalars(mine.order_by(*order).limit(MOST_LISTED))
        return ScheduleList(schedules=[answer_of(schedule) for schedule in schedules])


@router.get("/{schedule_id}")
async def get_schedule(schedule_id: UUID, caller: TheCaller, work: TheWork) -> ScheduleAnswer:
    """One schedule."""
    async with work.read() as session:
        return answer_of(await _find(session, caller.owner, schedule_id))


@router.patch("/{schedule_id}")
async def patch_schedule(
    schedule_id: UUID, wanted: ScheduleChange, caller: TheCaller, work: TheWork
) -> ScheduleAnswer:
    """Change when it runs, pause it, or let it go on."""
    async with work() as unit:
        schedule = await _find(unit.session, caller.owner, schedule_id, for_change=True)
        change_schedule(schedule, wanted)
        return answer_of(schedule)


@router.delete("/{schedule_id}", status_code=204)
async def delete_schedule(schedule_id: UUID, caller: TheCaller, work: TheWork) -> Response:
    """Import the place no more by itself. Jobs and images stay."""
    async with work() as unit:
        schedule = await _find(unit.session, caller.owner, schedule_id, for_change=True)
        await unit.session.delete(schedule)
    return Response(status_code=204)


async def _find(
    session: AsyncSession, owner: int, schedule_id: UUID, *, for_change: bool = False
) -> Schedule:
    schedule = await session.get(Schedule, schedule_id, with_for_update=for_change)
    if schedule is None or schedule.owner != owner:
        raise NotFound(f"There is no schedule {schedule_id}.", code="schedule_not_found")
    return schedule
