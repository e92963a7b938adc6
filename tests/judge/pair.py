"""Two ends of a wire in one process, for tests of what crosses it: the answer's end is served by a thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograder.judge.link import Link
from autograder.judge.peer import Peer
from autograder.judge.proxies import OPERATIONS
from autograder.judge.wire import Channel, Closed
from autograder.judge.worker import AnswersPeer


class Answers(AnswersPeer):
    """A worker without IPython and without a process: it has `names`."""

    def __init__(self, channel: Channel, names: dict[str, Any]) -> None:
        super().__init__(channel)
        self.names = names

    def perform(self, operation: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if operation == "name":
            return self.names[args[0]]
        if operation == "products":
            return super().perform(operation, args, kwargs)
        return OPERATIONS[operation](*args, **kwargs)


class TestLink(Link):
    """The judge's end, with no process behind it."""

    __test__ = False

    def __init__(self, channel: Channel) -> None:
        Peer.__init__(self, channel, odd=False)
        self.until, self.show, self.sources = None, lambda event: None, {}

    def kill(self) -> None:
        self.channel.sock.close()

    def _how_it_ended(self) -> str:
        return "it ended"


@contextmanager
def connected(end: type[Answers] = Answers, /, **names: Any) -> Iterator[Callable[[str], Any]]:
    """`ask(name)` for what the answer's end calls so."""
    ours, theirs = socket.socketpair()
    answers = end(Channel(theirs), names)
    link = TestLink(Channel(ours))

    def serve() -> None:
        try:
            while True:
                answers.serve()
        except Closed:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield lambda name: link.ask("name", name)
    finally:
        ours.close()
        thread.join(5)
        theirs.close()
