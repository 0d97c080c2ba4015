"""The SDK's internals that lean.py replaces are still there, and resources are still declared."""

import subprocess
import sys

PROGRAM = """
import pulumi, gc
from pulumi.runtime import mocks
from plugins.language_host import sdk_patches as lean

class Answers(mocks.Mocks):
    def new_resource(self, args): return args.name + "-id", args.inputs
    def call(self, args): return {}

lean.apply()
mocks.set_mocks(Answers())
import pulumi_confluentcloud as cc
names = [cc.Environment(f"e{n}", display_name=f"d{n}").display_name for n in range(3)]
pulumi.Output.all(*names).apply(lambda found: print(*found, gc.isenabled()))
pulumi.runtime.sync_await._sync_await(pulumi.runtime.stack.wait_for_rpcs())
"""


def test_a_lean_program_declares_what_a_whole_one_does() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["d0", "d1", "d2", "False"], done.stderr
