"""The demo's own folder: made afresh at each start, and never anybody else's."""

import shutil
from pathlib import Path

from forum.errors import BadSettings

FOLDER = Path("demo-data")
# Only a folder that holds this file was made by the demo, and may be thrown away by it.
MARK = "made-by-handrail-demo"


def fresh_folder(folder: Path = FOLDER) -> Path:
    """An empty folder for the demo; an earlier demo's is thrown away.

    Raises BadSettings when something of that name is there that no demo made.
    """
    made_before = folder.is_dir() and not folder.is_symlink() and (folder / MARK).is_file()
    if made_before:
        shutil.rmtree(folder)
    elif folder.exists() or folder.is_symlink():
        raise BadSettings(
            [f"{folder} is there and no demo made it. Move it away, or start somewhere else."]
        )
    folder.mkdir()
    (folder / MARK).touch()
    return folder
