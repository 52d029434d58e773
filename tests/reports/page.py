"""Reads a report as a browser does, and complains of what a browser would forgive."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "source", "area", "base", "col", "wbr"}
LOADING = {"src", "href", "xlink:href", "srcset", "data", "action", "poster"}
UNSEEN = {"style", "script"}


class Page(HTMLParser):
    """The elements, the text and the references of one HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.faults: list[str] = []
        self.texts: list[str] = []
        self.adjacent = False
        self.inside: dict[int, list[str]] = {}
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        # A name kept in one piece, or a key, is no word apart.
        if tag != "code" and ("class", "name") not in attrs:
            self.adjacent = False
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        self.adjacent = self.adjacent and tag in ("span", "code")
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:] or 'nothing'}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not UNSEEN & set(self.open):
            if self.adjacent:
                self.texts[-1] += data
            else:
                self.texts.append(data)
            self.adjacent = True
        for tag in ("h1", "h2", "h3", "title", "figcaption"):
            if tag in self.open:
                self.inside.setdefault(len(self.tags), []).append(data)

    @property
    def text(self) -> str:
        """All that a reader sees or hears."""
        return " ".join(self.texts).replace("\N{NO-BREAK SPACE}", " ")

    @property
    def references(self) -> list[str]:
        """Whatever a browser would fetch or follow."""
        return [value for _, attrs in self.tags for name, value in attrs.items() if name in LOADING]

    @property
    def ids(self) -> list[str]:
        """Every identifier, in order."""
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every element of one kind."""
        return [attrs for name, attrs in self.tags if name == tag]
