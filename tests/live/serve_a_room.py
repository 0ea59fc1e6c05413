"""A room in a process of its own, served as the real command does: python -m … PORT."""

import sys

from forum.live import Hub
from forum.server import serve
from tests.live.rooms import room_app

if __name__ == "__main__":
    serve(room_app(Hub()), host="127.0.0.1", port=int(sys.argv[1]))
