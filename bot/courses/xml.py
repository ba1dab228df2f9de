"""XML record by record, in constant memory; DTDs and entities are refused."""

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import (
    Element,
    ParseError,
    TreeBuilder,
)

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, iterparse

from bot.courses.decoding import AsUtf8, encoding_of
from bot.courses.report import Report, Unreadable

REFUSED = (
    "Die Datei enthält eine DTD oder Entitäten. Damit lassen sich Dateien vom Rechner lesen und der Speicher füllen;"
    " sie wird deshalb nicht gelesen. Bitten Sie den Hersteller um einen Export ohne <!DOCTYPE …>."
)


def elements(file: BinaryIO, root: str, names: tuple[str, ...], report: Report) -> Iterator[Element]:
    """Yield the elements of these names right below the root, each emptied when the next is asked for.

    Raise Unreadable if the root has another name, or the file is no XML to its end.
    """
    stream = AsUtf8(file, encoding_of(file, report))
    parser = DefusedXMLParser(target=TreeBuilder(), encoding="utf-8", forbid_dtd=True)
    top: Element | None = None
    depth = 0
    try:
        for event, element in iterparse(stream, ("start", "end"), parser):
            depth += 1 if event == "start" else -1
            if top is None:
                top = _root(element, root)
            elif event == "end" and depth == 1:
                if local(element) in names:
                    yield element
                top.clear()
    except DefusedXmlException as error:
        raise Unreadable(REFUSED) from error
    except ParseError as error:
        line, _ = error.position
        raise Unreadable(
            f"Zeile {line}: Das ist kein gültiges XML ({error.msg}). Ist die Datei vollständig?"
        ) from error


def _root(element: Element, expected: str) -> Element:
    if local(element) != expected:
        raise Unreadable(
            f"Die Datei beginnt mit <{local(element)}>, erwartet wird <{expected}>. Stimmt --format?"
        )
    return element


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str) -> list[Element]:
    """Return the direct children of this name."""
    return [child for child in element if local(child) == name]


def text(element: Element | None, *path: str) -> str:
    """Return the text at the end of a path of names, "" if it is not there."""
    for name in path:
        element = next(iter(children(element, name)), None) if element is not None else None
    return (element.text or "").strip() if element is not None else ""


def texts(element: Element, name: str) -> tuple[str, ...]:
    """Return the texts of all direct children of this name."""
    return tuple(found for child in children(element, name) if (found := (child.text or "").strip()))
