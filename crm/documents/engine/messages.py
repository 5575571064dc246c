"""Sentences for faults. English here, marked for extraction; the caller passes its own gettext."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final


def N_(msgid: str) -> str:  # noqa: N802 - the name that extractors of messages know
    """Mark a sentence for extraction and return it unchanged."""
    return msgid


SENTENCES: Final[dict[str, str]] = {
    # the container
    "empty_file": N_("The file is empty. Save the document in Word again and upload it."),
    "too_big_file": N_(
        "The file is larger than %(limit)s MB. Make its pictures smaller and upload it again."
    ),
    "not_docx": N_("This is not a Word document. Save it in Word as .docx and upload it again."),
    "plain_text": N_("This is plain text under a Word name. Open it in Word and save it as .docx."),
    "rtf": N_("This is an RTF file. Open it in Word and save it as .docx."),
    "pdf": N_("This is a PDF. A template has to be a Word document: save the original as .docx."),
    "old_doc": N_("The file is in the old .doc format. Open it in Word and save it as .docx."),
    "password": N_("The file is locked with a password. Remove the password in Word and upload it again."),
    "truncated": N_("The file is incomplete: its end is missing. Upload it again from the original."),
    "damaged": N_(
        "The file is damaged inside (“%(part)s”). Open it in Word, let Word repair it, save it and upload it again."
    ),
    "missing_part": N_(
        "A part of the file is missing (“%(part)s”). Open it in Word, let Word repair it, save it and upload it again."
    ),
    "too_long": N_("The document is far too long for a template (“%(part)s”). Split it into several files."),
    "not_marked": N_("Word comments cannot be put into this file. Read the remarks on the page."),
    "zip_bomb": N_("The file unpacks to far more than a document holds, so it was not opened."),
    "too_many_parts": N_("The file holds more than %(limit)s parts, so it was not opened."),
    "odd_entry": N_("The file holds an entry that Word does not write: “%(part)s”."),
    "other_office": N_("This is a spreadsheet, a presentation or another office file, not a .docx document."),
    "strict_ooxml": N_(
        "The file is a “Strict Open XML” document. Save it as an ordinary Word document (.docx)."
    ),
    "odd_xml": N_(
        "“%(part)s” is not written the way Word does it. Open the file in Word and save it as .docx."
    ),
    "macros": N_("The file contains macros. Save it as .docx without macros."),
    "active_x": N_("The file contains ActiveX controls. Remove them and upload it again."),
    "alt_chunk": N_("Another file is inserted into the document. Insert its text instead."),
    "doctype": N_("“%(part)s” contains a DOCTYPE, which Word never writes. The file was not opened."),
    "external": N_(
        "The document loads something from outside: “%(target)s”. Insert it into the file itself."
    ),
    "outside_template": N_(
        "The document is attached to the Word template “%(target)s”. "
        "Detach it: Developer, Document Template, Normal."
    ),
    "field_code": N_("The field %(field)s reads another file. Replace it with its text."),
    # tags
    "not_closed_brace": N_("The tag “%(tag)s” has no end: %(close)s is missing."),
    "stray_close": N_("“%(tag)s” closes a tag that was never opened."),
    "loose_brace": N_("There is a lone brace between two paragraphs. Delete it or finish the tag."),
    "empty_tag": N_("The tag “%(tag)s” is empty."),
    "foreign_row": N_(
        "“%(tag)s” is a tag of another program. In a table a list takes three rows here: {%%tr for item in items %%}, "
        "the row with the fields, {%%tr endfor %%}."
    ),
    "foreign_tag": N_(
        "“%(tag)s” is a tag of another program. A list here: {%% for item in items %%} … {%% endfor %%}."
    ),
    "mixed_braces": N_("“%(tag)s” mixes two kinds of braces. Write {%% … %%}."),
    "kind_spacing": N_("“%(tag)s”: the letter goes next to the brace, like this: %(right)s."),
    "long_tag": N_("The tag “%(tag)s…” is longer than %(limit)s characters."),
    "broken_tag": N_(
        "“%(tag)s” begins and ends in different places, one of them a link or a box. Retype it."
    ),
    "kind_content": N_("“%(tag)s”: such a tag must not contain braces or a percent sign."),
    "syntax": N_("The tag “%(tag)s” is written with a mistake near “%(near)s”."),
    "odd_character": N_(
        "The tag “%(tag)s” contains the character “%(character)s”, which is not allowed there."
    ),
    "two_words": N_("“%(tag)s”: a name must not contain spaces. Join the words with a dot or an underscore."),
    "two_words_perhaps": N_("“%(tag)s”: a name must not contain spaces; perhaps “%(suggestion)s” is meant."),
    "unknown_tag": N_("The tag “%(tag)s” begins with “%(word)s”, which is not known here."),
    "unknown_tag_perhaps": N_("The tag “%(tag)s” begins with “%(word)s”; perhaps “%(suggestion)s” is meant."),
    "refused_tag": N_("“%(word)s” is not allowed in a document template (tag “%(tag)s”)."),
    "not_closed": N_("The tag “%(tag)s” is not closed: %(close)s is missing."),
    "not_opened": N_("The tag “%(tag)s” closes nothing: %(open)s is missing before it."),
    "crossed": N_("“%(tag)s” stands where “%(opener)s” (%(where)s) has to be closed first."),
    "uneven": N_(
        "“%(tag)s” is opened here and continued or closed elsewhere (%(where)s). "
        "Put its parts in the same kind of place."
    ),
    "unbalanced": N_(
        "A condition or a list cuts across paragraphs or cells. Open and close it at the same level."
    ),
    "outside_text": N_("The tag “%(tag)s” stands where no text can be put. Move it into ordinary text."),
    "two_block_tags": N_(
        "Two tags that stand for the whole element are in one place. Give “%(tag)s” its own line."
    ),
    "lost_tag": N_("“%(tag)s” will vanish together with “%(eater)s”. Move it to another row or paragraph."),
    "not_in_table": N_("“%(tag)s” works only inside a table."),
    "too_deep": N_("Lists inside lists go deeper than %(limit)s levels at “%(tag)s”."),
    # expressions
    "call": N_("“%(tag)s” calls “%(name)s”, which is not allowed. Name the field only."),
    "private_name": N_("“%(tag)s” reaches for “%(name)s”, which is not a field."),
    "refused_expression": N_("“%(tag)s” uses something that is not allowed in a template (%(name)s)."),
    "text_reckoned": N_("“%(tag)s” calculates with a text (%(sign)s). Put a field that is a number there."),
    "text_for_number": N_(
        "“%(name)s” is a text, which cannot be reckoned with or compared to a number (“%(tag)s”). Put “%(suggestion)s” in its place."
    ),
    "unknown_filter": N_(
        "“%(tag)s” uses the filter “%(name)s”, which does not exist here. Delete it together with the | before it."
    ),
    "unknown_filter_perhaps": N_(
        "“%(tag)s” uses the filter “%(name)s”, which does not exist; perhaps “%(suggestion)s” is meant."
    ),
    "unknown_field": N_(
        "There is no field “%(name)s”. Choose one from the list of fields, or put ordinary text in its place."
    ),
    "unknown_field_perhaps": N_("There is no field “%(name)s”; perhaps “%(suggestion)s” is meant."),
    "row_outside": N_(
        "“%(name)s” works only inside the list: {%% for %(item)s in %(rows)s %%} … {%% endfor %%}, "
        "in a table between the rows {%%tr for %(item)s in %(rows)s %%} and {%%tr endfor %%}."
    ),
    "in_pieces": N_(
        "There is no field “%(name)s”. Put “%(suggestion)s” in place of the whole, the text between its pieces included."
    ),
    "group_printed": N_("“%(name)s” is a group of fields. Choose one of them, for example “%(example)s”."),
    "list_printed": N_("“%(name)s” is a list. Go through it: {%% for item in %(name)s %%} … {%% endfor %%}."),
    "not_a_list": N_("“%(name)s” is not a list, so “for” cannot go through it."),
    # making a document
    "missing_value": N_("The field “%(name)s” was not among the data."),
    "not_a_number": N_("A calculation in the template met a text where a number has to be. Use a field with a number."),
    "zero_division": N_(
        "A calculation in the template divided by zero. Leave it out where the number may be 0: {%% if … %%} … {%% endif %%}."
    ),
    "no_row": N_(
        "“%(tag)s” asks for row %(number)s of a list that has fewer. "
        "Go through the list: {%% for item in items %%} … {%% endfor %%}."
    ),
    "failed_value": N_("A value could not be calculated (%(detail)s)."),
    "too_large": N_("The document would be larger than %(limit)s MB."),
    "too_many_steps": N_("The lists of this template add up to too many rows."),
    "bad_picture": N_("The picture is not PNG, JPEG or GIF."),
    "svg_picture": N_("The picture is SVG, which Word does not show everywhere. Save it as PNG."),
    "big_picture": N_("The picture is larger than %(limit)s MB. Make it smaller."),
    # warnings
    "font_without_cyrillic": N_(
        "The font %(font)s has no free equivalent with Cyrillic letters: in PDF the text will look different."
    ),
    "font_replaced": N_("The font %(font)s will be replaced in PDF."),
    "tracked_changes": N_("The document has tracked changes. Accept or reject them in Word."),
    "comments_inside": N_("The comments in this file will not get into the documents made from it."),
    "embedded_object": N_("The document carries an embedded file: “%(part)s”. It will be in every document."),
    "text_lost": N_("The text beside “%(tag)s” will vanish together with the tag: “%(text)s”."),
    "no_tags": N_("Nothing in this file will change from deal to deal: there is no field in it."),
    "form_beside": N_("After “%(words)s”, “%(suggestion)s” fits better than “%(name)s”: it has the form that is asked for there."),
    "fixed_word": N_("“%(words)s” is written out and stays the same in every document; the field %(suggestion)s agrees with each client."),
    "other_program": N_(
        "“%(tag)s” looks like a field of another program and will stay as it stands. Here fields are written in double braces: {{ … }}."
    ),
    "other_program_perhaps": N_(
        "“%(tag)s” looks like a field of another program and will stay as it stands; perhaps %(suggestion)s is meant."
    ),
    "row_by_number": N_(
        "“%(tag)s” names row %(number)s of a list: no document can be made where there are fewer rows. "
        "Go through the list: {%% for item in %(rows)s %%} … {%% endfor %%}."
    ),
    "unknown_optional": N_("There is no field “%(name)s”; its replacement value will always be used."),
}

_PARTS: Final[dict[str, str]] = {
    "header": N_("Header"),
    "footer": N_("Footer"),
    "footnotes": N_("Footnotes"),
    "endnotes": N_("Endnotes"),
}
_PARAGRAPH: Final = N_("paragraph %(number)s")
_CELL: Final = N_("table %(table)s, row %(row)s, cell %(cell)s")


def describe(code: str, tag: str, params: Mapping[str, object], gettext: Callable[[str], str]) -> str:
    """The sentence of a code in the language of `gettext`, details filled in; a place among them in words.

    Raises KeyError for an unknown code.
    """
    worded: dict[str, object] = {"tag": tag}
    for name, value in params.items():
        say = getattr(value, "message", None)
        worded[name] = say(gettext) if say else value
    return gettext(SENTENCES[code]) % worded


def locate(
    part: str,
    paragraph: int | None,
    cell: tuple[int | None, int | None, int | None],
    gettext: Callable[[str], str],
) -> str:
    """A place in words, beginning with a capital letter: “Header, paragraph 2”. `cell`: table, row, cell."""
    words: list[str] = []
    if part in _PARTS:
        words.append(gettext(_PARTS[part]))
    if cell[0] is not None:
        words.append(gettext(_CELL) % dict(zip(("table", "row", "cell"), cell, strict=True)))
    elif paragraph is not None:
        words.append(gettext(_PARAGRAPH) % {"number": paragraph})
    sentence = ", ".join(words)
    return sentence[:1].upper() + sentence[1:]
