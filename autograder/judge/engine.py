"""The judge as an engine: what `course grade` uses, unless told otherwise.

In the grader's process there is no torch and no student's byte beyond the parsed notebook: a zygote is started once,
each submission gets a judge forked from it, and what comes back is a result in JSON.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

from autograder.classroom.intake import HandIn
from autograder.classroom.keys import cells_hash, lesson_hash, versions
from autograder.classroom.reading import Unreadable
from autograder.classroom.released import Released
from autograder.classroom.unexecuted import unexecuted
from autograder.classroom.verdict import Basis, Resources, Status, Verdict
from autograder.course import Limits
from autograder.engines import Graded
from autograder.errors import UsageError
from autograder.judge.drawings import left_out
from autograder.judge.outcome import executed_notebook, judged, written
from autograder.judge.processes import GRACE_SECONDS, ZygoteProcess
from autograder.judge.release_cells import ReleaseCells, release_cells
from autograder.judge.submission import Repaired, repair
from autograder.judge.wire import Closed, Late, Violation

SEED = 0


class JudgeEngine:
    """Call `close` when done: it ends the zygote.

    Args:
        sandbox: "on", or "off" for code that is trusted, where a machine has no sandbox to give.
        device: what tests run on besides the CPU: "cuda", "simulated", "cpu" for nothing; "auto" is CUDA where judge
            and worker can both use a GPU, and else simulated.
    """

    name = "judge"

    def __init__(
        self, limits: Limits, lessons: Iterable[Released], *, sandbox: str = "on", device: str = "auto"
    ) -> None:
        self.limits, self.lessons, self.sandbox = limits, tuple(lessons), sandbox
        self.device = device if device != "auto" else "cuda" if has_gpu() else "simulated"
        self.lock = threading.Lock()
        self.zygote: ZygoteProcess | None = None
        self.stopped = False
        if device == "auto" and self.device == "cuda":
            try:
                self.ready()
            except UsageError:  # there it would be said again, if it is not about the GPU
                self.device = "simulated"

    def key(self, hand_in: HandIn, released: Released) -> str:
        """A hash of all that the verdict depends on."""
        return self.basis(hand_in, released).key

    def basis(self, hand_in: HandIn, released: Released) -> Basis:
        """All that the verdict depends on."""
        content = hand_in.content if isinstance(hand_in.content, bytes) else b""
        limits = self.limits
        return Basis(
            cells=cells_hash(content),
            lesson=lesson_hash(released),
            tests=released.hash,
            engine=f"{self.name}, sandbox {self.sandbox}",
            limits=f"cell {limits.cell_seconds} s, submission {limits.submission_seconds} s, "
            f"memory {limits.memory_mb} MB, disk {limits.disk_mb} MB, output {limits.output_kb} kB",
            device=self.device,
            versions=versions(("torch", "numpy", "ipython", "matplotlib", "scikit-learn")),
            seed=str(SEED),
        )

    def grade(self, hand_in: HandIn, released: Released) -> Graded:
        """The verdict on `hand_in`; a verdict that might be another next time has no key."""
        start = monotonic()
        graded = self._grade(hand_in, released)
        took = replace(graded.verdict.resources or Resources(0.0), wall_seconds=round(monotonic() - start, 3))
        basis = self.basis(hand_in, released)
        key = "" if graded.verdict.status is Status.INTERNAL else basis.key
        return replace(graded, verdict=replace(graded.verdict, engine=self.name, basis=basis, key=key, resources=took))

    def stop(self) -> None:
        """Kill what runs, and start nothing more."""
        with self.lock:
            self.stopped = True
            if self.zygote is not None:
                self.zygote.kill()

    def close(self) -> None:
        """End the zygote, and with it all that it forked."""
        with self.lock:
            if self.zygote is not None:
                self.zygote.close()
                self.zygote = None

    def ready(self) -> ZygoteProcess:
        """The zygote, started when it is first needed, and again if it has gone.

        Raises:
            UsageError: it cannot do its work here; there is no sandbox, most likely.
        """
        with self.lock:
            if self.zygote is not None and self.zygote.process.poll() is not None and not self.stopped:
                self.zygote.close()
                self.zygote = None
            if self.zygote is None:
                self.zygote = ZygoteProcess(self.sandbox, self.device)
                lessons = [release_cells(released) for released in self.lessons]  # while it starts
                if "refused" in self.zygote.facts:
                    why = self.zygote.facts["refused"]
                    self.zygote.close()
                    self.zygote = None
                    raise UsageError(
                        f"nothing can be graded here: {why}. `course doctor` says what this machine lacks; "
                        "--sandbox off grades without a sandbox, for work of people you trust"
                    )
                if self.device == "cuda" and (why := self._no_cuda(self.zygote)):
                    self.zygote.close()
                    self.zygote = None
                    raise UsageError(f"{why}; --device simulated grades with a simulated one")
                for lesson in lessons:
                    self.zygote.learn(lesson.kit["source"] if lesson.kit else "", lesson.taught)
            return self.zygote

    def _grade(self, hand_in: HandIn, released: Released) -> Graded:
        if isinstance(hand_in.content, Unreadable):
            return Graded(unexecuted(hand_in, released, Status.UNREADABLE, hand_in.content.cause))
        release = release_cells(released)
        repaired = repair(hand_in.content, release)
        if isinstance(repaired, Unreadable):
            return Graded(unexecuted(hand_in, released, Status.UNREADABLE, repaired.cause))
        try:
            result = self._try(self._job(repaired, release))
        except Late:
            seconds = self.limits.submission_seconds
            cause = f"the notebook ran longer than {seconds} s, and could not be stopped"
            return Graded(unexecuted(hand_in, released, Status.TIMED_OUT, cause))
        except ValueError as error:  # no cell of a lesson is of that size
            return Graded(unexecuted(hand_in, released, Status.UNREADABLE, str(error)))
        except (Closed, Violation) as error:
            cause = f"the judge ended without a result ({error})"
            return Graded(unexecuted(hand_in, released, Status.INTERNAL, cause), crashed_judge=not self.stopped)
        if "refused" in result:
            return Graded(unexecuted(hand_in, released, Status.INTERNAL, f"no sandbox: {result['refused']}"))
        verdict = with_resources(judged(hand_in, released, repaired, result), result)
        return Graded(verdict, written(executed_notebook(repaired, result)))

    def _no_cuda(self, zygote: ZygoteProcess) -> str:
        """Why nothing can be graded on a GPU here; "" if it can. An answer that no worker can run gets no points."""
        if not zygote.facts["gpu"]:
            return "PyTorch finds no GPU here that it can use"
        answer, test = "import torch\nprobe = torch.ones(2, device='cuda') + 1", "assert probe.cpu().tolist() == [2, 2]"
        job = self._job_of([[0, "student", answer, ""], [1, "test", test, "probe"]])
        try:
            with zygote.judge() as judge:
                result = judge.do(job, monotonic() + job["submission_seconds"] + GRACE_SECONDS)
        except (Late, Closed, Violation, ValueError) as error:
            return f"the GPU here cannot be used for grading ({error or 'it took too long'})"
        if result.get("tests", {}).get("probe", {}).get("ending") == "passed":
            return ""
        why = next(iter(result.get("errors", {}).values()), None) or "its result was wrong"
        boxed = ": the sandbox gives workers no device, and --sandbox off is for work of people you trust"
        return f"the GPU here cannot be used for grading ({why[:200]}){boxed * (self.sandbox == 'on')}"

    def _job(self, repaired: Repaired, release: ReleaseCells) -> dict[str, Any]:
        return self._job_of(cells_to_run(repaired, release)) | {
            "imports": "\n".join(release.imports.values()),
            "handed_in": dict(repaired.handed_in),
            "unclear": sorted(repaired.unclear),
            "asked": dict(release.asked),
        }

    def _job_of(self, cells: list[list[Any]]) -> dict[str, Any]:
        limits = self.limits
        return {
            "cells": cells,
            "imports": "",
            "handed_in": {},
            "unclear": [],
            "cell_seconds": limits.cell_seconds,
            "submission_seconds": limits.submission_seconds,
            "output_characters": limits.output_kb << 10,
            "seed": SEED,
            "asked": {},
            "caps": {
                "memory_mb": limits.memory_mb,
                "address_space": self.device != "cuda",
                "disk_mb": limits.disk_mb,
                "cpu_seconds": limits.submission_seconds,
            },
        }

    def _try(self, job: dict[str, Any]) -> dict[str, Any]:
        """Have a judge do it.

        Raises:
            Late: it did not end in time, and was killed. Closed, Violation: it ended without a result.
        """
        end = monotonic() + job["submission_seconds"] + GRACE_SECONDS
        with self.ready().judge() as judge:
            return judge.do(job, end)


def cells_to_run(repaired: Repaired, release: ReleaseCells) -> list[list[Any]]:
    """A notebook's cells of code, less what only draws: the index of each, its kind, its source and its grade id."""
    cells: list[list[Any]] = []
    for at, cell in enumerate(repaired.notebook["cells"]):
        marks = cell["metadata"].get("nbgrader", {})
        kind = "test" if marks.get("grade") else "set-up" if marks.get("locked") else "student"
        if cell["cell_type"] == "code" and cell["source"].strip():
            cells.append([at, kind, cell["source"], marks.get("grade_id", "")])
    drawn = left_out([each[2] for each in cells if each[1] == "student"], release.drawings, release.reads)
    for each in cells:
        if each[1] == "student" and each[2] in drawn:
            each[2] = release.drawings[each[2]].imports or "pass"
    return cells


def with_resources(verdict: Verdict, result: dict[str, Any]) -> Verdict:
    """`verdict` with what its processes used."""
    cpu = round(result["cpu_seconds"] + result["judge_seconds"], 3)
    return replace(verdict, resources=Resources(0.0, cpu, result["memory_mb"]))


def has_gpu() -> bool:
    """Whether this machine has a GPU that its PyTorch is built for; PyTorch itself is not imported for that."""
    drivers = [*Path("/dev").glob("nvidia[0-9]*"), *Path("/dev").glob("dxg")]
    return bool(drivers) and not version("torch").endswith("+cpu")
