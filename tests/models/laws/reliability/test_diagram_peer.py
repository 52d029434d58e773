"""Larger random diagrams against RePyability."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repyability import NonRepairableRBD, PerfectReliability
from surpyval import FixedEventProbability

from models.laws.reliability.diagram import Block, Diagram, KOfN, Parallel, Series
from models.laws.reliability.diagram_compile import compile_diagram


class Peer:
    """The same diagram as a graph of nodes that fail, with votes for k of n.

    Arguments:
        diagram: without graphs and identical units.
        values: unavailabilities.
    """

    def __init__(self, diagram: Diagram, values: dict[str, float]) -> None:
        self.edges: list[tuple[str, str]] = []
        self.models: dict[str, object] = {}
        self.votes: dict[str, int] = {}
        self.values = values
        self.edges.append((self.draw(diagram, "in"), "out"))

    def draw(self, diagram: Diagram, start: str) -> str:
        """Draw a part behind a node; gives the node at its end."""
        if isinstance(diagram, Block):
            known = diagram.name in self.models
            end = f"{diagram.name} {len(self.edges)}" if known else diagram.name
            model = FixedEventProbability.from_params(self.values[diagram.name])
            self.models[end] = diagram.name if known else model
            self.edges.append((start, end))
            return end
        if isinstance(diagram, Series):
            for part in diagram.parts:
                start = self.draw(part, start)
            return start
        assert isinstance(diagram, Parallel | KOfN)
        ends = [self.draw(part, start) for part in diagram.parts]
        vote = f"vote {len(self.edges)}"
        self.edges += [(end, vote) for end in ends]
        self.models[vote] = PerfectReliability
        self.votes[vote] = diagram.required if isinstance(diagram, KOfN) else 1
        return vote

    def built(self) -> NonRepairableRBD:
        return NonRepairableRBD(self.edges, self.models, k=self.votes)


def nested(inside: st.SearchStrategy[Diagram]) -> st.SearchStrategy[Diagram]:
    some = st.lists(inside, min_size=2, max_size=5)
    return st.one_of(
        some.map(lambda parts: Series(*parts)),
        some.map(lambda parts: Parallel(*parts)),
        some.flatmap(lambda parts: st.integers(1, len(parts)).map(lambda k: KOfN(k, *parts))),
    )


names = st.integers(0, 24).map(lambda k: Block(f"c{k}"))
diagrams = nested(st.recursive(names, nested, max_leaves=8))


@settings(max_examples=30, deadline=None)
@given(diagrams, st.lists(st.floats(1e-6, 0.5), min_size=25, max_size=25))
def test_random_diagrams(diagram: Diagram, chances: list[float]) -> None:
    structure = compile_diagram(diagram)
    values = dict(zip(structure.components, chances, strict=False))
    peer = Peer(diagram, values).built()
    assert structure.unavailability(values) == pytest.approx(peer.ff(), rel=1e-9)
    found = structure.birnbaum(values)
    for name, slope in peer.birnbaum_importance().items():
        if name in found:
            assert found[name] == pytest.approx(slope, rel=1e-7, abs=1e-12)
