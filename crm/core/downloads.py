"""Files that leave the program as a download, under a name that every browser and mail program can read."""

import re
import unicodedata
from typing import IO
from urllib.parse import quote

from flask import Response, send_file

LATIN = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", (
    "a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh",
    "shch", "", "y", "", "e", "yu", "ya"), strict=True))
UNFIT = re.compile(r"[^A-Za-z0-9 ._()+-]+")
FILE = "file"  # for a name without a letter that can be written in Latin
AS_IS = "!#$&+-.^_`|~"  # attr-char of RFC 5987


def download(file: IO[bytes], mimetype: str, name: str) -> Response:
    """The file under its own name (filename*, RFC 6266), and under a Latin one for programs that know no other."""
    response = send_file(file, mimetype, as_attachment=True, download_name=name, max_age=0)
    if not name.isascii():  # werkzeug drops what is not ASCII, which of a Russian name leaves blanks
        response.headers.set("Content-Disposition", "attachment", filename=latin_name(name),
                             **{"filename*": f"UTF-8''{quote(name, safe=AS_IS)}"})
    return response


def latin_name(name: str) -> str:
    """A file's name in Latin letters: 'КП 1-2026 ООО «Порт».docx' is 'KP 1-2026 OOO Port.docx'."""
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    plain = " ".join(UNFIT.sub(" ", _latin(stem)).split()).strip(" .")
    return (plain if re.search(r"[A-Za-z0-9]", plain) else FILE) + dot + UNFIT.sub("", _latin(ending))


def _latin(text: str) -> str:
    spelt = re.sub(r"\w+", lambda word: _word(word[0]), unicodedata.normalize("NFC", text).replace("№", "No ").replace("ß", "ss"))
    return unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()


def _word(word: str) -> str:
    found = "".join(one if (latin := LATIN.get(one.lower())) is None else latin if one.islower() else latin.capitalize() for one in word)
    return found.upper() if len(word) > 1 and word.isupper() else found
