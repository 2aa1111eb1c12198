"""Python's garbage collector, in processes that live long."""

import gc


def collect_garbage_seldom() -> None:
    """Leave out what is there already, and look less often; call it when a process has started.

    Looking through all that was imported stops an API for 140 ms, and costs 5 % of an import's CPU.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
