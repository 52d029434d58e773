"""The what-if page: knobs on the left, what the stack does then on the right."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bokeh.document import Document as Page
from bokeh.layouts import column, row
from bokeh.models.widgets import Button, Div, Select, Spinner, TextInput

from commands.explore_plots import LoadPlot, TimePlot
from commands.report import OUTPUT, report
from models.catalog.records import Catalog
from models.description.plain_values import said
from models.prediction import Prediction
from models.prediction.figures import all_figures, headline
from models.reading.document import Document, changed_document, read_document
from models.reading.faults import InvalidDescription
from models.reading.rewriting import rewritten
from models.reading.variations import parse_variations
from reports.answer_tables import objectives, verdict
from reports.figure_wording import called, figure_in_words
from reports.files import check_folder, write_whole
from reports.palette import BAD, GOOD, MUTED
from sim.choosing.what_if import YEARS, Knob, WhatIf, knobs, what_if
from sim.predict import NoProgress, predict

_WHOLE = 1000  # years of a report that is saved
_MOST_NODES = 20_000


@dataclass
class Explorer:
    """One page, of one browser tab.

    Arguments:
        page: what the browser shows.
        document: of the stack.
        catalog: the facts.
        seed: of the simulation.
        changes: moved since the stack was loaded, by path.
        shown: what is shown now; None where the stack can't be so.
    """

    page: Page
    document: Document
    catalog: Catalog
    seed: int
    changes: dict[str, Any] = field(default_factory=dict)
    shown: WhatIf | None = None

    def __post_init__(self) -> None:
        self.head, self.answer, self.said = Div(name="head"), Div(name="answer"), Div(name="said")
        self.file = TextInput(title="Stack file", value=self.document.name, name="file")
        load = Button(label="Load", name="load")
        load.on_click(self._loaded)
        self.save_as = TextInput(title="Save as", value="what-if.yaml", name="save-as")
        save = Button(label="Save stack", name="save", button_type="primary")
        save.on_click(self._saved)
        whole = Button(label="Save report", name="report")
        whole.on_click(self._reported)
        self.knobs = column(width=300)
        self.against_time, self.against_load = TimePlot(), LoadPlot()
        files = column(self.file, load, self.save_as, row(save, whole), self.said, width=300)
        plots = row(self.against_time.plot, self.against_load.plot)
        self.page.add_root(
            column(self.head, row(column(self.knobs, files), column(self.answer, plots)))
        )
        self.page.title = "windtunnel"
        self._turn_knobs()
        self.show()

    def show(self) -> None:
        """What the stack does as it stands."""
        try:
            self.shown = what_if(self.document, self.catalog, self.changes, self.seed)
        except (InvalidDescription, NoProgress) as error:
            self.shown = None
            lines = error.lines() if isinstance(error, InvalidDescription) else [str(error)]
            self.answer.text = "".join(_said(BAD, line) for line in lines)
            self._draw()
            return
        prediction = self.shown.prediction
        self.head.text = f"<h1 style='margin:0'>{html.escape(prediction.stack)}</h1>"
        self.answer.text = _answer(prediction)
        self._draw()

    def _draw(self) -> None:
        self.against_time.show(self.shown)
        self.against_load.show(self.shown)

    def _turn_knobs(self) -> None:
        self.knobs.children = [self._widget(knob) for knob in knobs(self.document, self.catalog)]

    def _widget(self, knob: Knob) -> Any:
        """A control for a value: a list, a number, or a text where anything may be written."""
        turned = self._turned(knob)
        if knob.counted:
            low = min(min(knob.values), 1)
            one: Any = Spinner(
                title=knob.path, low=low, high=_MOST_NODES, step=1, name=knob.path,
                value=low if knob.value is None else knob.value,
            )  # fmt: skip
        elif knob.values:
            options: list[Any] = [said(value) for value in knob.values]
            # What the file does not say stands at the first until somebody chooses.
            one = Select(title=knob.path, options=options, name=knob.path)
            one.value = options[0] if knob.value is None else said(knob.value)
        else:
            one = TextInput(title=knob.path, value=said(knob.value), name=knob.path)
        one.on_change("value", turned)
        return one

    def _turned(self, knob: Knob) -> Callable[[str, Any, Any], None]:
        def turn(attribute: str, before: Any, after: Any) -> None:
            try:
                self.changes[knob.path] = _value(knob, after)
            except InvalidDescription as error:
                self.answer.text = "".join(_said(BAD, line) for line in error.lines())
                return
            self.show()

        return turn

    def _loaded(self) -> None:
        try:
            document = read_document(self.file.value)
            knobs(document, self.catalog)
        except InvalidDescription as error:
            self.said.text = "".join(_said(BAD, line) for line in error.lines())
            return
        self.document, self.changes = document, {}
        self._turn_knobs()
        self.said.text = ""
        self.show()

    def _saved(self) -> None:
        path = Path(self.save_as.value or "what-if.yaml")
        try:
            changed_document(self.document, self.changes)
            text = rewritten(self.document.name, self.document.text, self.changes)
            check_folder(path.parent)
            write_whole({path: text.encode()})
        except (InvalidDescription, OSError) as error:
            self.said.text = _said(BAD, str(error))
            return
        self.said.text = _said(GOOD, f"saved: windtunnel predict {path}")

    def _reported(self) -> None:
        if self.shown is None:
            self.said.text = _said(BAD, "there is nothing to report")
            return
        stack_file = self.shown.stack_file
        try:
            check_folder(OUTPUT)
            whole = predict(stack_file, self.catalog, seed=self.seed, replications=_WHOLE)
            written, *_ = report(stack_file, whole)
        except OSError as error:
            self.said.text = _said(BAD, str(error))
            return
        self.said.text = _said(GOOD, f"saved: {written}")


def _value(knob: Knob, text: Any) -> Any:
    """What a control says as the file would have it."""
    if not isinstance(text, str):
        return text if text is None else int(text)
    by_text = {said(value): value for value in knob.values}
    if text in by_text:
        return by_text[text]
    (axis,) = parse_variations([f"{knob.path}={text}"])
    return axis.values[0]


def _said(colour: str, text: str) -> str:
    return f"<p style='color:{colour};margin:4px 0'>{html.escape(text)}</p>"


def _answer(prediction: Prediction) -> str:
    """Verdict, objectives and headline figures."""
    colour = GOOD if prediction.fine else BAD
    known = all_figures(prediction)
    rows = "".join(
        f"<tr><td style='padding-right:24px;color:{MUTED}'>{html.escape(called(known[key]))}</td>"
        f"<td>{html.escape(figure_in_words(known[key], known[key].value))}</td></tr>"
        for key in headline(prediction, known)
    )
    wanted = "".join(
        f"<tr><td style='padding-right:24px'>{html.escape(cells[0].text)}</td>"
        f"<td>{html.escape(cells[1].text)}: {html.escape(cells[2].text)};"
        f" {html.escape(cells[3].text)}</td></tr>"
        for cells in objectives(prediction).rows
    )
    return (
        f"<h2 id='verdict' style='color:{colour}'>{html.escape(verdict(prediction))}</h2>"
        f"<table>{wanted}</table><table style='margin-top:8px'>{rows}</table>"
        f"<p style='color:{MUTED}'>{YEARS} simulated years; a report has {_WHOLE:,}.</p>"
    )
