"""Files that must not become templates: broken ones as people make them, hostile ones as attackers do.

The tests ask what is said about each, `make bench-documents` how long that takes and how much memory.
"""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from itertools import pairwise

from tests.documents.engine.word_file import R_NS, docx, p, rels, zipped

FIELDS = {
    "client": {
        "name": "Название",
        "inn": "ИНН",
        "kpp": "КПП",
        "address": {"city": "Город", "street": "Улица"},
    },
    "deal": {"number": "Номер", "total": "Сумма", "date": "Дата"},
    "items": [{"name": "Товар", "price": "Цена", "quantity": "Количество"}],
    "data": "Данные",
}

# A tag as typed, and the code of the only fault that it has.
BROKEN: list[tuple[str, str]] = [
    ("{{ client }}", "group_printed"),
    ("{{ items }}", "list_printed"),
    ("{% for i in client.name %}{{ i }}{% endfor %}", "not_a_list"),
    ("{{ client.name.first }}", "unknown_field_perhaps"),
    ("{{ items.price }}", "row_outside"),
    ("{{ client name }}", "two_words_perhaps"),
    ("{{ foo bar }}", "two_words"),
    ("{{ price", "not_closed_brace"),
    ("{% if client.name", "not_closed_brace"),
    ("{{ client.name } и дальше", "not_closed_brace"),
    ("client.name }}", "stray_close"),
    ("если %}", "stray_close"),
    ("{{ }}", "empty_tag"),
    ("{%  %}", "empty_tag"),
    ("{{#loop}}", "foreign_tag"),
    ("{{/loop}}", "foreign_tag"),
    ("{{^items}}", "foreign_tag"),
    ("{#items}", "foreign_tag"),
    ("{{% if client.name %}}", "mixed_braces"),
    ("{% p if client.name %}", "kind_spacing"),
    ("{% if client.name %}", "not_closed"),
    ("{% for i in items %}", "not_closed"),
    ("{% endif %}", "not_opened"),
    ("{% endfor %}", "not_opened"),
    ("{% else %}", "not_opened"),
    ("{% iff client.name %}", "unknown_tag_perhaps"),
    ("{% end if %}", "unknown_tag_perhaps"),
    ("{% wibble %}", "unknown_tag"),
    ("{% if %}{% endif %}", "syntax"),
    ("{{ client.name + }}", "syntax"),
    ("{{ (client.name }}", "syntax"),
    ("{{ client.name ? }}", "odd_character"),
    ("{{ 10 № }}", "odd_character"),
    ("{% if client.name %}{% else client.inn %}{% endif %}", "syntax"),
    ("{%tr for i in items %}", "not_in_table"),
    ("{% vm %}", "not_in_table"),
    ("{{tr client.name }}", "not_in_table"),
    (
        "{% for a in items %}{% for b in items %}{% for c in items %}{% for d in items %}"
        "{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
        "too_deep",
    ),
    ("{% set a = 1 %}", "refused_tag"),
    ("{% include 'x' %}", "refused_tag"),
    ("{% import 'x' as y %}", "refused_tag"),
    ("{% macro a() %}", "refused_tag"),
    ("{% raw %}", "refused_tag"),
    ("{% extends 'x' %}", "refused_tag"),
    ("{% for i in items recursive %}{% endfor %}", "refused_tag"),
    ("{{ 2 ** 99999 }}", "refused_expression"),
    ("{{ client.name is callable }}", "refused_expression"),
    ("{{ client['na' ~ 'me'] }}", "refused_expression"),
    ("{{ 'a' * 500000000 }}", "text_reckoned"),
    ("{{ '%9d' % deal.total }}", "text_reckoned"),
    ("{{ deal.total / '2' }}", "text_reckoned"),
    ("{{ client.name|safe }}", "unknown_filter"),
    ("{{ client.name|attr('x') }}", "unknown_filter"),
    ("{{ client.name|uper }}", "unknown_filter_perhaps"),
    ("{{ 'a'|format(1) }}", "unknown_filter_perhaps"),
    ("{{ deal.total.clear() }}", "call"),
    ("{{ range(9) }}", "call"),
    ("{{ qr(*items) }}", "refused_expression"),
    ("{{ cycler.__init__ }}", "private_name"),
    ("{{ client['__class__'] }}", "private_name"),
    ("{{ ''.__class__.__mro__ }}", "private_name"),
]
# What runs a program, reaches into Python or fills the memory, typed as a tag; every fault names the paragraph.
ATTACKS: dict[str, str] = {
    "a shell through cycler": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "a shell through self": "{{ self.__init__.__globals__.__builtins__.__import__('os').popen('id').read() }}",
    "the mro": "{{ ''.__class__.__mro__ }}",
    "the mro by index": "{{ ''['__class__']['__mro__'] }}",
    "the mro by filter": "{{ ''|attr('__class__') }}",
    "the mro by joined name": "{{ ''['__cla' ~ 'ss__'] }}",
    "a format string": "{{ '{0.__class__}'.format(data) }}",
    "a caller's list": "{{ items.clear() }}",
    "a power": "{{ 9 ** 999999999 }}",
    "a long text": "{{ 'a' * 500000000 }}",
    "a percent of a text": "{{ '%1000000000d' % 1 }}",
    "a long range": "{% for i in range(999999999) %}x{% endfor %}",
    "a padded text": "{{ 'a'|center(999999999) }}",
    "another file": "{% include '/etc/passwd' %}",
    "another file's macros": "{% import '/etc/passwd' as x %}",
    "another layout": "{% extends '/etc/passwd' %}",
    "a macro without end": "{% macro a() %}{{ a() }}{% endmacro %}",
    "brackets": "{{ " + "(" * 5000 + "data" + ")" * 5000 + " }}",
    "an endless sum": "{{ data" + " + data" * 20_000 + " }}",
    "lists in lists": "{% for a in items %}" * 40 + "{% endfor %}" * 40,
}


def bomb(megabytes: int = 1000) -> bytes:
    """A megabyte that unpacks to a thousand; nobody gets as far as its checksum."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = squeezer.compress(b"\0" * 1_000_000) + squeezer.flush(zlib.Z_FULL_FLUSH)
    return _added(docx("{{ a }}"), "word/big.xml", block * megabytes + b"\x03\x00", megabytes * 1_000_000)


def _added(data: bytes, name: str, deflated: bytes, size: int) -> bytes:
    """A zip with one more entry, written by hand so that it may lie."""
    at, count, length = data.rindex(b"PK\x05\x06"), *struct.unpack_from("<HI", data, data.rindex(b"PK\x05\x06") + 10)
    start = struct.unpack_from("<I", data, at + 16)[0]
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(deflated), size, len(name), 0)
    entry = b"PK\x03\x04" + common + name.encode() + deflated
    line = b"PK\x01\x02\x14\x00" + common + struct.pack("<HHHII", 0, 0, 0, 0, start) + name.encode()
    tail = struct.pack("<HHHHIIH", 0, 0, count + 1, count + 1, length + len(line), start + len(entry), 0)
    return data[:start] + entry + data[start:at] + line + b"PK\x05\x06" + tail


def many() -> bytes:
    """More parts than any document has."""
    return docx("x", parts={f"word/a{i}.xml": b"<a/>" for i in range(1100)})


def sum_of_parts() -> bytes:
    """Each part is small enough, all of them are not."""
    return docx("x", parts={f"word/m{i}.bin": bytes(range(256)) * 70_000 for i in range(4)})


def flat() -> bytes:
    """Ten megabytes of one letter."""
    return docx("x", parts={"word/a.xml": b"a" * 10_000_000})


def twice() -> bytes:
    """Two entries of one name: who checks reads the one, who opens the other."""
    out = io.BytesIO(docx("x"))
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("word/document.xml", b"<a/>")
    return out.getvalue()


def liar() -> bytes:
    """The directory says ten bytes, the stream holds a megabyte."""
    data = docx("x", parts={"word/big.xml": b"\0" * 1_000_000})
    at = data.rindex(b"word/big.xml") - 46
    return data[: at + 24] + struct.pack("<I", 10) + data[at + 28 :]


def ole(stream: str) -> bytes:
    """The container of old Word, and of a locked new one."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + stream.encode("utf-16-le") + b"\0" * 100


def laughs() -> bytes:
    """Entities of entities: a billion of them."""
    names = "abcdefghij"
    lines = '<!ENTITY a "lol">' + "".join(f'<!ENTITY {two} "{f"&{one};" * 10}">' for one, two in pairwise(names))
    return docx("x", parts={"word/document.xml": f"<!DOCTYPE a [{lines}]><a>&j;</a>".encode()})


def reads(target: str = "file:///etc/passwd") -> bytes:
    """An entity that stands for a file or an address."""
    text = f'<!DOCTYPE a [<!ENTITY b SYSTEM "{target}">]><w:document xmlns:w="x"><w:body>&b;</w:body></w:document>'
    return docx("x", parts={"word/document.xml": text.encode()})


def related(kind: str, target: str) -> bytes:
    """A relation that leaves the file."""
    return docx("{{ a }}", relations=f'<Relationship Id="r9" Type="{R_NS}/{kind}" Target="{target}" TargetMode="External"/>')


def attached(target: str = "file:///C:/n.dotm") -> bytes:
    """The document hangs on a Word template elsewhere, which may have macros."""
    line = f'<Relationship Id="r1" Type="{R_NS}/attachedTemplate" Target="{target}" TargetMode="External"/>'
    return docx("{{ a }}", parts={"word/_rels/settings.xml.rels": rels(line)})


def field(*instruction: str) -> bytes:
    """A field of Word, its instruction over as many runs."""
    texts = "".join(f"<w:r><w:instrText>{text}</w:instrText></w:r>" for text in instruction)
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    return docx("один", p(begin, texts, middle, end), "{{ a }}")


def wide() -> bytes:
    """A picture of thirty megabytes that no zip makes smaller: refused by its size alone."""
    return b"PK" + b"x" * 32_000_000


MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
# Files by name: how they are made, and the code of their first fault.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a megabyte that unpacks to a thousand": (bomb, "zip_bomb"),
    "ten megabytes of one letter": (flat, "zip_bomb"),
    "parts that are too large together": (sum_of_parts, "zip_bomb"),
    "a thousand parts": (many, "too_many_parts"),
    "two parts of one name": (twice, "odd_entry"),
    "a directory that lies": (liar, "damaged"),
    "a part outside the file": (lambda: docx("{{ a }}", parts={"../evil.xml": b"<a/>"}), "odd_entry"),
    "a billion laughs": (laughs, "doctype"),
    "an entity that reads a file": (reads, "doctype"),
    "an entity that asks a server": (lambda: reads("http://127.0.0.1:9/x"), "doctype"),
    "macros by their type": (lambda: docx("{{ a }}", main_type=MACROS), "macros"),
    "macros in a plain file": (lambda: docx("{{ a }}", parts={"word/vbaProject.bin": b"x"}), "macros"),
    "an ActiveX control": (lambda: docx("{{ a }}", parts={"word/activeX/activeX1.xml": b"<a/>"}), "active_x"),
    "a foreign chunk": (lambda: docx("{{ a }}", "<w:altChunk r:id='rId5'/>"), "alt_chunk"),
    "a picture of a server": (lambda: related("image", "http://127.0.0.1:9/a.png"), "external"),
    "a picture of a disk": (lambda: related("image", "file:///etc/passwd"), "external"),
    "an object of a share": (lambda: related("oleObject", "\\\\host\\share"), "external"),
    "a template elsewhere": (attached, "outside_template"),
    "DDEAUTO": (lambda: field("DDEAUTO c:\\\\windows\\\\cmd.exe"), "field_code"),
    "INCLUDETEXT in pieces": (lambda: field("INCLU", "DETEXT ", "x.docx"), "field_code"),
    "INCLUDEPICTURE": (lambda: field(' includepicture "http://127.0.0.1:9/x"'), "field_code"),
    "a locked file": (lambda: ole("EncryptedPackage"), "password"),
    "an old file": (lambda: ole("WordDocument"), "old_doc"),
    "a file of thirty megabytes": (wide, "too_big_file"),
    "half a file": (lambda: docx("{{ a }}")[:600], "truncated"),
    "a list of texts": (lambda: zipped({"a.txt": b"x"}), "not_docx"),
}
for _name, _tag in ATTACKS.items():
    HOSTILE[f"a tag: {_name}"] = (partial(docx, "первый", _tag), "")
