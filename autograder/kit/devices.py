"""Where hidden tests run, and what they feed."""

import torch


def devices() -> list[torch.device]:
    """The devices to test on: the CPU, and the GPU where there is one."""
    return [torch.device("cpu")] + [torch.device("cuda:0")] * torch.cuda.is_available()


def randn(*shape: int, device: torch.device | str = "cpu", seed: int = 0) -> torch.Tensor:
    """Normal noise of that shape, the same on every run and every device; the global generator is left alone."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).to(device)
