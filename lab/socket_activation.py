"""Hands an open socket to a program as a service manager does (sd_listen_fds(3)): a descriptor and a command line in,
that program in our place. Run by the lab as ``socket_activation.py FD COMMAND...``."""

import os
import sys

# SD_LISTEN_FDS_START of sd_listen_fds(3).
_FIRST_DESCRIPTOR = 3


def main() -> None:
    """Become the program, with the socket as its descriptor 3."""
    descriptor, command = int(sys.argv[1]), sys.argv[2:]
    os.dup2(descriptor, _FIRST_DESCRIPTOR)
    os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
