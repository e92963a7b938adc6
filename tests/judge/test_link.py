"""A real worker at the other end: asked, interrupted, flooding, killed, and what it used."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from time import monotonic

import psutil
import pytest
import torch
from live import CAPS, run, said, starter, worker, zygote

from autograder.judge.failures import Foreign
from autograder.judge.link import GRACE_SECONDS, Lost, TimeUp
from autograder.judge.state import fixed
from autograder.judge.wire import VERSION

DEAF = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"


@pytest.fixture(autouse=True)
def state_as_it_was() -> Iterator[None]:
    """What a worker does to the default dtype and the generators is done here too."""
    yield
    fixed(0)


def test_what_a_cell_defines_can_be_asked_for() -> None:
    with worker() as link:
        run(link, "def double(x):\n    return 2 * x")
        double = link.ask_within(5, "name", "double")
        assert torch.equal(double(torch.ones(2)), torch.tensor([2.0, 2.0]))
        with pytest.raises(NameError, match="name 'triple' is not defined"):
            link.ask_within(5, "name", "triple")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a loop", "while True:\n    pass"),
        ("a sleep", "import time\ntime.sleep(100)"),
        ("a loop that catches errors", "while True:\n    try:\n        1 / 0\n    except Exception:\n        pass"),
        ("a wait", "import threading\nthreading.Event().wait()"),
    ],
)
def test_a_cell_whose_time_is_up_is_interrupted_and_the_worker_goes_on(name: str, source: str) -> None:
    with worker() as link:
        run(link, "kept = 5")
        start = monotonic()
        with pytest.raises(TimeUp):
            run(link, source, seconds=0.3)
        assert 0.25 < monotonic() - start < 0.3 + GRACE_SECONDS
        assert link.ask_within(5, "name", "kept") == 5
        assert said(run(link, "kept + 1")) == "6"


def test_what_was_printed_before_the_time_was_up_is_shown() -> None:
    with worker() as link:
        shown: list[list[object]] = []
        link.show = shown.append
        with pytest.raises(TimeUp):
            link.ask_within(0.5, "cell", "print('so far')\nwhile True:\n    pass", "<cell 1>")
        assert "so far\n" in said(shown)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("deaf", DEAF),
        (
            "stubborn",
            "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
        ),
    ],
)
def test_a_cell_that_cannot_be_interrupted_is_killed(name: str, source: str) -> None:
    with worker() as link:
        start = monotonic()
        with pytest.raises(Lost, match="could not be stopped") as lost:
            run(link, source, seconds=0.3)
        assert not lost.value.forbidden
        assert monotonic() - start < 0.3 + GRACE_SECONDS + 2
        with pytest.raises(Lost):
            link.ask_within(1, "name", "kept")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import os\nos._exit(0)", "it ended its own process"),
        ("import os\nos._exit(7)", "it ended its own process"),
        ("import ctypes\nctypes.string_at(0)", "segmentation fault"),
    ],
)
def test_how_a_worker_ended_is_told_in_words(source: str, why: str) -> None:
    with worker() as link, pytest.raises(Lost, match=why) as lost:
        run(link, source)
    assert not lost.value.forbidden


def test_a_worker_that_does_not_speak_the_protocol_is_ended_at_once() -> None:
    garble = "import os, contextlib\nfor fd in range(3, 64):\n    with contextlib.suppress(OSError):\n"
    garble += "        os.write(fd, b'x' * 100)"
    with worker() as link:
        with pytest.raises(Lost, match="what it answered was no answer") as lost:
            run(link, garble)
        assert lost.value.forbidden
        with pytest.raises(Lost):
            link.control("end")


def test_a_worker_that_promises_gigabytes_is_ended_at_once() -> None:
    promise = f"import os, struct\nframe = struct.pack('!HIQ', {VERSION}, 10, 2**40)\n"
    promise += "for fd in range(3, 64):\n    try:\n        os.write(fd, frame)\n    except OSError:\n        pass"
    with worker() as link, pytest.raises(Lost, match="larger than any may be") as lost:
        run(link, promise)
    assert lost.value.forbidden


def test_a_flood_of_output_is_cut() -> None:
    with worker() as link:
        events = run(link, "for n in range(100_000):\n    print('x' * 500)")
        assert len(said(events)) < (1 << 20) + 100
        assert "more characters were left out" in said(events)


def test_a_memory_hog_is_lost_and_says_why() -> None:
    with worker() as link:
        shown = ""
        try:
            shown = said(run(link, "kept = []\nwhile True:\n    kept.append(bytearray(64 << 20))"))
        except Lost as lost:
            shown = lost.why
        assert "emory" in shown


def test_so_is_one_whose_memory_is_not_counted_in_addresses() -> None:
    """As where there is a GPU. Addresses alone cost it nothing."""
    reserved = "import mmap\nroom = mmap.mmap(-1, 1 << 40, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ)"
    with worker(replace(CAPS, address_space=False)) as link:
        assert said(run(link, reserved)) == ""
        try:
            shown = said(run(link, "kept = []\nwhile True:\n    kept.append(bytearray(64 << 20))"))
        except Lost as lost:
            shown = lost.why
        assert "emory" in shown


def test_an_exception_arrives_as_its_own_kind_with_its_own_text() -> None:
    with worker() as link:
        run(link, "class Mine(ValueError):\n    pass\ndef fail(x):\n    raise Mine(f'no {x}')")
        with pytest.raises(ValueError, match="no 3") as caught:
            link.ask_within(5, "name", "fail")(3)
        assert isinstance(caught.value, Foreign)
        assert type(caught.value).__name__ == "Mine"


def test_an_answer_may_call_what_a_test_hands_it_and_no_more() -> None:
    with worker() as link:
        run(link, "def use(f):\n    try:\n        f.__wrapped_secret\n    except PermissionError:\n        return f(1)")
        link.until = monotonic() + 5
        assert link.ask("name", "use")(lambda x: x + 1) == 2


def test_close_tells_what_the_worker_used() -> None:
    link = starter()({})
    link.control("hello")
    run(
        link,
        "import time\nwhile time.process_time() < 0.6:\n    pass\nx = bytearray(200 << 20)",
    )
    ending = link.close()
    assert 0.5 <= ending.cpu_seconds < 5
    assert 200 < ending.memory_mb < CAPS.memory_mb
    assert ending.status == signal.SIGKILL


def test_close_leaves_no_process() -> None:
    before = set(psutil.Process(zygote().process.pid).children(recursive=True))
    link = starter()({})
    link.control("hello")
    started = set(psutil.Process(zygote().process.pid).children(recursive=True)) - before
    assert started
    link.close()
    _, alive = psutil.wait_procs(started, timeout=5)
    assert not alive


def test_a_test_begins_in_the_same_state_whatever_the_notebook_did() -> None:
    drawn = []
    for source in (
        "x = 1",
        "import torch\ntorch.manual_seed(7)\ntorch.set_default_dtype(torch.float64)\ntorch.rand(3)",
    ):
        with worker() as link:
            run(link, source)
            run(link, "import torch\ndef draw():\n    return torch.rand(2)")
            link.until = monotonic() + 5
            link.begin(42, [])
            drawn.append(link.ask("name", "draw")())
            link.end()
    fixed(42)
    assert drawn[0].dtype == torch.float32
    assert torch.equal(drawn[0], drawn[1]) and torch.equal(drawn[0], torch.rand(2))
