"""Executes every notebook from the top, as a reader would; fails at the first error.

python -m notebooks.execute [--write]
"""

import argparse
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent


def execute(path: Path, write: bool) -> None:
    """Execute one notebook in a kernel of its own.

    Arguments:
        path: of the notebook.
        write: store what the cells show in the file.
    """
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": FOLDER}}
    # Lines that arrive apart by chance of timing are one text for the reader.
    NotebookClient(notebook, timeout=300, resources=folder, coalesce_streams=True).execute()
    if write:
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)  # when it ran is of no interest, and differs
        nbformat.write(notebook, path)


def main() -> int:
    """Execute all notebooks; with --write keep their outputs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="store the outputs in the notebooks")
    write = parser.parse_args().write
    for path in sorted(FOLDER.glob("*.ipynb")):
        print(f"executing {path.name}", flush=True)
        execute(path, write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
