"""Small .docx files made by hand, so that each test shows exactly the XML that it is about."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from xml.sax.saxutils import escape

from lxml import etree

W_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_NAMES = f'xmlns:w="{W_NS}" xmlns:r="{R_NS}"'
SECTION = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701"/></w:sectPr>'
)


def run(text: str, properties: str = "") -> str:
    """One run."""
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inside}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*texts: str, properties: str = "") -> str:
    """One paragraph; each text is a run of its own. A text that begins with < is XML."""
    inside = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{inside}{''.join(t if t.startswith('<') else run(t) for t in texts)}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    """A table of texts; a cell that begins with < is XML."""
    columns = "".join('<w:gridCol w:w="1000"/>' for _ in range(max(map(len, rows))))
    body = "".join(
        "<w:tr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="1000" w:type="dxa"/></w:tcPr>{c if c[:1] == "<" else p(c)}</w:tc>'
            for c in row
        )
        + "</w:tr>"
        for row in rows
    )
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{body}</w:tbl>"


def root(name: str, inside: str) -> bytes:
    """The XML of one text part."""
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{name} {_NAMES}>{inside}</w:{name}>'.encode()


def docx(
    *body: str,
    header: str = "",
    footer: str = "",
    footnotes: str = "",
    parts: Mapping[str, bytes] | None = None,
    relations: str = "",
    types: str = "",
    main_type: str = WORD + "document.main+xml",
) -> bytes:
    """A whole .docx. Texts of the body that do not begin with < are paragraphs."""
    blocks = "".join(b if b.startswith("<") else p(b) for b in body)
    section = SECTION
    extra: dict[str, bytes] = {}
    for kind, tag, text in (("header", "hdr", header), ("footer", "ftr", footer)):
        if text:
            relations += f'<Relationship Id="rId{kind}" Type="{R_NS}/{kind}" Target="{kind}1.xml"/>'
            types += f'<Override PartName="/word/{kind}1.xml" ContentType="{WORD}{kind}+xml"/>'
            extra[f"word/{kind}1.xml"] = root(tag, text if text.startswith("<") else p(text))
            reference = f'<w:{kind}Reference w:type="default" r:id="rId{kind}"/>'
            section = section.replace("<w:sectPr>", f"<w:sectPr>{reference}")
    if footnotes:
        relations += f'<Relationship Id="rIdNotes" Type="{R_NS}/footnotes" Target="footnotes.xml"/>'
        types += f'<Override PartName="/word/footnotes.xml" ContentType="{WORD}footnotes+xml"/>'
        extra["word/footnotes.xml"] = root("footnotes", f'<w:footnote w:id="1">{p(footnotes)}</w:footnote>')
    files = {
        "[Content_Types].xml": (
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main_type}"/>{types}</Types>'
        ).encode(),
        "_rels/.rels": rels(
            f'<Relationship Id="rId1" Type="{R_NS}/officeDocument" Target="word/document.xml"/>'
        ),
        "word/document.xml": root("document", f"<w:body>{blocks}{section}</w:body>"),
        "word/_rels/document.xml.rels": rels(relations),
        **extra,
        **(parts or {}),
    }
    return zipped(files)


def rels(lines: str) -> bytes:
    """A .rels part."""
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{space}">{lines}</Relationships>'.encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, blob in files.items():
            archive.writestr(name, blob)
    return out.getvalue()


def part(data: bytes, name: str = "word/document.xml") -> str:
    """The text of one part of a made file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return archive.read(name).decode("utf-8")


def names(data: bytes) -> list[str]:
    """The parts of a made file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def texts(data: bytes, name: str = "word/document.xml") -> list[str]:
    """The text of each paragraph of a part; breaks as newlines, tabs as tabs."""
    found = []
    for paragraph in etree.fromstring(part(data, name).encode()).iter(f"{{{W_NS}}}p"):
        words = []
        for element in paragraph.iter():
            short = etree.QName(element).localname
            words.append({"t": element.text or "", "br": "\n", "tab": "\t"}.get(short, ""))
        found.append("".join(words))
    return found


def png(width: int = 2, height: int = 2) -> bytes:
    """A white PNG of this size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + b"\xff" * 3 * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
