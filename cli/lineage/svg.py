"""A graph as one SVG file without anything from elsewhere."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cli.lineage import layout
from cli.lineage.graph import Graph


def render(graph: Graph) -> str:
    """The file's text."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    template = environment.get_template("pipeline.svg.jinja")
    return template.render(graph=graph, layout=layout.arrange(graph), width=layout.WIDTH, height=layout.HEIGHT) + "\n"
