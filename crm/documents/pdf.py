"""Word files into PDF: by the converter of the settings, else by LibreOffice here: one run for many, no macros, nothing from outside."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flask import current_app

from crm.documents import converter

TIMEOUT = 60
PER_FILE = 15
MEMORY_KB = 4 * 1024**2
INSTALL = "apt install libreoffice-writer-nogui fonts-liberation fonts-crosextra-carlito fonts-dejavu-core"

# LibreOffice's own settings: links to outside are not followed, macros never run
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
%s</oor:items>
"""
_ITEM = '<item oor:path="%s"><prop oor:name="%s" oor:op="fuse"><value>%s</value></prop></item>\n'
_SECURITY = "/org.openoffice.Office.Common/Security/Scripting"
_HARD = ((_SECURITY, "BlockUntrustedRefererLinks", "true"), (_SECURITY, "DisableMacrosExecution", "true"),
         (_SECURITY, "MacroSecurityLevel", "3"), (_SECURITY, "DisableActiveContent", "true"),
         ("/org.openoffice.Office.Common/Misc", "FirstRun", "false"))


class PdfError(RuntimeError):
    """No file was made; the text is for the log and the owner."""


def program() -> str | None:
    """The path of LibreOffice, or None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def possible() -> bool:
    """Whether PDFs are made at all: by a converter elsewhere or by LibreOffice here."""
    return bool(current_app.config["PDF_CONVERTER"]) or program() is not None


def convert(words: Mapping[str, bytes]) -> dict[str, bytes]:
    """PDFs of Word files, by the same names; names are plain, such as a digest.

    A file that cannot be read as Word is missing from the answer. PdfError when nothing came out, the converter does not answer, or
    LibreOffice hung. Takes seconds: never within a transaction that writes.
    """
    elsewhere = current_app.config["PDF_CONVERTER"]
    if not elsewhere:
        return convert_here(words)
    try:
        return converter.convert(elsewhere, words)
    except converter.ConverterError as error:
        raise PdfError(str(error)) from error


def convert_here(words: Mapping[str, bytes]) -> dict[str, bytes]:
    """As `convert`, by the LibreOffice of this machine."""
    soffice = program()
    if soffice is None:
        raise PdfError(f"LibreOffice is not installed: {INSTALL}")
    with tempfile.TemporaryDirectory(prefix="voronka-pdf-") as place:
        folder = Path(place)
        sources = []
        for name, data in words.items():
            source = folder / "in" / f"{name}.docx"
            source.parent.mkdir(exist_ok=True)
            source.write_bytes(data)
            sources.append(str(source))
        _run(soffice, folder, sources)
        made = {name: folder / "out" / f"{name}.pdf" for name in words}
        found = {name: path.read_bytes() for name, path in made.items() if path.exists()}
    if not found:
        raise PdfError("LibreOffice made no file")
    return found


def _run(soffice: str, folder: Path, sources: list[str]) -> None:
    profile = folder / "home" / "profile"
    (profile / "user").mkdir(parents=True)
    items = "".join(_ITEM % item for item in _HARD)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS % items, encoding="utf-8")
    (folder / "out").mkdir()
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo",
               "--nolockcheck", "--nodefault", "--convert-to", "pdf", "--outdir", str(folder / "out"), *sources]
    environment = {"HOME": str(folder / "home"), "TMPDIR": str(folder), "PATH": os.environ.get("PATH", os.defpath),
                   "LANG": os.environ.get("LANG", "C.UTF-8"), "SAL_USE_VCLPLUGIN": "svp"}
    limited = ["/bin/sh", "-c", f'ulimit -v {MEMORY_KB} 2>/dev/null; exec "$@"', "sh", *command]
    process = subprocess.Popen(limited, env=environment, cwd=folder, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        process.wait(TIMEOUT + PER_FILE * len(sources))
    except subprocess.TimeoutExpired as error:
        raise PdfError("LibreOffice took too long and was stopped") from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing of its group outlives the run: soffice is a script that starts others."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
