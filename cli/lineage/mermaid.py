"""A graph as a mermaid flowchart: hosts of repositories draw it."""

from cli.lineage.graph import Graph, Kind

SHAPES: dict[Kind, tuple[str, str]] = {
    "table": ("[(", ")]"),
    "connector": ("[[", "]]"),
    "raw": ("[/", "/]"),
    "statement": ("{{", "}}"),
    "routed": ("[/", "/]"),
    "unrouted": ("[/", "/]"),
    "dead-letter": ("[/", "/]"),
    "group": ("([", "])"),
}
ENTITIES = str.maketrans({'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;"})


def render(graph: Graph) -> str:
    """The text of a `mermaid` block."""
    numbers = {node.key: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for node in graph.nodes:
        opening, closing = SHAPES[node.kind]
        lines.append(f'  {numbers[node.key]}{opening}"{node.name.translate(ENTITIES)}"{closing}')
    for edge in graph.edges:
        arrow = f'-- "{edge.note.translate(ENTITIES)}" -->' if edge.note else "-->"
        lines.append(f"  {numbers[edge.source]} {arrow} {numbers[edge.target]}")
    return "\n".join(lines) + "\n"
