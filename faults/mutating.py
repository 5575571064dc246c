"""Word templates spoiled at random: bytes, elements, runs, tags and parts, dropped, doubled, swapped, cut and moved."""

import copy
import io
import random
import re
import zipfile
from collections.abc import Callable
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
VOCABULARY = (
    "{{ a }}", "{{ r.x }}", "{{r a }}", "{{ image(a, 20) }}", "{{ a|upper }}", "{{ a|default('нет') }}", "{{ rows|length }}",
    "{{ a * 2 }}", "{{ loop.index }}", "{% if a %}", "{% elif a %}", "{% else %}", "{% endif %}", "{% for r in rows %}", "{% endfor %}",
    "{%p if a %}", "{%p else %}", "{%p endif %}", "{%p for r in rows %}", "{%p endfor %}", "{%tr if a %}", "{%tr endif %}",
    "{%tr for r in rows %}", "{%tr endfor %}", "{%tc for r in rows %}", "{%tc endfor %}", "{%r if a %}", "{%r endif %}", "{% vm %}",
    "{% hm %}", "{% colspan 2 %}", "{% cellbg a %}", "{# note #}", "{{", "}}", "{%", "%}", "{", "}", "{_{ a }_}", "«{{ a }}»",
    "{{ a|default(«нет») }}", "{{% if a %}}", "{{#rows}}", "{{/rows}}", "{{ (a }}", "{{ a. }}", "{{ 1 / 0 }}", "{{ a['x'] }}",
    "{% for r in rows if a %}", "{% set a = 1 %}", "{{ a }}{{ a }}")
CHARACTERS = "{}%#<>&\"'«»“”‘’\u00a0\u200b\u202e\ufeff\x0b\x00\u2028я😀\t\n"


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of a file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """A sound zip of them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, blob in parts.items():
            archive.writestr(name, blob)
    return out.getvalue()


def spoil(data: bytes, dice: random.Random) -> tuple[bytes, list[str]]:
    """The file after one to four of the ways below, and their names."""
    done = []
    parts = parts_of(data)
    for _ in range(dice.choice((1, 1, 1, 2, 2, 4))):
        way = dice.choices(list(WAYS), weights=[weight for _way, weight in WAYS.values()])[0]
        done.append(way)
        WAYS[way][0](parts, dice)
    made = packed(parts)
    if dice.random() < 0.05:
        done.append("bytes of the zip")
        made = _bytes(made, dice)
    return made, done


def _text_part(parts: dict[str, bytes], dice: random.Random) -> str:
    names = [name for name in parts if re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml", name)]
    if not names:
        return next(iter(parts))
    return "word/document.xml" if "word/document.xml" in names and dice.random() < 0.7 else dice.choice(names)


def _bytes(blob: bytes, dice: random.Random) -> bytes:
    out = bytearray(blob)
    for _ in range(dice.randint(1, 4)):
        if not out:
            break
        at = dice.randrange(len(out))
        size = dice.choice((1, 1, 2, 8, 60))
        way = dice.randrange(4)
        if way == 0:
            out[at] = dice.randrange(256)
        elif way == 1:
            del out[at:at + size]
        elif way == 2:
            out[at:at] = out[at:at + size]
        else:
            out[at:at] = dice.choice(CHARACTERS).encode()
    return bytes(out)


def _any_part_bytes(parts: dict[str, bytes], dice: random.Random) -> None:
    name = dice.choice([name for name in parts if name.endswith((".xml", ".rels"))] or list(parts))
    parts[name] = _bytes(parts[name], dice)


def _text_part_bytes(parts: dict[str, bytes], dice: random.Random) -> None:
    name = _text_part(parts, dice)
    parts[name] = _bytes(parts[name], dice)


def _tree(change: Callable[[Any, random.Random], None]) -> Callable[[dict[str, bytes], random.Random], None]:
    """A way that changes the elements of a text part; a part that is no XML any more is left alone."""

    def way(parts: dict[str, bytes], dice: random.Random) -> None:
        name = _text_part(parts, dice)
        try:
            root = etree.fromstring(parts[name])
        except (etree.XMLSyntaxError, ValueError):
            return
        change(root, dice)
        parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    return way


def _some(root: Any, dice: random.Random, *names: str) -> Any:
    found = [element for element in root.iter(*(W + name for name in names)) if element.getparent() is not None]
    return dice.choice(found) if found else None


BLOCKS = ("p", "r", "t", "tbl", "tr", "tc", "tcPr", "tblGrid", "trPr", "pPr", "rPr", "sectPr", "hyperlink", "fldChar", "body")


def _drop(root: Any, dice: random.Random) -> None:
    element = _some(root, dice, *BLOCKS)
    if element is not None:
        element.getparent().remove(element)


def _double(root: Any, dice: random.Random) -> None:
    element = _some(root, dice, *BLOCKS)
    if element is not None:
        element.addnext(copy.deepcopy(element))


def _swap(root: Any, dice: random.Random) -> None:
    kind = dice.choice(("p", "r", "tr", "tc", "tbl", "t"))
    one, two = _some(root, dice, kind), _some(root, dice, kind)
    if one is None or two is None or one is two or one in list(two.iterancestors()) or two in list(one.iterancestors()):
        return
    first, second = copy.deepcopy(one), copy.deepcopy(two)
    one.getparent().replace(one, second)
    two.getparent().replace(two, first)


def _move(root: Any, dice: random.Random) -> None:
    element, target = _some(root, dice, "p", "r", "tr", "tc", "tbl"), _some(root, dice, *BLOCKS)
    if element is None or target is None or target is element or element in list(target.iterancestors()):
        return
    (target.addnext if dice.random() < 0.7 else target.append)(element)


def _cut_run(root: Any, dice: random.Random) -> None:
    run = _some(root, dice, "r")
    texts = [] if run is None else run.findall(W + "t")
    if not texts or not texts[0].text:
        return
    at = dice.randrange(len(texts[0].text) + 1)
    twin = copy.deepcopy(run)
    twin.find(W + "t").text = texts[0].text[at:]
    texts[0].text = texts[0].text[:at]
    run.addnext(twin)
    if dice.random() < 0.5:
        run.addnext(run.makeelement(W + dice.choice(("proofErr", "bookmarkStart", "bookmarkEnd")), {W + "id": "77"}))


def _merge_runs(root: Any, dice: random.Random) -> None:
    run = _some(root, dice, "r")
    after = None if run is None else run.getnext()
    if after is not None and after.tag == W + "r":
        run.extend(list(after))
        after.getparent().remove(after)


def _retext(change: Callable[[str, random.Random], str]) -> Callable[[Any, random.Random], None]:
    """A way that changes the joined text of a paragraph, put into its first run or cut anew over all."""

    def way(root: Any, dice: random.Random) -> None:
        with_tags = [p for p in root.iter(W + "p") if "{" in "".join(t.text or "" for t in p.iter(W + "t"))]
        paragraph = dice.choice(with_tags) if with_tags and dice.random() < 0.8 else _some(root, dice, "p")
        texts = [] if paragraph is None else list(paragraph.iter(W + "t"))
        if paragraph is None:
            return
        if not texts:
            texts = [etree.SubElement(etree.SubElement(paragraph, W + "r"), W + "t")]
        text = change("".join(t.text or "" for t in texts), dice)
        text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
        cuts = sorted(dice.randrange(len(text) + 1) for _ in texts[1:])
        for element, start, end in zip(texts, [0, *cuts], [*cuts, len(text)], strict=True):
            element.text = text[start:end]

    return way


def _drop_tag(text: str, dice: random.Random) -> str:
    tags = TAG.findall(text)
    return text.replace(dice.choice(tags), "", 1) if tags else text


def _double_tag(text: str, dice: random.Random) -> str:
    tags = TAG.findall(text)
    return text + dice.choice(tags) if tags else text


def _swap_tags(text: str, dice: random.Random) -> str:
    tags = TAG.findall(text)
    if len(tags) < 2:
        return text + dice.choice(VOCABULARY)
    dice.shuffle(tags)
    left = iter(tags)
    return TAG.sub(lambda _match: next(left), text)


def _other_tag(text: str, dice: random.Random) -> str:
    new = dice.choice(VOCABULARY)
    tags = TAG.findall(text)
    if tags and dice.random() < 0.5:
        return text.replace(dice.choice(tags), new, 1)
    at = dice.randrange(len(text) + 1)
    return text[:at] + new + text[at:]


def _other_kind(text: str, dice: random.Random) -> str:
    return re.sub(r"\{%(?:p|tr|tc|r)?(?= )", "{%" + dice.choice(("", "p", "tr", "tc", "r")), text, count=1)


def _odd_character(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + dice.choice(CHARACTERS) + text[at + dice.randrange(2):]


def _drop_part(parts: dict[str, bytes], dice: random.Random) -> None:
    parts.pop(dice.choice(list(parts)))
    if not parts:
        parts["x"] = b""


def _swap_parts(parts: dict[str, bytes], dice: random.Random) -> None:
    one, two = dice.choice(list(parts)), dice.choice(list(parts))
    parts[one], parts[two] = parts[two], parts[one]


def _double_part(parts: dict[str, bytes], dice: random.Random) -> None:
    name = dice.choice(list(parts))
    parts[dice.choice((name.upper(), name + "2", "word/copy.xml", "word/media/" + name.rsplit("/", 1)[-1]))] = parts[name]


def _cut_part(parts: dict[str, bytes], dice: random.Random) -> None:
    name = dice.choice(list(parts))
    parts[name] = parts[name][:dice.randrange(len(parts[name]) + 1)]


WAYS: dict[str, tuple[Callable[[dict[str, bytes], random.Random], None], int]] = {
    "bytes of a text part": (_text_part_bytes, 2), "bytes of any part": (_any_part_bytes, 2),
    "an element dropped": (_tree(_drop), 5), "an element doubled": (_tree(_double), 5), "elements swapped": (_tree(_swap), 4),
    "an element moved": (_tree(_move), 5), "a run cut": (_tree(_cut_run), 6), "runs merged": (_tree(_merge_runs), 2),
    "a tag dropped": (_tree(_retext(_drop_tag)), 6), "a tag doubled": (_tree(_retext(_double_tag)), 5),
    "tags swapped": (_tree(_retext(_swap_tags)), 5), "another tag": (_tree(_retext(_other_tag)), 10),
    "another kind": (_tree(_retext(_other_kind)), 6), "an odd character": (_tree(_retext(_odd_character)), 4),
    "a part dropped": (_drop_part, 1), "parts swapped": (_swap_parts, 1), "a part doubled": (_double_part, 1), "a part cut": (_cut_part, 1),
}
