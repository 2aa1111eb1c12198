"""Waiting for something unless told to stop."""

import asyncio

from pixharbor.event_loop import unless_stopped


async def test_what_is_interrupted_has_ended_before_the_next_step() -> None:
    """A reader that it takes away at its end must not be one that the next step has set up."""
    stop, told = asyncio.Event(), []

    async def wait_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            told.append("ended")

    asyncio.get_running_loop().call_soon(stop.set)
    assert not await unless_stopped(wait_for_ever(), stop)
    told.append("next")
    assert told == ["ended", "next"]
