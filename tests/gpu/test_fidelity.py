"""The simulated GPU prints what a real one prints."""

from __future__ import annotations

import difflib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

HERE = Path(__file__).parent
RECORDED = HERE / "recorded.json"
HOW = "python3 tests/gpu/probes.py --device real --out tests/gpu/recorded.json"

REWORDED: list[tuple[str, str, str, str]] = []
"""Messages that torch has changed since the recording: probe, words recorded, words now, why."""


def run_probes(device: str, out: Path) -> dict[str, str]:
    """Every probe's output on that device, by name, from a process of its own: the simulation changes all of torch."""
    command = [sys.executable, str(HERE / "probes.py"), "--device", device, "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (
        f"the probes ended with {done.returncode}; the last names are of those run:\n"
        + "\n".join(done.stderr.splitlines()[-30:])
    )
    outputs: dict[str, str] = json.loads(out.read_text(encoding="utf-8"))["probes"]
    return outputs


def differences(real: dict[str, str], simulated: dict[str, str]) -> str:
    """The probes that print something else, each as a diff from the real GPU's output to the simulated one's."""
    parts = []
    for name in real:
        if real[name] != simulated.get(name):
            was, now = real[name].splitlines(), simulated.get(name, "").splitlines()
            parts.append("\n".join([f"== {name}", *list(difflib.unified_diff(was, now, lineterm="", n=1))[2:]]))
    return f"{len(parts)} of {len(real)} probes differ (- real, + simulated)\n" + "\n".join(parts) if parts else ""


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return run_probes("simulated", tmp_path_factory.mktemp("simulated") / "out.json")


@pytest.fixture(scope="module")
def recorded() -> dict[str, str]:
    """What a real GPU printed, in the words of the torch that runs here."""
    if not RECORDED.exists():
        pytest.fail(f"tests/gpu/recorded.json is missing: no real GPU has run the probes. Where there is one: {HOW}")
    recording = json.loads(RECORDED.read_text(encoding="utf-8"))
    outputs: dict[str, str] = recording["probes"]
    if recording["torch"].split("+")[0] != torch.__version__.split("+")[0]:
        for name, was, now, _ in REWORDED:
            assert was in outputs[name], f'REWORDED: "{name}" has no words {was!r}'
            outputs[name] = outputs[name].replace(was, now)
    return outputs


def test_the_recording_holds_every_probe(recorded: dict[str, str], simulated: dict[str, str]) -> None:
    assert len(simulated) >= 150
    assert list(recorded) == list(simulated), f"probes.txt has changed since the recording; again: {HOW}"


def test_simulated_gpu_prints_what_a_real_one_printed(recorded: dict[str, str], simulated: dict[str, str]) -> None:
    differ = differences(recorded, simulated)
    assert not differ, differ


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no real GPU here")
def test_simulated_gpu_prints_what_the_real_one_prints_here(simulated: dict[str, str], tmp_path: Path) -> None:
    differ = differences(run_probes("real", tmp_path / "real.json"), simulated)
    assert not differ, differ


def test_differences_are_told_by_name() -> None:
    real = {"a": "1\n2\n", "b": "3\n", "c": "4\n"}
    assert differences(real, dict(real)) == ""
    told = differences(real, {"a": "1\n5\n", "b": "3\n"})
    assert told.startswith("2 of 3 probes differ")
    assert "== a\n" in told and "-2\n+5" in told and "== c\n" in told and "== b" not in told
