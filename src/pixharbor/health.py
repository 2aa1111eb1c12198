"""Health: whether the process lives, and whether it can do its work."""

from fastapi import APIRouter, Response
from sqlalchemy import text

from pixharbor.dependencies import TheWork
from pixharbor.errors import Unavailable

router = APIRouter(tags=["health"])


@router.get("/health")
@router.get("/livez", include_in_schema=False)
async def get_health() -> dict[str, str]:
    """Whether the API is running. Asks nothing of the database: that is /readyz."""
    return {"status": "healthy"}


@router.get("/readyz")
async def get_readiness(work: TheWork, response: Response) -> dict[str, str]:
    """Whether the API can work: the database answers."""
    response.headers["Cache-Control"] = "no-store"
    try:
        async with work.read() as session:
            await session.execute(text("SELECT 1 FROM jobs LIMIT 1"))
    except Exception as error:
        raise Unavailable(
            "The database does not answer.", code="database_away",
            cure="Run pixharbor doctor; DATABASE_URL says where it should be.",
        ) from error  # fmt: skip
    return {"status": "ready"}
