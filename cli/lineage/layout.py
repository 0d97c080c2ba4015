"""Where a graph's nodes and edges are on a picture: a column a stage, each column centred. Pixels from the top left corner."""

from collections.abc import Mapping
from dataclasses import dataclass

from cli.lineage.graph import STAGES, Edge, Graph, Node

WIDTH, HEIGHT = 210, 44  # of a box
GAP_X, GAP_Y = 70, 16
MARGIN = 20
CHARACTERS = 30  # that fit into a box


@dataclass(frozen=True, slots=True)
class Box:
    """A node's top left corner."""

    node: Node
    x: int
    y: int

    @property
    def label(self) -> str:
        """The name, cut to the box; whole names are titles."""
        name = self.node.name
        return name if len(name) <= CHARACTERS else f"{name[: CHARACTERS - 1]}…"


@dataclass(frozen=True, slots=True)
class Line:
    """An edge as an SVG path, and where its text stands."""

    edge: Edge
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture."""

    width: int
    height: int
    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]


def arrange(graph: Graph) -> Layout:
    """Boxes in the nodes' order, and curves between them."""
    stages = [[node for node in graph.nodes if node.stage == number] for number in range(len(STAGES))]
    tallest = max(map(len, stages))
    height = tallest * (HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN
    boxes: dict[str, Box] = {}
    for number, nodes in enumerate(stages):
        top = (height - len(nodes) * (HEIGHT + GAP_Y) + GAP_Y) // 2
        for row, node in enumerate(nodes):
            boxes[node.key] = Box(node, MARGIN + number * (WIDTH + GAP_X), top + row * (HEIGHT + GAP_Y))
    width = 2 * MARGIN + len(STAGES) * (WIDTH + GAP_X) - GAP_X
    return Layout(width, height, boxes, tuple(line(edge, boxes) for edge in graph.edges))


def line(edge: Edge, boxes: Mapping[str, Box]) -> Line:
    """From the right side of one box to the left side of another."""
    start, end = boxes[edge.source], boxes[edge.target]
    x1, y1, x2, y2 = start.x + WIDTH, start.y + HEIGHT // 2, end.x, end.y + HEIGHT // 2
    middle = (x1 + x2) // 2
    return Line(edge, f"M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}", middle, (y1 + y2) / 2)
