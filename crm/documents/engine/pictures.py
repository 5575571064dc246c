"""Pictures as values: measuring them, drawing them into a run, carrying them into the file."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup, escape

from crm.documents.engine.faults import Fault, RenderError

MAX_PICTURE: Final = 5 * 1024 * 1024
MAX_SIDE: Final = 20_000
EMU_PER_MM: Final = 36_000
_SUFFIXES: Final = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif"}
_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006"
_HALF_LINE: Final = 90_000
# Far above the ids that Word gives itself, so that none of them meet.
_FIRST_ID: Final = 500_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a value of the context.

    `data`: PNG, JPEG or GIF; `width_mm`: the printed width, the height follows; `floating`: behind the text,
    centred on the tag's line, as a stamp or a signature lies; `title`: what a screen reader says.
    """

    data: bytes = field(repr=False)
    width_mm: float
    floating: bool = False
    title: str = ""


def measure(data: bytes) -> tuple[str, int, int]:
    """(format, width, height in pixels) of a PNG, JPEG or GIF, from its head only.

    Raises RenderError for other formats, for nonsense sizes and for more than five megabytes.
    """
    if len(data) > MAX_PICTURE:
        raise RenderError(Fault("big_picture", params={"limit": MAX_PICTURE // (1024 * 1024)}))
    if b"<svg" in data[:2048].lower():
        raise RenderError(Fault("svg_picture"))
    try:
        size = _sized(data)
    except (struct.error, IndexError):
        size = None
    if size is None or not (0 < size[1] <= MAX_SIDE and 0 < size[2] <= MAX_SIDE):
        raise RenderError(Fault("bad_picture"))
    return size


def _sized(data: bytes) -> tuple[str, int, int] | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png", *struct.unpack_from(">II", data, 16)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif", *struct.unpack_from("<HH", data, 6)
    if data.startswith(b"\xff\xd8"):
        return _jpeg_size(data)
    return None


def _jpeg_size(data: bytes) -> tuple[str, int, int] | None:
    """Walk the segments to the frame header (SOF0 to SOF15 but for DHT, JPG and DAC)."""
    at = 2
    while at < len(data) - 9:
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return "jpeg", width, height
        elif marker in (0x01, *range(0xD0, 0xD9)):
            at += 2
        else:
            at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return None


@dataclass(slots=True)
class Gallery:
    """The pictures of one document in the making: files by name, relations by part.

    `limit_emu`: width and height that fit between the margins.
    """

    limit_emu: tuple[int, int]
    part: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    relations: dict[str, dict[str, str]] = field(default_factory=dict)
    count: int = 0

    def place(self, picture: Picture) -> Markup:
        """Draw a picture in the present part: the XML that goes between two pieces of text of one run."""
        suffix, pixels_wide, pixels_high = measure(picture.data)
        width = max(1, round(picture.width_mm * EMU_PER_MM))
        height = width * pixels_high / pixels_wide
        fit = min(1.0, self.limit_emu[0] / width, self.limit_emu[1] / height)
        wide, high = max(1, int(width * fit)), max(1, int(height * fit))
        name = f"picture-{hashlib.sha256(picture.data).hexdigest()[:16]}.{suffix}"
        self.files[name] = picture.data
        known = self.relations.setdefault(self.part, {})
        relation = known.setdefault(name, f"rIdPicture{len(known) + 1}")
        self.count += 1
        number = _FIRST_ID + self.count
        about = f'<wp:docPr id="{number}" name="Picture {self.count}" descr="{escape(picture.title)}"/>'
        frame = _floating(wide, high, about) if picture.floating else _inline(wide, high, about)
        drawing = frame % _graphic(relation, number, wide, high)
        # the title is escaped, all else are numbers and names of our own
        return Markup(f'</w:t><w:drawing>{drawing}</w:drawing><w:t xml:space="preserve">')  # noqa: S704


def _inline(wide: int, high: int, about: str) -> str:
    return (
        f'<wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{wide}" cy="{high}"/>{about.replace("%", "%%")}%s</wp:inline>'
    )


def _floating(wide: int, high: int, about: str) -> str:
    return (
        f'<wp:anchor xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0" '
        'simplePos="0" relativeHeight="1" behindDoc="1" locked="0" layoutInCell="1" allowOverlap="1">'
        '<wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="character"><wp:posOffset>0</wp:posOffset></wp:positionH>'
        # from the paragraph: LibreOffice turns offsets from a line upside down
        f'<wp:positionV relativeFrom="paragraph"><wp:posOffset>{_HALF_LINE - high // 2}</wp:posOffset>'
        "</wp:positionV>"
        f'<wp:extent cx="{wide}" cy="{high}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f"{about.replace('%', '%%')}%s</wp:anchor>"
    )


def _graphic(relation: str, number: int, wide: int, high: int) -> str:
    return (
        f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/picture">'
        f'<pic:pic xmlns:pic="{_DRAWING}/picture">'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="{relation}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip xmlns:r="{_REL}" r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch>'
        "</pic:blipFill><pic:spPr><a:xfrm>"
        f'<a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
    )


def relation_lines(relations: dict[str, str], folder: str) -> str:
    """The lines that a .rels part needs for these pictures; `folder` is where they lie, from that part."""
    return "".join(
        f'<Relationship Id="{number}" Type="{_REL}/image" Target="{folder}{name}"/>'
        for name, number in relations.items()
    )


def content_type_lines(files: dict[str, bytes], known: str) -> str:
    """The lines that [Content_Types].xml lacks for these pictures; `known` is its text."""
    lowered = known.lower()
    suffixes = sorted({name.rsplit(".", 1)[-1] for name in files})
    return "".join(
        f'<Default Extension="{suffix}" ContentType="{_SUFFIXES[suffix]}"/>'
        for suffix in suffixes
        if f'extension="{suffix}"' not in lowered
    )
