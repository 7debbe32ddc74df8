"""What every command line of ours does around its work: exit codes, sentences for people, a reader that has left."""

import argparse
import os
import sys
from collections.abc import Callable

FINE, PROBLEMS = 0, 1  # 2 is argparse's own, for wrong use (docs/reference/cli.md).


def run_command(
    options: argparse.Namespace, problems: tuple[type[Exception], ...], sentence: Callable[[Exception], str] = str
) -> int:
    """Do what the options chose; returns the exit code.

    ``problems`` are the exceptions that a person can mend, told by ``sentence`` on standard error.
    """
    try:
        code = int(options.run(options))
        # Here and not at the interpreter's exit, where a reader that has gone would be a message that nobody can catch.
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Whoever read it has gone (`| head`).
        return FINE
    except problems as error:
        print(sentence(error), file=sys.stderr)
        return PROBLEMS
    # Whoever presses Ctrl-C on `serve` or a bench ends it as it is meant to be ended.
    except KeyboardInterrupt:
        return FINE
