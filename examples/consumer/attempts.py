"""Work on one record: until it succeeded, was put aside, or the program is to stop. Runs beside the loop that polls."""

import logging
import random
import threading
from collections.abc import Callable

from confluent_kafka import Message

from examples.consumer.health import Health
from examples.consumer.letters import Letters
from examples.consumer.records import Decoder, Poison, Temporary, place_of
from examples.consumer.settings import Settings, Work
from examples.consumer.sink import Sink

log = logging.getLogger("consumer")


class Stopped(Exception):
    """The program ends before the record is done: it is not committed, and comes again."""


class Undeliverable(Exception):
    """A record cannot be worked with, and there is no topic for dead letters: going on would lose it."""


class Attempts:
    """Bounded retries with back-off; what is away is waited for as long as it takes."""

    def __init__(
        self, settings: Settings, work: Work, decoder: Decoder, letters: Letters | None, sink: Sink | None
    ) -> None:
        self.settings, self.work, self.decoder, self.letters, self.sink = settings, work, decoder, letters, sink
        self.health, self.stopping = Health(), threading.Event()

    def run(self, message: Message) -> None:
        """Returns when the record is done: worked on, or a dead letter. Raises Stopped or Undeliverable."""
        topic, tries = message.topic() or "", 0
        with self.health.seconds.time():
            while True:
                try:
                    self.patiently(lambda: self.once(message))
                except Stopped:
                    raise
                except Poison as error:
                    self.aside(message, str(error), tries + 1)
                except Exception as error:  # noqa: BLE001 - whatever the work raises is an attempt that failed
                    tries += 1
                    self.health.retries.labels(topic).inc()
                    log.warning("%s: attempt %s of %s: %r", place_of(message), tries, self.settings.attempts, error)
                    if tries < self.settings.attempts:
                        self.pause(tries)
                        continue
                    self.aside(message, repr(error), tries)
                else:
                    self.health.records.labels(topic, "done").inc()
                return

    def once(self, message: Message) -> None:
        """One attempt."""
        self.work(self.decoder.decode(message), self.sink)

    def aside(self, message: Message, error: str, tries: int) -> None:
        """A dead letter, written before the record counts as done."""
        place = place_of(message)
        if self.letters is None:
            raise Undeliverable(f"{place}: {error}")
        letters = self.letters
        self.patiently(lambda: letters.write(message, error, tries))
        self.health.records.labels(message.topic() or "", "dead_letter").inc()
        log.error("%s is a dead letter after %s attempts: %s", place, tries, error)

    def patiently(self, work: Callable[[], None]) -> None:
        """Again while it fails for something that passes by itself."""
        waits = 0
        while True:
            try:
                work()
            except Temporary as error:
                waits += 1
                if waits == 1:
                    log.warning("waiting: %s", error)
                self.health.waiting(str(error))
                self.pause(waits)
            else:
                self.health.waiting("")
                return

    def pause(self, tries: int) -> None:
        """Back-off with jitter; Stopped when the program is to end meanwhile."""
        longest = min(self.settings.backoff * 2 ** min(tries - 1, 16), self.settings.longest_backoff)
        if self.stopping.wait(longest * random.uniform(0.5, 1)):  # noqa: S311 - jitter
            raise Stopped
