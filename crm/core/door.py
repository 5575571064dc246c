"""What no text of a database and no name of a file can hold, the sign NUL, comes no further than here.

Browsers do not send it in an address, nor in the name of a field or a file: 400. In what was typed it may come along when text is
pasted: there the sign for what cannot be read stands in its place, which people see and the fields of passwords refuse.
"""

from flask import Request, abort
from werkzeug.datastructures import ImmutableMultiDict

NUL, UNREADABLE = "\0", "\ufffd"


def look(request: Request) -> None:
    """Refuse or clean a request whose form, where it has one, was read."""
    names = [request.path, *(text for pair in request.args.items(multi=True) for text in pair)]
    if request.method == "POST":
        names += [*request.form, *request.files, *(file.filename or "" for _name, file in request.files.items(multi=True))]
    if any(NUL in name for name in names):
        abort(400)
    if request.method == "POST" and any(NUL in value for _name, value in request.form.items(multi=True)):
        request.form = ImmutableMultiDict(
            (name, value.replace(NUL, UNREADABLE)) for name, value in request.form.items(multi=True))
