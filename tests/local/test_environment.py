"""Where an environment is: its ports."""

import pytest

from local.environment import PORTS, port_base
from local.errors import LocalError


@pytest.mark.parametrize("bad", ["", "abc", "80", "65530", "-5", "2３", "1e4", "18400.0", " 18400", "9" * 99])
def test_ports_that_leave_no_room_are_said(bad: str) -> None:
    assert port_base("1024") == 1024
    with pytest.raises(LocalError, match="CDC_PORT_BASE must be a number from 1024 to") as told:
        port_base(bad)
    assert repr(bad[:40]) in str(told.value)
    assert port_base(str(65536 - len(PORTS))) + len(PORTS) == 65536
