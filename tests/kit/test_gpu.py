"""The simulated GPU holds real values, keeps results where they belong and leaves torch as it found it."""

from __future__ import annotations

import copy
import gc
import io
import math
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from autograder.kit.devices import devices
from autograder.kit.gpu import simulate_gpu, stop_simulating
from autograder.kit.gpu_memory import is_on_gpu, put_on_gpu, simulated, unseen

GPU = torch.device("cuda", 0)


@pytest.fixture(autouse=True)
def gpu() -> Iterator[None]:
    assert simulate_gpu(force=True)
    yield
    torch.set_default_device(None)
    stop_simulating()


def x() -> torch.Tensor:
    return torch.tensor([1.0, 2.0], device="cuda")


class Square(torch.autograd.Function):
    """Its backward makes a tensor on its gradient's device."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors
        assert grad.device == x.device
        return grad * 2 * x + torch.zeros(2, device=grad.device)


ON_THE_GPU = [
    ("zeros", lambda: torch.zeros(2, device="cuda"), [0.0, 0.0]),
    ("to", lambda: torch.arange(2).to("cuda"), [0, 1]),
    ("to an index", lambda: torch.arange(2).to(0), [0, 1]),
    ("to another", lambda: torch.arange(2).to(x()), [0.0, 1.0]),
    ("cuda", lambda: torch.arange(2).cuda(), [0, 1]),
    ("of an array", lambda: torch.as_tensor(np.array([1.0, 2.0]), device="cuda"), [1.0, 2.0]),
    ("like", lambda: torch.ones_like(x()), [1.0, 1.0]),
    ("new", lambda: x().new_full((1,), 3), [3.0]),
    ("sum", lambda: x() + x(), [2.0, 4.0]),
    ("product", lambda: x() @ x(), 5.0),
    ("view", lambda: x()[1:].view(1, 1), [[2.0]]),
    ("CPU scalar", lambda: x() * torch.tensor(2.0), [2.0, 4.0]),
    ("CPU index", lambda: x()[torch.tensor([1, 0])], [2.0, 1.0]),
    ("CPU mask", lambda: x()[torch.tensor([True, False])], [1.0]),
    ("unbind", lambda: x().unbind()[1], 2.0),
    ("max", lambda: x().max(dim=0).indices, 1),
    ("from numpy", lambda: torch.from_numpy(np.ones(2)).cuda(), [1.0, 1.0]),
    ("vmap", lambda: torch.vmap(lambda row: row * 2)(x()[None]), [[2.0, 4.0]]),
    ("func.grad", lambda: torch.func.grad(lambda x: (x**2).sum())(x()), [2.0, 4.0]),
    ("jacrev", lambda: torch.func.jacrev(lambda x: x**2)(x()), [[2.0, 0.0], [0.0, 4.0]]),
    ("jacfwd", lambda: torch.func.jacfwd(lambda x: x**2)(x()), [[2.0, 0.0], [0.0, 4.0]]),
    ("old type", lambda: torch.cuda.FloatTensor([1.0]), [1.0]),
    ("deep copy", lambda: copy.deepcopy(x()), [1.0, 2.0]),
    ("pickle", lambda: pickle.loads(pickle.dumps(x())), [1.0, 2.0]),
    ("one hot", lambda: F.one_hot(torch.tensor([1], device="cuda"), 2), [[0, 1]]),
]


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated")  # torch's own, in forward-mode derivatives
@pytest.mark.parametrize(("name", "make", "want"), ON_THE_GPU, ids=[each[0] for each in ON_THE_GPU])
def test_results_lie_on_the_gpu_and_hold_real_values(name: str, make: Any, want: Any) -> None:
    got = make()
    assert got.device == GPU and got.is_cuda and not got.is_cpu and got.get_device() == 0
    assert "device='cuda:0'" in repr(got)
    assert got.tolist() == want
    assert got.cpu().device.type == "cpu"


ON_THE_CPU = [
    ("cpu", lambda: x().cpu()),
    ("to cpu", lambda: x().to("cpu")),
    ("of a list of GPU scalars", lambda: torch.tensor([x()[0], x()[1]])),
    ("as_tensor to the CPU", lambda: torch.as_tensor(x(), device="cpu")),
    ("like on the CPU", lambda: torch.zeros_like(x(), device="cpu")),
    ("GPU scalar as index", lambda: torch.ones(3)[torch.tensor(1, device="cuda")]),
    ("copy_ from the GPU", lambda: torch.zeros(2).copy_(x())),
    ("plain", lambda: torch.ones(2)),
]


@pytest.mark.parametrize(("name", "make"), ON_THE_CPU, ids=[each[0] for each in ON_THE_CPU])
def test_results_lie_on_the_cpu(name: str, make: Any) -> None:
    assert make().device.type == "cpu" and not is_on_gpu(make())


SAME = r"Expected all tensors to be on the same device, but "
REFUSED = [
    ("x + c", RuntimeError, SAME + "found at least two devices, cuda:0 and cpu!"),
    ("c + x", RuntimeError, SAME + "found at least two devices, cuda:0 and cpu!"),
    ("torch.ones(2).add_(x)", RuntimeError, SAME + "found at least two devices"),
    ("torch.ones(()).add_(x[0])", RuntimeError, SAME + "found at least two devices"),
    ("x @ c", RuntimeError, SAME + "got tensor is on cpu, different from other tensors on cuda:0"),
    ("torch.cat([x, c])", RuntimeError, SAME + "got tensors is on cpu.*wrapper_CUDA_cat"),
    ("nn.Linear(2, 1).cuda()(c[None])", RuntimeError, SAME + "got mat1 is on cpu.*wrapper_CUDA_addmm"),
    ("F.mse_loss(x, c)", RuntimeError, SAME + "found at least two devices"),
    ("c[torch.tensor([0], device='cuda')]", RuntimeError, "indices should be either on cpu or on the same device"),
    ("torch.add(x, x, out=c)", RuntimeError, SAME + "found at least two devices"),
    (
        "nn.Conv1d(1, 1, 1).cuda()(c[None])",
        RuntimeError,
        r"Input type \(torch.FloatTensor\) and weight type \(torch.cuda",
    ),
    (
        "torch.ones(2, 2, dtype=int, device='cuda') @ torch.ones(2, 2, dtype=int, device='cuda')",
        RuntimeError,
        "addmm_cuda",
    ),
    ("x.numpy()", TypeError, "can't convert cuda:0 device type tensor to numpy"),
    ("np.asarray(x)", TypeError, "can't convert cuda:0 device type tensor to numpy"),
    ("torch.zeros(2, device='cuda:1')", RuntimeError, "invalid device ordinal"),
    ("c.to('cuda:1')", RuntimeError, "invalid device ordinal"),
    ("torch.cuda.set_device(1)", RuntimeError, "invalid device ordinal"),
    ("nn.Linear(1, 1, device='cuda:1')", RuntimeError, "invalid device ordinal"),
    ("c.to('gpu')", RuntimeError, "Expected one of cpu, cuda"),
    ("x.pin_memory()", RuntimeError, "only dense CPU tensors can be pinned"),
    ("(x * leaf).backward(c)", RuntimeError, "expected device cuda:0 but got cpu"),
    ("setattr(leaf, 'grad', c)", RuntimeError, "assigned grad has data located on a different device"),
    ("torch.rand(2, device='cuda', generator=torch.Generator())", RuntimeError, "Expected a 'cuda' device type"),
    ("torch.rand(2, generator=torch.Generator('cuda'))", RuntimeError, "Expected a 'cpu' device type"),
    (
        "torch.zeros(2**50, device='cuda')",
        torch.OutOfMemoryError,
        "CUDA out of memory. Tried to allocate 4194304.00 GiB",
    ),
    ("nn.LSTM(2, 2).cuda()(c[None, None])", RuntimeError, "Input and .* tensors are not at the same device"),
    ("torch.empty(2**33, device='cuda')", torch.OutOfMemoryError, r"Tried to allocate 32.00 GiB"),
    ("x.set_(c)", RuntimeError, 'on device "cuda:0" to a storage on different device "cpu"'),
    ("c.set_(x.untyped_storage())", RuntimeError, 'on device "cpu" to a storage on different device "cuda:0"'),
    ("c.masked_fill(c > 3, x[0])", RuntimeError, "masked_fill_: Expected inputs to be on same device"),
    ("torch.addcmul(x, c[0], c[1])", RuntimeError, "too many CPU scalars"),
    ("F.binary_cross_entropy(x[0] / 2, c[0] / 4)", RuntimeError, SAME + "found at least two devices"),
    ("torch.clamp(x, max=c[0])", RuntimeError, SAME + "got max is on cpu.*wrapper_CUDA_clamp_Tensor"),
    ("torch.zeros(2, out=x, device='cpu')", RuntimeError, "does not match device type of out parameter"),
    ("torch.ones(2, device='cuda', pin_memory=True)", RuntimeError, "Only dense CPU tensors can be pinned"),
    ("x.index_put_((torch.tensor([0, 1]),), c, accumulate=True)", RuntimeError, "but got device cpu for value tensor"),
    ("nn.BatchNorm2d(1)(torch.ones(2, 1, 2, 2, device='cuda'))", RuntimeError, "wrapper_CUDA__cudnn_batch_norm"),
    ("nn.Conv2d(1, 1, 2).cuda()(torch.ones(16, 1, 4, 4))", RuntimeError, "or input should be a MKLDNN tensor"),
    ("F.conv1d(x[None, None].long(), x[None, None].long())", NotImplementedError, "slow_conv2d_cuda"),
    ("torch.cuda.memory_allocated(1)", RuntimeError, "Invalid device argument 1: did you call init"),
    ("torch.cuda.set_device('cuda')", ValueError, "Expected a torch.device with a specified index"),
    # what the simulation lacks
    ("torch.compile(nn.Linear(1, 1))", NotImplementedError, "torch.compile"),
    ("torch.jit.script(len)", NotImplementedError, "torch.jit.script"),
    ("torch.cuda.CUDAGraph()", NotImplementedError, "torch.cuda.CUDAGraph"),
    ("torch.cuda.memory_stats()", NotImplementedError, "torch.cuda.memory_stats"),
    ("torch.cuda.memory_summary()", NotImplementedError, "torch.cuda.memory_summary"),
    ("torch.autocast('cuda')", NotImplementedError, "torch.autocast"),
    ("x.to_sparse()", NotImplementedError, "sparse"),
    ("torch.nested.nested_tensor([x])", NotImplementedError, "nested_tensor"),
    ("torch.from_dlpack(x)", NotImplementedError, "__dlpack__"),
    ("torch.utils.dlpack.to_dlpack(x)", NotImplementedError, "to_dlpack"),
    ("ForkingPickler.dumps(x)", NotImplementedError, "between processes"),
]


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED, ids=[each[0] for each in REFUSED])
def test_what_cuda_refuses_is_refused_in_its_words(call: str, kind: type[Exception], words: str) -> None:
    names = {"x": x(), "c": torch.tensor([3.0, 4.0]), "leaf": x().requires_grad_(), "np": np, "nn": nn, "F": F}
    with pytest.raises(kind, match=words):
        eval(call, {**names, "torch": torch, "ForkingPickler": ForkingPickler})
    assert names["c"].tolist() == [3.0, 4.0] and not is_on_gpu(names["c"])


def test_gradients_lie_where_their_leaves_lie() -> None:
    c, g = torch.ones(2, requires_grad=True), x().requires_grad_()
    seen = []
    g.register_hook(lambda grad: seen.append(grad.device))
    (c.to("cuda") * g).cpu().sum().backward()
    assert c.grad is not None and c.grad.device.type == "cpu" and c.grad.tolist() == [1.0, 2.0]
    assert g.grad is not None and g.grad.device == GPU and g.grad.tolist() == [1.0, 1.0]
    assert seen == [GPU]
    first, second = torch.autograd.grad((c.cuda() * g).sum(), [c, g])
    assert (first.device.type, second.device) == ("cpu", GPU)


def test_gradients_that_cross_share_no_memory() -> None:
    """One hook on either side of a transfer, whose backward would hand on the memory as it is."""
    seen = {}
    here = torch.ones(2, requires_grad=True) * 1
    there = here.to("cuda")
    there.register_hook(lambda grad: seen.update(there=grad))
    here.register_hook(lambda grad: seen.update(here=grad, device=grad.device.type))
    there.sum().backward()
    assert seen["device"] == "cpu" and seen["there"].device == GPU
    assert seen["here"].data_ptr() != seen["there"].data_ptr()
    leaf = torch.ones(2, requires_grad=True)
    moved = leaf.cuda()
    first, second = torch.autograd.grad((moved * 2).sum(), [leaf, moved])
    assert (first.device.type, second.device) == ("cpu", GPU)


def test_second_derivatives_stay_on_the_device() -> None:
    g = x().requires_grad_()
    (first,) = torch.autograd.grad((g**3).sum(), g, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), g)
    assert first.device == second.device == GPU and second.tolist() == [6.0, 12.0]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_function_of_ones_own_sees_the_gradient_on_its_device(device: str) -> None:
    leaf = torch.ones(2, device=device, requires_grad=True)
    Square.apply(leaf).sum().backward()
    assert leaf.grad is not None and leaf.grad.tolist() == [2.0, 2.0] and leaf.grad.device.type == device


def test_modules_move_in_place_and_keep_their_parameters() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    first = model[0].weight
    assert model.to("cuda") is model and model[0].weight is first
    assert {each.device for each in model.state_dict().values()} == {GPU}
    model(torch.ones(3, 2, device="cuda")).sum().backward()
    model.cpu()
    assert first.grad is not None and first.grad.device.type == first.device.type == "cpu"


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop])
@pytest.mark.parametrize("foreach", [True, False])
def test_optimisers_step_as_on_the_cpu(kind: Any, foreach: bool) -> None:
    results = []
    for device in ("cpu", "cuda"):
        w = torch.tensor([1.0, -2.0], device=device, requires_grad=True)
        optimiser = kind([w], lr=0.1, foreach=foreach)
        for _ in range(3):
            optimiser.zero_grad()
            (w**2).sum().backward()
            nn.utils.clip_grad_norm_([w], 1.0)
            optimiser.step()
        assert w.device.type == device
        results.append(w.detach().cpu())
    assert torch.allclose(*results)


def test_saved_tensors_load_where_cuda_would_load_them(tmp_path: Path) -> None:
    torch.save({"g": x(), "c": torch.ones(1)}, tmp_path / "x.pt")
    loaded = torch.load(tmp_path / "x.pt")
    assert loaded["g"].device == GPU and loaded["c"].device.type == "cpu"
    assert not torch.load(tmp_path / "x.pt", map_location="cpu")["g"].is_cuda
    assert torch.load(tmp_path / "x.pt", map_location="cuda")["c"].is_cuda
    with pytest.raises(RuntimeError, match=r"CUDA device 1 but torch.cuda.device_count\(\) is 1"):
        torch.load(tmp_path / "x.pt", map_location="cuda:1")
    stop_simulating()
    if not torch.cuda.is_available():
        with pytest.raises(RuntimeError, match="Attempting to deserialize object on a CUDA device"):
            torch.load(tmp_path / "x.pt")
    assert torch.load(tmp_path / "x.pt", map_location="cpu")["g"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_loader_pins_its_batches(workers: int) -> None:
    for (batch,) in DataLoader(TensorDataset(torch.arange(4.0)), 2, pin_memory=True, num_workers=workers):
        assert batch.is_pinned() and batch.to("cuda", non_blocking=True).is_cuda


def test_the_default_device_holds_for_factories_and_modules() -> None:
    with torch.device("cuda"):
        assert torch.zeros(1).is_cuda and nn.Linear(1, 1).weight.is_cuda and not torch.zeros(1, device="cpu").is_cuda
    assert not torch.zeros(1).is_cuda
    torch.set_default_device("meta")
    assert torch.zeros(1).is_meta and torch.zeros(1, device="cuda").is_cuda
    torch.set_default_device("cuda")
    assert torch.arange(2).is_cuda and torch.tensor([1.0]).is_cuda and torch.get_default_device() == GPU
    assert str(torch.ones(2)) == "tensor([1., 1.], device='cuda:0')"


def test_the_gpu_draws_from_a_generator_of_its_own() -> None:
    torch.manual_seed(0)
    a = torch.rand(3)
    torch.manual_seed(0)
    g = torch.rand(3, device="cuda")
    assert torch.equal(torch.rand(3), a) and not torch.equal(g.cpu(), a)
    torch.cuda.manual_seed(0)
    assert torch.equal(torch.rand(3, device="cuda"), g)


def test_memory_is_counted_in_blocks_and_freed() -> None:
    before = torch.cuda.memory_allocated()
    a = torch.zeros(129, device="cuda")
    view = a[1:]
    assert torch.cuda.memory_allocated() - before == 1024
    del a
    assert torch.cuda.memory_allocated() - before == 1024
    del view
    gc.collect()
    assert torch.cuda.memory_allocated() == before


def test_events_measure_milliseconds() -> None:
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    end.record()
    torch.cuda.synchronize()
    assert 0 <= start.elapsed_time(end) < 1000 and not math.isnan(start.elapsed_time(end))


def test_it_says_that_it_is_simulated() -> None:
    assert "simulated" in torch.cuda.get_device_name() and "simulated" in torch.cuda.get_device_properties(0).name
    assert torch.cuda.is_available() and torch.cuda.device_count() == 1
    assert torch.accelerator.current_accelerator() == torch.device("cuda")
    assert devices() == [torch.device("cpu"), GPU]


def test_a_thread_sees_the_gpu() -> None:
    seen: list[torch.device] = []
    thread = threading.Thread(target=lambda: seen.append((torch.ones(1, device="cuda") + 1).device))
    thread.start()
    thread.join()
    assert seen == [GPU]


def test_memory_can_be_marked_and_read_unseen() -> None:
    c = torch.ones(2)
    view = c[1:]
    assert put_on_gpu(c) is c and view.is_cuda
    with unseen():
        assert c.device.type == "cpu" and c.numpy().tolist() == [1.0, 1.0]
    with pytest.raises(TypeError):
        c.numpy()


def test_marks_outlive_python_objects_and_end_with_the_memory() -> None:
    model = nn.Linear(2, 2).cuda()
    gc.collect()
    assert model.weight.detach().view(-1).data.is_cuda and nn.Parameter(model.weight).is_cuda
    del model
    for _ in range(100):
        assert not torch.empty(2, 2).is_cuda


def test_a_torch_function_mode_and_a_subclass_of_ones_own_still_work() -> None:
    class Mine(torch.Tensor):
        pass

    mine = torch.ones(2).as_subclass(Mine).cuda()
    assert type(mine + 1) is Mine and (mine + 1).device == GPU


def test_printing_into_a_file_shows_the_device() -> None:
    file = io.StringIO()
    print(x(), f"{x()[0]:.1f}", f"{x()}", file=file)
    assert file.getvalue() == "tensor([1., 2.], device='cuda:0') 1.0 tensor([1., 2.], device='cuda:0')\n"


UNDONE = """
import torch, threading
from torch.utils._device import DeviceContext
from autograder.kit.gpu import simulate_gpu, stop_simulating
owners = [torch, torch.cuda, torch.accelerator, torch._C, torch.autograd, torch.autograd.Function, torch.jit,
          DeviceContext, torch.UntypedStorage, threading.Thread, torch.nested, torch.utils.dlpack, torch.serialization,
          torch.amp.autocast_mode.autocast, torch.autograd.graph.saved_tensors_hooks]
def state():
    return [dict(vars(each)) for each in owners], list(torch.serialization._package_registry)
before = state()
assert simulate_gpu(force=True) and simulate_gpu(force=True)
x = torch.ones(2, device="cuda")
stop_simulating()
stop_simulating()
(was, registry), (now, registered) = before, state()
changed = [name for a, b in zip(was, now) for name in a.keys() | b.keys() if a.get(name) is not b.get(name)]
assert not changed, changed
assert registry == registered
assert not torch.overrides._get_current_function_mode_stack()
assert x.device.type == "cpu" and x.numpy().sum() == 2
"""


def test_it_undoes_itself_wholly() -> None:
    done = subprocess.run([sys.executable, "-c", UNDONE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_stays_off_where_there_is_a_real_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_simulating()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert not simulate_gpu() and not simulated()


DRAWS = """
import sys, torch
from autograder.kit.gpu import simulate_gpu
simulate_gpu(force=True)
torch.rand(int(sys.argv[1]), device="cuda")  # another past
torch.cuda.set_rng_state(torch.frombuffer(bytearray.fromhex(sys.stdin.read()), dtype=torch.uint8))
print(torch.randn(3, device="cuda").tolist(), torch.randperm(9, device="cuda").tolist())
"""


def test_the_random_state_goes_to_another_process_as_bytes() -> None:
    torch.cuda.manual_seed(7)
    torch.rand(5, device="cuda")
    state = torch.cuda.get_rng_state()
    assert (state.device.type, state.dtype) == ("cpu", torch.uint8)
    with unseen():
        sent = state.numpy().tobytes()
    cpu = torch.random.get_rng_state()
    wanted = f"{torch.randn(3, device='cuda').tolist()} {torch.randperm(9, device='cuda').tolist()}\n"
    assert torch.equal(torch.random.get_rng_state(), cpu)
    for past in "0", "100":
        command = [sys.executable, "-c", DRAWS, past]
        assert subprocess.run(command, input=sent.hex(), text=True, capture_output=True, check=True).stdout == wanted
    torch.cuda.set_rng_state_all([state])
    assert torch.equal(torch.cuda.get_rng_state(), state) and torch.equal(torch.cuda.get_rng_state_all()[0], state)


def test_a_loaders_worker_that_sends_from_the_gpu_is_refused_and_does_not_hang() -> None:
    with pytest.raises(RuntimeError, match="Cannot re-initialize CUDA in forked subprocess"):
        list(DataLoader(TensorDataset(x()), num_workers=1, timeout=30))


def test_a_forked_process_keeps_its_tensors() -> None:
    g, (read, write) = x(), os.pipe()
    child = os.fork()
    if not child:
        os.write(write, str((g + 1, g.device)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 999) == b"(tensor([2., 3.], device='cuda:0'), device(type='cuda', index=0))"


class Interrupted(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x * 1

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        raise KeyboardInterrupt


def test_an_interrupt_within_backward_leaves_all_as_it_was() -> None:
    modes = torch.overrides._get_current_function_mode_stack()
    with pytest.raises(KeyboardInterrupt):
        Interrupted.apply(x().requires_grad_()).sum().backward()
    assert torch.overrides._get_current_function_mode_stack() == modes
    assert (x() + 1).is_cuda and not torch.ones(1).is_cuda


def test_it_can_be_switched_off_within_another_mode() -> None:
    with torch.device("meta"):
        stop_simulating()
        assert torch.ones(1).is_meta and not torch.ones(1, device="cpu").is_cuda
    assert not torch.overrides._get_current_function_mode_stack()


def test_many_tensors_leave_nothing_in_use() -> None:
    before = torch.cuda.memory_allocated()
    for _ in range(2000):
        each = torch.ones(100, device="cuda")
        each = (each * 2)[1:].cpu().cuda()
    assert torch.cuda.memory_allocated() == before + 512
    del each
    assert torch.cuda.memory_allocated() == before


def test_tied_parameters_stay_tied() -> None:
    model = nn.ModuleList([nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)])
    model[1].weight = model[0].weight
    model.to("cuda").to("cuda")
    assert model[1].weight is model[0].weight and model[0].weight.is_cuda and len(list(model.parameters())) == 1


def test_an_optimisers_state_follows_its_parameter() -> None:
    states = []
    for device in "cpu", "cuda":
        w = torch.ones(1, device=device, requires_grad=True)
        optimiser = torch.optim.Adam([w])
        if states:
            optimiser.load_state_dict(states[0])
            assert optimiser.state[w]["exp_avg"].is_cuda and not optimiser.state[w]["step"].is_cuda
        w.sum().backward()
        optimiser.step()
        states.append(optimiser.state_dict())


def test_packed_sequences_keep_their_sizes_on_the_cpu() -> None:
    packed = nn.utils.rnn.pack_padded_sequence(torch.ones(3, 2, 1, device="cuda"), torch.tensor([3, 2]))
    assert packed.data.is_cuda and not packed.batch_sizes.is_cuda


@pytest.mark.parametrize("dtype", [torch.bool, torch.float16, torch.bfloat16, torch.complex64, torch.int8])
def test_every_dtype_keeps_its_device_empty_or_not(dtype: torch.dtype) -> None:
    for size in (0, 3):
        g = torch.ones(size, device="cuda").to(dtype)
        assert g.clone().is_cuda and g[:0].is_cuda and torch.cat([g, g]).is_cuda and (g == g).is_cuda
        assert not g.cpu().is_cuda and g.cpu().dtype == dtype
        with pytest.raises(RuntimeError, match="at least two devices"):
            g.eq(g.cpu())
