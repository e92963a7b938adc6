"""Where a notebook runs, where its hidden tests run, and what they feed."""

import os

import torch

PLACES = {"COLAB_RELEASE_TAG": "Google Colab", "KAGGLE_KERNEL_RUN_TYPE": "Kaggle", "BINDER_SERVICE_HOST": "Binder"}


def ready() -> str:
    """One line: which PyTorch this is, where the notebook runs, on what its checks do, and how to hand it in."""
    place = next((name for sign, name in PLACES.items() if sign in os.environ), "this computer")
    used = ["the CPU", *(f"{each} ({torch.cuda.get_device_name(each)})" for each in devices()[1:])]
    other = " This Mac's GPU, mps, is not used by them." * torch.backends.mps.is_available()
    other += " To hand in: save, then File > Download, as .ipynb."
    return f"Ready: PyTorch {torch.__version__} on {place}; checks run on {' and '.join(used)}.{other}"


def devices() -> list[torch.device]:
    """The devices to test on: the CPU, and the GPU where there is one."""
    return [torch.device("cpu")] + [torch.device("cuda:0")] * torch.cuda.is_available()


def randn(*shape: int, device: torch.device | str = "cpu", seed: int = 0) -> torch.Tensor:
    """Normal noise of that shape, the same on every run and every device; the global generator is left alone."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).to(device)
