"""Where a notebook runs, and on what its checks run."""

from __future__ import annotations

import pytest
import torch

from autograder.kit.devices import devices, randn, ready
from autograder.kit.gpu import simulate_gpu, stop_simulating


@pytest.mark.parametrize(
    ("sign", "place"),
    [
        ("COLAB_RELEASE_TAG", "Google Colab"),
        ("KAGGLE_KERNEL_RUN_TYPE", "Kaggle"),
        ("BINDER_SERVICE_HOST", "Binder"),
        ("", "this computer"),
    ],
)
def test_one_line_says_where_the_notebook_runs_and_how_to_hand_it_in(
    monkeypatch: pytest.MonkeyPatch, sign: str, place: str
) -> None:
    for each in ("COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE", "BINDER_SERVICE_HOST"):
        monkeypatch.delenv(each, raising=False)
    if sign:
        monkeypatch.setenv(sign, "1")
    assert f"on {place}; checks run on the CPU" in ready()
    assert ready().endswith(". To hand in: save, then File > Download, as .ipynb.")
    assert len(ready().splitlines()) == 1


def test_a_gpu_is_named_and_a_simulated_one_says_so() -> None:
    if torch.cuda.is_available():
        assert torch.cuda.get_device_name() in ready()
        return
    assert "checks run on the CPU." in ready()
    simulate_gpu()
    try:
        assert "checks run on the CPU and cuda:0 (simulated GPU)." in ready()
        assert list(map(str, devices())) == ["cpu", "cuda:0"]
        assert torch.equal(randn(2, 3, device="cuda").cpu(), randn(2, 3))
    finally:
        stop_simulating()


def test_a_mac_is_told_that_its_gpu_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert "This Mac's GPU, mps, is not used" in ready()
