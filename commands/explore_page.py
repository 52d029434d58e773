"""The what-if page: knobs on the left, what the stack does then on the right."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bokeh.core.templates import get_env
from bokeh.document import Document as Page
from bokeh.events import DocumentReady
from bokeh.layouts import column, row
from bokeh.models.widgets import Button, Div, Select, Spinner, TextInput

from commands.explore_layout import ANSWER, COLOURS, HEAD, PAGE, SIDE_BY_SIDE
from commands.explore_plots import LoadPlot, TimePlot
from commands.report import OUTPUT, report
from models.catalog.offers import offer_in_words
from models.catalog.records import Catalog
from models.description.plain_values import said
from models.description.printable import printable
from models.prediction import Prediction
from models.prediction.comparison_answer import Variant
from models.prediction.figures import all_figures, headline
from models.reading.document import Document, changed_document, read_document
from models.reading.faults import InvalidDescription
from models.reading.rewriting import rewritten
from models.reading.variations import parse_variations
from reports.answer_tables import objectives, verdict
from reports.figure_wording import called, figure_in_words
from reports.files import check_folder, write_whole
from reports.palette import BAD, GOOD
from sim.choosing.what_if import YEARS, Knob, WhatIf, knobs, others, what_if
from sim.explaining.inputs import bettered
from sim.predict import NoProgress, predict

_WHOLE = 1000  # years of a report that is saved
_MOST_NODES = 20_000
_WIDE: Mapping[str, Any] = {"sizing_mode": "stretch_width"}


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
        self.head = Div(name="head", stylesheets=[HEAD], **_WIDE)
        self.said = Div(name="said", **_WIDE)
        self.answer = Div(name="answer", stylesheets=[ANSWER], **_WIDE)
        self.file = TextInput(title="Stack file", value=self.document.name, name="file", **_WIDE)
        load = Button(label="Load", name="load")
        load.on_click(self._loaded)
        self.save_as = TextInput(title="Save as", value="what-if.yaml", name="save-as", **_WIDE)
        save = Button(label="Save stack", name="save", button_type="primary")
        save.on_click(self._saved)
        whole = Button(label="Save report", name="report")
        whole.on_click(self._reported)
        self.knobs = column(name="knobs", **_WIDE)
        self.against_time, self.against_load = TimePlot(), LoadPlot()
        self._points: list[Variant] = []
        self._coming: Iterator[Variant] = iter(())
        files = (self.file, load, self.save_as, row(save, whole), self.said)
        plots = (self.against_time.plot, self.against_load.plot)
        for root in (
            *(self.head, self.knobs, self.answer),
            column(*files, name="files", **_WIDE),
            row(*plots, name="plots", stylesheets=[SIDE_BY_SIDE], **_WIDE),
        ):
            self.page.add_root(root)
        self.page.template = get_env().from_string(PAGE)
        self.page.template_variables.update(COLOURS)
        self.page.title = f"{self.document.name}: windtunnel"
        self._first: WhatIf | None = None
        self._turn_knobs()
        self.show()
        # Until the page is drawn it has more to do than to draw what else there might be.
        self.page.on_event(DocumentReady, lambda event: self._next_point())

    def show(self) -> None:
        """What the stack does as it stands; what it would with other numbers comes after that."""
        try:
            self.shown = what_if(self.document, self.catalog, self.changes, self.seed)
        except (InvalidDescription, NoProgress) as error:
            self.shown = None
            self._points, self._coming = [], iter(())
            self._fail(_wrong(error))
            return
        self._first = self._first or self.shown
        self.head.text = _head(self.shown.prediction)
        self.answer.text = _answer(self.shown.prediction, self._first.prediction)
        self._points = []
        self._coming = others(self.shown, self.document, self.catalog, self.changes, self.seed)
        self._draw()
        if self.page.session_context is not None:
            self.page.add_next_tick_callback(self._next_point)

    def _next_point(self) -> None:
        """One more number of nodes or replicas, and then whatever was moved meanwhile."""
        point = next(self._coming, None)
        if point is None:
            return
        self._points.append(point)
        self.against_time.show(self.shown, self._points)
        self.page.add_next_tick_callback(self._next_point)

    def _fail(self, text: str) -> None:
        """Say what is wrong where the verdict stands; what is drawn would be of another stack."""
        self.head.text = f"<h1>{html.escape(self.document.tree.get('name') or '')}</h1>{text}"
        self.answer.text = text
        self.shown = None
        self._draw()

    def _draw(self) -> None:
        self.against_time.show(self.shown, self._points)
        self.against_load.show(self.shown)

    def _turn_knobs(self) -> None:
        self.knobs.children = [self._widget(knob) for knob in knobs(self.document, self.catalog)]

    def _widget(self, knob: Knob) -> Any:
        """A control for a value: a list, a number, or a text where anything may be written."""
        turned = self._turned(knob)
        if knob.hours:
            one: Any = Spinner(
                title=f"{knob.path}, times", low=0.05, step=0.25, value=1.0, name=knob.path,
                **_WIDE,
            )  # fmt: skip
        elif knob.counted:
            low = min(min(knob.values), 1)
            one = Spinner(
                title=knob.path, low=low, high=_MOST_NODES, step=1, name=knob.path,
                value=low if knob.value is None else knob.value, **_WIDE,
            )  # fmt: skip
        elif knob.values:
            options: list[Any] = [(said(one), self._offered(knob, one)) for one in knob.values]
            # What the file does not say stands at the first until somebody chooses.
            one = Select(title=knob.path, options=options, name=knob.path, **_WIDE)
            one.value = options[0][0] if knob.value is None else said(knob.value)
        else:
            one = TextInput(title=knob.path, value=said(knob.value), name=knob.path, **_WIDE)
        one.on_change("value", turned)
        return one

    def _offered(self, knob: Knob, value: Any) -> str:
        """A value to choose, of an instance with what it has and costs."""
        cloud = str(self.document.tree.get("cloud"))
        instance = self.catalog.instances.get((cloud, said(value)))
        if instance is None or not knob.path.endswith(".instance"):
            return said(value)
        return offer_in_words(self.catalog, instance, str(self.document.tree.get("region")))

    def _turned(self, knob: Knob) -> Callable[[str, Any, Any], None]:
        def turn(attribute: str, before: Any, after: Any) -> None:
            try:
                self.changes[knob.path] = _value(knob, after)
            except InvalidDescription as error:
                self._fail(_wrong(error))
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
        self.document, self.changes, self._first = document, {}, None
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
    if knob.hours:
        return [bettered(one, float(text or 1)) if one else one for one in knob.hours]
    if not isinstance(text, str):
        return text if text is None else int(text)
    by_text = {said(value): value for value in knob.values}
    if text in by_text:
        return by_text[text]
    (axis,) = parse_variations([f"{knob.path}={text}"])
    return axis.values[0]


def _said(colour: str, text: str) -> str:
    return f"<p style='color:{colour};margin:4px 0'>{html.escape(text)}</p>"


def _wrong(error: InvalidDescription | NoProgress) -> str:
    """What can't be, without the file and the option that nobody wrote."""
    faults = error.faults if isinstance(error, InvalidDescription) else (error,)
    return "".join(_said(BAD, printable(str(one))) for one in faults)


def _head(prediction: Prediction) -> str:
    """Name and verdict, which stay in sight while a narrow page moves beneath them."""
    colour = GOOD if prediction.fine else BAD
    return (
        f"<h1>{html.escape(prediction.stack)}</h1>"
        f"<p id='verdict' style='color:{colour}'>{html.escape(verdict(prediction))}</p>"
    )


def _answer(prediction: Prediction, first: Prediction) -> str:
    """Objectives and headline figures, beside those of the stack as it was loaded."""
    known, before = all_figures(prediction), all_figures(first)
    moved = prediction is not first
    rows = "".join(
        _row(
            called(known[key]),
            figure_in_words(known[key], known[key].value),
            figure_in_words(before[key], before[key].value) if moved and key in before else "",
        )
        for key in headline(prediction, known)
    )
    wanted = "".join(
        _row(cells[0].text, f"{cells[1].text}: {cells[2].text}; {cells[3].text}", "")
        for cells in objectives(prediction).rows
    )
    heads = "<tr><th></th><th>now</th><th>as loaded</th></tr>" if moved else ""
    return (
        f"<table>{wanted}</table><table>{heads}{rows}</table>"
        f"<p>{YEARS} simulated years; a report has {_WHOLE:,}.</p>"
    )


def _row(called: str, now: str, before: str) -> str:
    cells = (f"<td>{html.escape(one)}</td>" for one in (called, now, before) if one)
    return f"<tr>{''.join(cells)}</tr>"
