"""One way to fail: a sentence that says what is wrong, and a line that says what to do about it."""

from __future__ import annotations

import signal
import sys
from typing import Callable

from .terminal import paint


class Problem(Exception):
    """Something the person at the keyboard can put right. `help` is the remedy."""

    def __init__(self, what: str, help: str = "") -> None:
        super().__init__(what)
        self.help = help


def command(main: Callable[[], int]) -> None:
    """Runs a script's `main`. A problem is a message and exit code 2; Ctrl-C and SIGTERM unwind, so that servers are stopped."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        sys.exit(main())
    except Problem as problem:
        print(f"{paint('error', 'red', sys.stderr)}: {problem}", file=sys.stderr)
        if problem.help:
            print(f"{paint('help', 'cyan', sys.stderr)}: {problem.help}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader (`head`, a closed pager) has gone; what is still buffered has nowhere to go.
        sys.stderr.close()
        sys.exit(141)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
