"""Every address of care."""

from starlette.routing import BaseRoute

from forum.care import case_routes, desk_routes, help_routes, member_routes
from forum.care.desk_routes import NAV

__all__ = ["NAV", "ROUTES"]

ROUTES: list[BaseRoute] = [
    *help_routes.ROUTES,
    *member_routes.ROUTES,
    *desk_routes.ROUTES,
    *case_routes.ROUTES,
]
