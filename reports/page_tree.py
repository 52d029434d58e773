"""A page of ours as a tree, so that paper shows what the page shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_VOID = frozenset(("meta", "link", "br", "img", "hr"))
_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass
class Element:
    """An element of a page.

    Arguments:
        tag: its name.
        classes: of it.
        children: elements and text, in order.
        drawing: SVG, of a drawing.
    """

    tag: str
    classes: frozenset[str] = frozenset()
    children: "list[Element | str]" = field(default_factory=list)
    drawing: str = ""

    def all(self, *tags: str) -> "Iterator[Element]":
        """Elements below it with one of these names, in order.

        Arguments:
            tags: their names.
        """
        for child in self.children:
            if isinstance(child, Element):
                if child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def text(self, without: str = "") -> str:
        """What is written in it; as a browser, runs of spaces are one, except of verbatim lines.

        Arguments:
            without: name of elements whose text is left out.
        """
        return "\n".join(_SPACE.sub(" ", line).strip() for line in self._raw(without).split("\n"))

    def line(self, without: str = "") -> str:
        """The same in one line.

        Arguments:
            without: name of elements whose text is left out.
        """
        return _SPACE.sub(" ", self._raw(without)).strip(" ")

    def _raw(self, without: str) -> str:
        parts = (
            child if isinstance(child, str) else child._raw(without)
            for child in self.children
            if isinstance(child, str) or child.tag != without
        )
        return "".join(parts)


def page_tree(page: str) -> Element:
    """Read a page that this room wrote.

    Arguments:
        page: HTML, with drawings as SVG.
    """
    drawings = _DRAWING.findall(page)
    reader = _Reader(drawings)
    reader.feed(_DRAWING.sub("<svg></svg>", page))
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    def __init__(self, drawings: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page")
        self._open = [self.root]
        self._drawings = iter(drawings)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = frozenset((dict(attrs).get("class") or "").split())
        one = Element(tag, classes)
        if tag == "svg":
            one.drawing = next(self._drawings)
            found = re.match(r'<svg[^>]*\bclass="([^"]*)"', one.drawing)
            one.classes = frozenset(found[1].split()) if found else frozenset()
        self._open[-1].children.append(one)
        if tag not in _VOID:
            self._open.append(one)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
