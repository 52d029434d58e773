"""The text of a cell on a terminal, of which long paths go on in the next line behind a dot."""

from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.containers import Lines
from rich.text import Text

from reports.pieces import in_pieces


class CellText(Text):
    """A text in one style."""

    def wrap(self, console: Console, width: int, **options: Any) -> Lines:
        """Lines of a width, cells; the options are those of any text.

        Arguments:
            console: that they are for.
            width: of the column.
            options: as of `Text.wrap`.
        """
        lines = (in_pieces(line, width, cell_len) for line in self.plain.split("\n"))
        return Text("\n".join(lines), style=self.style).wrap(console, width, **options)
