"""The probes, in the order of the data's way: what is imported here is asked."""

from cli.doctor.probes import machine as machine  # isort: skip
from cli.doctor.probes import database as database  # isort: skip
from cli.doctor.probes import slot as slot  # isort: skip
from cli.doctor.probes import connector as connector  # isort: skip
from cli.doctor.probes import topics as topics  # isort: skip
from cli.doctor.probes import registry as registry  # isort: skip
from cli.doctor.probes import statements as statements  # isort: skip
from cli.doctor.probes import consumers as consumers  # isort: skip
from cli.doctor.probe import Probe


def every() -> list[type[Probe]]:
    """All of them, with those of modules that were imported meanwhile."""
    return Probe.known
