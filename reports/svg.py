"""What every drawing of a report shares: accessible, scalable, no identifier used twice."""

import re
from html import escape

_PROLOGUE = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_STYLE = re.compile(r"\s*<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>")
_OPENING = re.compile(r"<svg[^>]*>")
_BOX = re.compile(r'viewBox="([^"]+)"')
_ID = re.compile(r'\s+id="([^"]+)"')
_REFERENCE = re.compile(r'url\(#([^)]+)\)|xlink:href="#([^"]+)"')
_FAMILY = re.compile(r"(font: [^;\"]*?px |font-family: )[^;\"]*")


def opening(key: str, title: str, description: str, view_box: str, style: str = "") -> str:
    """The start of a drawing: scales with its column, and says in words what it shows.

    Arguments:
        key: unlike that of any other drawing on the page.
        title: its name.
        description: what a reader who cannot see it must know.
        view_box: four numbers.
        style: class of the element.
    """
    kind = f' class="{style}"' if style else ""
    return (
        f'<svg{kind} role="img" aria-labelledby="{key}-title {key}-desc" '
        f'viewBox="{view_box}" width="100%" preserveAspectRatio="xMidYMid meet">'
        f'<title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-desc">{escape(description)}</desc>'
    )


def embedded(drawing: str, key: str, title: str, description: str) -> str:
    """Make what matplotlib writes fit to stand among others in one page.

    Arguments:
        drawing: an SVG document.
        key: unlike that of any other drawing on the page.
        title: its name.
        description: what a reader who cannot see it must know.
    """
    text = _STYLE.sub("", _METADATA.sub("", _PROLOGUE.sub("", drawing, count=1)))
    box = _BOX.search(text)
    if box is None:
        raise ValueError("the drawing has no viewBox")
    used = {first or second for first, second in _REFERENCE.findall(text)}
    text = _ID.sub(lambda m: f' id="{key}-{m[1]}"' if m[1] in used else "", text)
    text = text.replace("url(#", f"url(#{key}-")
    text = text.replace('xlink:href="#', f'xlink:href="#{key}-')
    text = _FAMILY.sub(r"\1var(--fonts, sans-serif)", text)
    text = _OPENING.sub(lambda _: opening(key, title, description, box[1], "chart"), text, count=1)
    return re.sub(r">\s+<", "><", text).strip()
