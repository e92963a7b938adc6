"""Where this runs, where hidden tests run, and what they feed."""

import torch


def devices() -> list[torch.device]:
    """The devices to test on: the CPU, and the GPU where there is one."""
    gpu = [torch.device("cuda:0")] if torch.cuda.is_available() else []
    return [torch.device("cpu"), *gpu]


def randn(*shape: int, device: torch.device | str = "cpu", seed: int = 0) -> torch.Tensor:
    """Normal noise of that shape, the same on every run and every device; the global generator is left alone."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).to(device)


def ready() -> None:
    """One line on where the notebook runs."""
    gpu = f"a GPU ({torch.cuda.get_device_name()})" if torch.cuda.is_available() else "no GPU, which is fine here"
    print(f"Ready. PyTorch {torch.__version__}, {torch.get_num_threads()} CPU threads, {gpu}.")
