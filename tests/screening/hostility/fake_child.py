"""A child process without a model: does in each text's words what the text tells it to.

Run as `python fake_child.py GREETING FOLDER`; leaves its process id and the names of its
environment in the folder. Texts: "die", "hang", "say …" (that line as the answer); whatever holds
"idiot" is an insult, everything else is kind.
"""

import json
import os
import sys
import threading
from pathlib import Path

GREETINGS = {
    "well": '{"labels": ["toxicity", "insult"]}',
    "refusing": '{"refused": "A tensor is missing."}',
    "babbling": "Loading …",
}


def main(arguments: list[str]) -> None:
    greeting, folder = arguments[0], Path(arguments[-1])
    with (folder / "started").open("a") as log:
        log.write(f"{os.getpid()}\n")
    (folder / "environment").write_text(json.dumps(list(os.environ)))
    if greeting == "dying":
        return
    if greeting == "hanging":
        threading.Event().wait(60)
    print(GREETINGS[greeting], flush=True)
    if greeting == "refusing" or "--prove" in arguments:
        return
    for line in sys.stdin:
        print(answer(json.loads(line)), flush=True)


def answer(texts: list[str]) -> str:
    for text in texts:
        if text == "die":
            os._exit(1)
        if text == "hang":
            threading.Event().wait(60)
        if text.startswith("say "):
            return text.removeprefix("say ")
        if text == "say-much":
            return "[" * 200_000
    return json.dumps([{"toxicity": 0.9, "insult": 0.97 if "idiot" in t else 0.1} for t in texts])


if __name__ == "__main__":
    main(sys.argv[1:])
