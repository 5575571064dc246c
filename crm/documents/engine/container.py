"""The zip around a Word document: looked at before it is read, read with limits, written repeatably."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from crm.documents.engine.faults import Fault, TemplateError

MEGABYTE: Final = 1024 * 1024
MAX_FILE: Final = 30 * MEGABYTE
MAX_TOTAL: Final = 60 * MEGABYTE
MAX_PART: Final = 20 * MEGABYTE
MAX_RATIO: Final = 200
MAX_ENTRIES: Final = 1000
_RATIO_MATTERS_FROM: Final = 256 * 1024
_MAX_DIRECTORY: Final = MEGABYTE
# Deflating is most of the work of making a document: larger parts get less of it.
_DEFLATE_LEVELS: Final = ((256 * 1024, 1), (24 * 1024, 3), (0, 6))
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNREADABLE: Final = (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error)
_END: Final = b"PK\x05\x06"
# 1 January 1980, midnight: the zero of the zip format, so that the same parts make the same bytes.
_ZIP_TIME: Final = 0
_ZIP_DATE: Final = (0 << 9) | (1 << 5) | 1


@dataclass(frozen=True, slots=True)
class Packed:
    """One part as it lies in a zip: already deflated, so that copying it costs nothing."""

    name: str
    crc: int
    size: int
    method: int
    data: bytes


def refuse(code: str, **params: object) -> TemplateError:
    """An exception with one fault of the file as a whole."""
    return TemplateError((Fault(code, params=params),))


def unpack(data: bytes) -> tuple[dict[str, bytes], dict[str, Packed]]:
    """All parts of a .docx by name, in the order of the file; and the same as they lie there, deflated.

    Nothing is inflated before the sums in the directory are found sane, and never more than declared.
    Raises TemplateError for anything that is not a readable, reasonable zip of Word's kind.
    """
    _look_at_head(data)
    _look_at_end(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _UNREADABLE as error:
        raise refuse("truncated") from error
    with archive:
        entries = archive.infolist()
        _look_at_directory(entries)
        files = [entry for entry in entries if not entry.is_dir()]
        parts = {entry.filename: _inflate(archive, entry) for entry in files}
    return parts, {entry.filename: _as_it_lies(data, entry) for entry in files}


def _look_at_head(data: bytes) -> None:
    if not data:
        raise refuse("empty_file")
    if len(data) > MAX_FILE:
        raise refuse("too_big_file", limit=MAX_FILE // MEGABYTE)
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise refuse("password" if locked else "old_doc")
    if data.startswith(b"{\\rtf"):
        raise refuse("rtf")
    if data.startswith(b"%PDF"):
        raise refuse("pdf")
    if not data.startswith(b"PK"):
        raise refuse("plain_text" if _is_text(data[:4096]) else "not_docx")


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    for encoding in ("utf-8", "cp1251"):
        try:
            # the last bytes may be half a character
            decoded = head.decode(encoding, errors="ignore" if encoding == "utf-8" else "strict")
        except UnicodeDecodeError:
            continue
        if sum(ch < " " and ch not in "\r\n\t\f" for ch in decoded) == 0:
            return True
    return False


def _look_at_end(data: bytes) -> None:
    """The record at the end of a zip says how long the directory is: checked before anybody reads it."""
    at = data.rfind(_END, max(0, len(data) - 65_557))
    if at < 0 or len(data) < at + 22:
        raise refuse("truncated")
    entries, size = struct.unpack_from("<HI", data, at + 10)
    if entries > MAX_ENTRIES or size > _MAX_DIRECTORY:
        raise refuse("too_many_parts", limit=MAX_ENTRIES)


def _look_at_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise refuse("too_many_parts", limit=MAX_ENTRIES)
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & 0x1:
            raise refuse("password")
        odd_path = name.startswith("/") or "\\" in name or ".." in name.split("/")
        if odd_path or name.lower() in seen or entry.compress_type not in (0, 8):
            raise refuse("odd_entry", part=name[:80])
        seen.add(name.lower())
        ratio = entry.file_size / max(1, entry.compress_size)
        if entry.file_size > MAX_PART or (entry.file_size > _RATIO_MATTERS_FROM and ratio > MAX_RATIO):
            raise refuse("zip_bomb")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise refuse("zip_bomb")


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(entry) as stream:
            blob = stream.read(entry.file_size + 1)
    except (*_UNREADABLE, zlib.error, EOFError, RuntimeError) as error:
        raise refuse("damaged", part=entry.filename[:80]) from error
    if len(blob) != entry.file_size:
        raise refuse("damaged", part=entry.filename[:80])
    return blob


def _as_it_lies(data: bytes, entry: zipfile.ZipInfo) -> Packed:
    """The deflated bytes of an entry that has just been read without a fault."""
    name_length, extra_length = struct.unpack_from("<HH", data, entry.header_offset + 26)
    start = entry.header_offset + 30 + name_length + extra_length
    deflated = data[start : start + entry.compress_size]
    return Packed(entry.filename, entry.CRC, entry.file_size, entry.compress_type, deflated)


def pack(name: str, blob: bytes) -> Packed:
    """Deflate one part; pictures that do not shrink are stored as they are."""
    level = next(level for size, level in _DEFLATE_LEVELS if len(blob) >= size)
    squeezer = zlib.compressobj(level, zlib.DEFLATED, -15)
    deflated = squeezer.compress(blob) + squeezer.flush()
    if len(deflated) >= len(blob):
        return Packed(name, zlib.crc32(blob), len(blob), 0, blob)
    return Packed(name, zlib.crc32(blob), len(blob), 8, deflated)


def pack_pieces(name: str, pieces: Iterable[bytes]) -> Packed:
    """The same as `pack` for a part that comes piece by piece: a large one is never whole in memory."""
    waiting: list[bytes] = []
    size = 0
    pieces = iter(pieces)
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _DEFLATE_LEVELS[0][0]:
            return _pack_large(name, b"".join(waiting), pieces)
    return pack(name, b"".join(waiting))


def _pack_large(name: str, start: bytes, pieces: Iterable[bytes]) -> Packed:
    squeezer = zlib.compressobj(_DEFLATE_LEVELS[0][1], zlib.DEFLATED, -15)
    deflated, crc, size = [squeezer.compress(start)], zlib.crc32(start), len(start)
    for piece in pieces:
        deflated.append(squeezer.compress(piece))
        crc = zlib.crc32(piece, crc)
        size += len(piece)
    deflated.append(squeezer.flush())
    return Packed(name, crc, size, 8, b"".join(deflated))


def write(parts: Iterable[Packed]) -> bytes:
    """A zip of these parts, in this order, byte for byte the same for the same parts."""
    chunks: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for part in parts:
        name = part.name.encode("utf-8")
        common = struct.pack(
            "<HHHHHIIIHH", 20, 0x800, part.method, _ZIP_TIME, _ZIP_DATE,
            part.crc, len(part.data), part.size, len(name), 0,
        )  # fmt: skip
        chunks += (b"PK\x03\x04", common, name, part.data)
        directory.append(b"PK\x01\x02\x14\x00" + common + struct.pack("<HHHII", 0, 0, 0, 0, offset) + name)
        offset += 4 + len(common) + len(name) + len(part.data)
    index = b"".join(directory)
    count = len(directory)
    chunks += (index, _END, struct.pack("<HHHHIIH", 0, 0, count, count, len(index), offset, 0))
    return b"".join(chunks)
