"""The field catalogue as the template page shows it: grouped, searched, ready to be copied."""

from dataclasses import dataclass
from typing import Any

from crm.core.text import fold
from crm.documents.catalogue import Entry, entries


@dataclass(frozen=True)
class FieldGroup:
    """Fields under one heading; `rows` is the name of a list whose rows they are, else empty."""

    label: Any
    fields: list[Entry]
    rows: str = ""
    rows_ru: str = ""


def search(query: str) -> list[FieldGroup]:
    """Groups with the fields whose names, labels or examples hold every word of the query."""
    words = fold(query).split()
    groups: dict[str, FieldGroup] = {}
    for entry in entries():
        place = entry.path.rpartition(".")[0]
        text = fold(" ".join((entry.path, entry.path_ru, str(entry.label), str(entry.group), entry.example_ru,
                              entry.example_en)))
        if all(word in text for word in words):
            many = place.endswith("[]")
            groups.setdefault(place, FieldGroup(
                entry.group or entry.label, [], place[:-2] if many else "",
                entry.path_ru.rpartition(".")[0][:-2] if many else "")).fields.append(entry)
    return list(groups.values())


def tag(path: str, row: str) -> str:
    """The tag to copy: {{ client.inn }}; a field of a list's rows is that of the loop's `row`."""
    name = f"{row}.{path.rpartition('.')[2]}" if "[]" in path else path
    return "{{ " + name + " }}"
