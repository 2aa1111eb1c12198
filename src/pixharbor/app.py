"""The API process: routers, error answers, the guard at the door and the page."""

from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pixharbor import __version__
from pixharbor.access.guard import Guard, known_origins
from pixharbor.access.head_requests import HeadRequests
from pixharbor.access.request_ids import RequestIds
from pixharbor.access_endpoints import router as access
from pixharbor.connections.endpoints import router as connections
from pixharbor.health import router as health
from pixharbor.images.endpoints import router as images
from pixharbor.images.trash_endpoints import router as trash
from pixharbor.imports.archive_endpoints import router as archives
from pixharbor.imports.endpoints import router as imports
from pixharbor.imports.list_endpoints import router as url_lists
from pixharbor.jobs.endpoints import router as jobs
from pixharbor.page_files import serve_page
from pixharbor.problems import Problem, ProblemsAtTheDoor, answer_problems
from pixharbor.runtime import Runtime
from pixharbor.schedules.endpoints import router as schedules
from pixharbor.storage.serve_files import files_router
from pixharbor.transforms.endpoints import router as transforms

PROBLEM = {"description": "A problem, with what to do about it.", "model": Problem}


def create_app(runtime: Runtime) -> FastAPI:
    """The application on an open runtime; whoever opened that closes it."""
    app = _routed_app()
    app.state.runtime = runtime
    if not runtime.store.link_origin:
        app.include_router(files_router(runtime.store, runtime.signer))
    serve_page(app, pictures_from=runtime.store.link_origin)
    answer_problems(app)
    _add_middleware(app, runtime)
    return app


def describe_api() -> dict[str, Any]:
    """The OpenAPI description; needs nothing to be running."""
    return _routed_app().openapi()


def _routed_app() -> FastAPI:
    app = FastAPI(
        title="pixharbor",
        version=__version__,
        description="A self-hosted harbour for images.",
        responses={"4XX": PROBLEM, "5XX": PROBLEM},
        redirect_slashes=False,
    )
    for router in (
        *(health, access, imports, url_lists, archives, schedules),
        *(jobs, images, trash, transforms, connections),
    ):
        app.include_router(router)
    return app


def _add_middleware(app: FastAPI, runtime: Runtime) -> None:
    """Innermost first: a request meets them from the last to the first."""
    settings = runtime.settings
    origins = sorted(known_origins(settings)) if settings.cors_origins.strip() else []
    app.add_middleware(HeadRequests)
    app.add_middleware(Guard, settings=settings)
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    app.add_middleware(ProblemsAtTheDoor)
    app.add_middleware(RequestIds)
    if settings.forwarded_allow_ips:
        # X-Forwarded-For and -Proto count where these connect from, and nowhere else.
        proxies = settings.forwarded_allow_ips.split(",")
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)
