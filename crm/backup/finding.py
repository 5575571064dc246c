"""Find a kept backup by its name, as a file, or the latest one."""

import gzip
import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _

from crm.backup import archive, places
from crm.backup.places import Place
from crm.backup.places.folder import Folder
from crm.backup.problems import BackupProblem, Damaged

LATEST = "latest"


@dataclass(frozen=True)
class Found:
    """A backup and where it lies."""

    name: str
    place: Place
    size: int


def all_kept(where: list[Place]) -> tuple[list[Found], list[str]]:
    """Every backup of every place that answers, the newest first, and what stands against the others, as sentences."""
    found, away = [], []
    for place in where:
        try:
            found += [Found(name, place, size) for name, size in place.names("").items() if archive.moment_of(name)]
        except BackupProblem as problem:
            away.append(problem.message)
    return sorted(found, key=lambda one: one.name, reverse=True), away


def find(choice: str, work: Path, say: Callable[[str], None]) -> list[Found]:
    """`latest`, a name of the list, a .backup file beside its `files/`, or a downloaded .tar; of `latest` all, the newest first."""
    path = Path(choice)
    if path.suffix == ".tar" and path.is_file():
        return [_from_tar(path, work / "unpacked")]
    if path.suffix == archive.ENDING and path.is_file():
        return [Found(path.name, Folder(path.absolute().parent), path.stat().st_size)]
    kept, away = all_kept(places.all_places())
    for sentence in away:
        say(sentence)
    named = [one for one in kept if choice in (LATEST, one.name, one.name.removesuffix(archive.ENDING))]
    if named:
        return named
    if not kept:
        raise BackupProblem(none_there())
    raise BackupProblem(_("There is no backup %(name)s. The command “backups” lists those that are kept.", name=choice))


def none_there() -> str:
    """That nothing is kept, and where that was looked for."""
    return _("There is no backup in %(where)s. Set BACKUP_TO as it was when backups were made, or name a file.",
             where=", ".join(place.label for place in places.all_places()))


def _from_tar(path: Path, folder: Path) -> Found:
    folder.mkdir()
    try:
        with tarfile.open(path, "r:") as tar:
            _unpack(tar, folder)
    except (tarfile.TarError, EOFError) as error:
        raise Damaged(_("This is no whole backup of Voronka: it is cut off, damaged or another file. Take another backup."),
                      ) from error
    for inner in folder.glob(f"*{archive.ENDING}"):
        return Found(inner.name, Folder(folder), inner.stat().st_size)
    raise Damaged(_("This is no whole backup of Voronka: it is cut off, damaged or another file. Take another backup."))


def _unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """The plain files of a downloaded backup. Python's own filter against names that lead elsewhere came with 3.11.4 only."""
    for member in tar:
        inner, target = tar.extractfile(member) if member.isreg() else None, (folder / member.name).resolve()
        if inner is None:
            continue
        if not target.is_relative_to(folder.resolve()):
            raise tarfile.TarError(member.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as out:
            shutil.copyfileobj(inner, out)


BLOCK = 512


def stored_names(place: Folder, name: str) -> list[str]:
    """The stored files of a backup, by its list."""
    listed = gzip.decompress((place.root / archive.list_name(name)).read_bytes()).decode().split()
    return [archive.stored_path(one) for one in listed]


def tar_name(name: str) -> str:
    """What a downloaded backup is called."""
    return name.removesuffix(archive.ENDING) + ".tar"


def tar_stream(place: Folder, name: str, names: list[str]) -> Iterator[bytes]:
    """A backup with its stored files as one .tar, piece by piece; every piece lies in `place` as it is."""
    for one in (name, archive.list_name(name), *names):
        path = place.root / one
        info = tarfile.TarInfo(one)
        info.size = path.stat().st_size
        yield info.tobuf(tarfile.PAX_FORMAT)
        with path.open("rb") as file:
            while part := file.read(1024 * 1024):
                yield part
        yield b"\0" * (-info.size % BLOCK)
    yield b"\0" * BLOCK * 2
