"""The scripts' common parts and the live suite's origin are importable, as they are there."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "scripts"), str(ROOT / "tests" / "live")]
# Servers are started by a fork, which gRPC would like to hear of.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"
