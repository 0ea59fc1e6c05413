"""The ceiling: Starlette's shortest answer. `python -m tests.bench.hello PORT`."""

import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from forum.server import serve


async def hello(request: Request) -> PlainTextResponse:
    del request
    return PlainTextResponse("hello")


if __name__ == "__main__":
    serve(Starlette(routes=[Route("/", hello)]), host="127.0.0.1", port=int(sys.argv[1]))
