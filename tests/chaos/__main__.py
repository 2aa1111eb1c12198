"""`make chaos`: every scenario on every stack, and docs/reliability.md from a full run."""

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Sequence

import pytest
from chaos.bad_source import bear_a_bad_source
from chaos.bad_store import bear_a_bad_store
from chaos.kills import survive_kills
from chaos.lost_machine import lose_machines
from chaos.lost_servers import survive_lost_servers
from chaos.options import Options, read_options
from chaos.record import Record, write_record
from chaos.results import Result, Scenario
from chaos.same_call import answer_once
from chaos.site import Yard
from chaos.small_behind_large import let_small_jobs_by
from chaos.stacks import OPENERS
from chaos.steps import survive_steps
from chaos.stopped_worker import outlive_a_stop
from chaos.told_to_stop import obey
from rich.console import Console

from pixharbor.logs import LogSettings, set_up_logs

console = Console(highlight=False, soft_wrap=True)

SCENARIOS: dict[Scenario, tuple[str, ...]] = {
    survive_kills: ("R1", "R4", "R6", "R7"),
    lose_machines: ("R4", "R7"),
    survive_steps: ("R2", "R7"),
    survive_lost_servers: ("R3", "R7"),
    outlive_a_stop: ("R5", "R7"),
    bear_a_bad_store: ("R9",),
    bear_a_bad_source: ("R11",),
    answer_once: ("R12",),
    obey: ("R13",),
    let_small_jobs_by: ("R15",),
}


def main() -> int:
    """Answers 1 when a promise does not hold."""
    options = read_options()
    set_up_logs(LogSettings(log_level="error"))  # that a server is away is what we do here
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Terminated."))  # after cleaning up
    records = [record for name in options.stacks if (record := _run_stack(name, options))]
    if options.is_full:
        for record in records:
            write_record(record)
    if all(result.holds for record in records for result in record.results):
        shutil.rmtree(options.work)
        return 0
    console.print(f"What the programs said is in {options.work}.")
    return 1


def _run_stack(name: str, options: Options) -> Record | None:
    began = time.monotonic()
    try:
        with OPENERS[name](options.work) as stack:
            console.print(f"[bold]{stack.name}[/]: {', '.join(stack.versions)}")
            results = asyncio.run(_run_scenarios(Yard(stack, options)))
            return Record(stack.name, stack.versions, results, options, time.monotonic() - began)
    except pytest.skip.Exception as missing:
        console.print(f"{name}: not run: {missing}")
        return None


async def _run_scenarios(yard: Yard) -> list[Result]:
    results: list[Result] = []
    for scenario, promises in SCENARIOS.items():
        if not yard.options.only or {*yard.options.only} & {*promises}:
            began = time.monotonic()
            found = await _run_scenario(scenario, promises, yard)
            for result in found:
                _show(result, time.monotonic() - began)
            results += found
    results.append(_balance(yard))
    _show(results[-1], 0)
    return sorted(results, key=lambda result: int(result.promise[1:]))


async def _run_scenario(
    scenario: Scenario, promises: Sequence[str], yard: Yard
) -> Sequence[Result]:
    """Its results; where it breaks off that is one too, and what was found before is kept."""
    try:
        return await scenario(yard)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other scenarios can be run
        console.print_exception()
        return [Result(promises[0], "the scenario itself broke off", repr(error), holds=False)]


def _balance(yard: Yard) -> Result:
    tally = yard.tally
    return Result(
        "R7",
        f"the books of every job above, sampled while it all happened: {tally.samples:,} times in "
        f"the database against a count of its items, {tally.answers:,} times by the API",
        f"{len(tally.unbalanced)} did not add up"
        + "".join(f"\n{each}" for each in tally.unbalanced[:3]),
        not tally.unbalanced and tally.samples > 0,
    )


def _show(result: Result, seconds: float) -> None:
    verdict = "[green]holds[/]" if result.holds else "[red]DOES NOT HOLD[/]"
    console.print(
        f"[bold]{result.promise}[/] {verdict} ({seconds:.0f} s) {result.did}\n    {result.found}"
    )


if __name__ == "__main__":
    sys.exit(main())
