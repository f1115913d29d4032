"""Lets a crowd of participants into a survey and says how it went."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from surveys.benchmarks.survey_load.options import LoadOptions
from surveys.benchmarks.survey_load.person import Person
from surveys.benchmarks.survey_load.timings import Timings


@dataclass(frozen=True)
class Played:
    """A load that is over."""

    people: list[Person]
    timings: Timings
    seconds: float


def play(options: LoadOptions) -> Played:
    """Play everybody, `simultaneous` at a time."""
    # In a thread of its own, since the caller's may run an event loop already.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(_play(options))).result()


async def _play(options: LoadOptions) -> Played:
    timings = Timings()
    people = [Person(options, number, timings) for number in range(options.participants)]
    places = asyncio.Semaphore(options.simultaneous)
    begin = time.perf_counter()

    async def come(place: int, person: Person) -> None:
        if options.arrivals_per_second:
            await asyncio.sleep(place / options.arrivals_per_second)
        async with places:
            await person.play()

    await asyncio.gather(*(come(place, person) for place, person in enumerate(people)))
    return Played(people, timings, time.perf_counter() - begin)
