"""Starts MiniStack with the gaps closed that this project's deployment would fall into; docs/ministack.md lists them.

Ends when its standard input does, so that it cannot outlive the program that started it, however that one ended.
"""

import os
import signal
import sys
import threading

from gaps import alarms, embedded_metrics, grants, policies, schedules


def die_with_parent():
    while os.read(sys.stdin.fileno(), 1024):
        pass
    # The whole group: the functions' worker processes belong to it.
    os.killpg(0, signal.SIGKILL)


def main():
    threading.Thread(target=die_with_parent, daemon=True).start()
    for gap in (grants, schedules, embedded_metrics, alarms, policies):
        gap.close()
    from ministack.app import main as serve

    serve()


if __name__ == "__main__":
    main()
