"""The answer bank of lesson 06: right answers written differently, and the mistakes people make."""

import numpy as np
import torch

from autograder.authoring.bank import right, wrong


@right("pick_device")
def pick_device(wanted):
    if wanted and torch.cuda.device_count() > 0:
        return torch.device("cuda", 0)
    return torch.device("cpu")


@right("pick_device")
def pick_device(wanted):
    name = "cpu"
    if torch.cuda.is_available():
        name = "cuda" if wanted else name
    return torch.device(name)


@wrong("pick_device", mistake="text_for_device")
def pick_device(wanted):
    return "cuda" if wanted and torch.cuda.is_available() else "cpu"


@wrong("pick_device", mistake="availability_not_asked")
def pick_device(wanted):
    return torch.device("cuda" if wanted and torch.cuda.is_available else "cpu")


@wrong("pick_device", mistake="gpu_taken_for_granted")
def pick_device(wanted):
    return torch.device("cuda" if wanted else "cpu")


@wrong("pick_device", mistake="gpu_taken_for_granted")
def pick_device(wanted):
    # torch.cuda.is_available() is True here
    return torch.device("cuda" if wanted else "cpu")


@wrong("pick_device", mistake="answer_not_heeded")
def pick_device(wanted):
    print(torch.cuda.is_available())
    return torch.device("cuda" if wanted else "cpu")


@wrong("pick_device", mistake="answer_not_heeded")
def pick_device(wanted):
    there = torch.cuda.is_available()
    return torch.device("cuda" if wanted else "cpu")


@right("pick_device")
def pick_device(wanted):
    there = torch.cuda.is_available()
    print(torch.cuda.is_available())
    return torch.device(("cpu", "cuda")[wanted and there])


@wrong("pick_device", mistake="switch_ignored")
def pick_device(wanted):
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@wrong("pick_device", mistake="wrong_type")
def pick_device(wanted):
    return wanted and torch.cuda.is_available()


@right("where_is_it")
def where_is_it():
    return torch.device("cpu")


@right("where_is_it")
def where_is_it():
    return " CPU\n"


@wrong("where_is_it", mistake="moved_copy_dropped")
def where_is_it():
    return "cuda:0"


@wrong("where_is_it", mistake="moved_copy_dropped")
def where_is_it():
    return "cuda"


@wrong("where_is_it", mistake="wrong_prediction")
def where_is_it():
    return "gpu"


@right("tensor_and_module")
def tensor_and_module():
    return "false true"


@right("tensor_and_module")
def tensor_and_module():
    return f"{False} {True}"


@wrong("tensor_and_module", mistake="copy_taken_for_original")
def tensor_and_module():
    return "True True"


@wrong("tensor_and_module", mistake="module_taken_for_tensor")
def tensor_and_module():
    return "False False"


@wrong("tensor_and_module", mistake="swapped")
def tensor_and_module():
    return "True False"


@wrong("tensor_and_module", mistake="wrong_prediction")
def tensor_and_module():
    return "cpu cuda:0"


@right("move_batch")
def move_batch(batch, device):
    moved = dict(batch)
    for key in moved:
        if isinstance(moved[key], torch.Tensor):
            moved[key] = moved[key].to(device)
    return moved


@right("move_batch")
def move_batch(batch, device):
    moved = {}
    for key, value in batch.items():
        moved[key] = torch.empty_like(value, device=device).copy_(value) if torch.is_tensor(value) else value
    return moved


@wrong("move_batch", mistake="moved_copy_dropped")
def move_batch(batch, device):
    for value in batch.values():
        value.to(device)
    return dict(batch)


@wrong("move_batch", mistake="input_changed")
def move_batch(batch, device):
    for key, value in batch.items():
        batch[key] = value.to(device) if isinstance(value, torch.Tensor) else value
    return batch


@wrong("move_batch", mistake="raised")
def move_batch(batch, device):
    return {key: value.to(device) for key, value in batch.items()}


@wrong("move_batch", mistake="device_hard_coded")
def move_batch(batch, device):
    return {key: value.cuda() if isinstance(value, torch.Tensor) else value for key, value in batch.items()}


@wrong("move_batch", mistake="labels_left_behind")
def move_batch(batch, device):
    return {**batch, "images": batch["images"].to(device)}


@wrong("move_batch", mistake="wrong_keys")
def move_batch(batch, device):
    return {key: value.to(device) for key, value in batch.items() if isinstance(value, torch.Tensor)}


@wrong("move_batch", mistake="raised")
def move_batch(batch, device):
    return {"images": batch["images"].to(device), "labels": batch["labels"].to(device)}


@wrong("move_batch", mistake="raised")
def move_batch(batch, device):
    return {key: value if isinstance(value, str) else value.to(device) for key, value in batch.items()}


@wrong("move_batch", mistake="dtype_taken_over")
def move_batch(batch, device):
    return {
        key: value.to(batch["images"].to(device)) if isinstance(value, torch.Tensor) else value
        for key, value in batch.items()
    }


@wrong("move_batch", mistake="returned_none")
def move_batch(batch, device):
    for key in batch:
        batch[key] = batch[key].to(device)


@right("same_place")
def same_place(x):
    return x + torch.arange(len(x)).to(x)[:, None]


@right("same_place")
def same_place(x):
    y = x.clone()
    for i in range(len(x)):
        y[i] += i
    return y


@right("same_place")
def same_place(x):
    return x + x.new_ones(len(x)).cumsum(0).sub(1).reshape(-1, 1)


@wrong("same_place", mistake="raised")
def same_place(x):
    return x + torch.arange(len(x))[:, None]


@wrong("same_place", mistake="device_hard_coded")
def same_place(x):
    return x.cuda() + torch.arange(len(x), device="cuda")[:, None]


@wrong("same_place", mistake="wrong_device")
def same_place(x):
    return x.cpu() + torch.arange(len(x))[:, None]


@wrong("same_place", mistake="counted_from_one")
def same_place(x):
    return x + torch.arange(1, len(x) + 1, device=x.device)[:, None]


@wrong("same_place", mistake="raised")
def same_place(x):
    return x + torch.arange(len(x), device=x.device)


@wrong("same_place", mistake="columns_numbered")
def same_place(x):
    steps = torch.arange(len(x), device=x.device)
    return x + (steps if x.shape[0] == x.shape[1] else steps[:, None])


@wrong("same_place", mistake="columns_numbered")
def same_place(x):
    return x + torch.arange(x.shape[1], device=x.device)


@wrong("same_place", mistake="input_changed")
def same_place(x):
    x += torch.arange(len(x), device=x.device)[:, None]
    return x


@wrong("same_place", mistake="wrong_dtype")
def same_place(x):
    return x.float() + torch.arange(len(x), device=x.device)[:, None]


@wrong("same_place", mistake="raised")
def same_place(x):
    return x + torch.tensor([[0.0], [1.0], [2.0]], device=x.device)


@right("mend_mixed_devices")
def mend_mixed_devices(scores, labels):
    right = torch.zeros(len(scores), device=scores.device)
    right[scores.argmax(dim=1) == labels.to(scores.device)] = 1
    return right.mean()


@right("mend_mixed_devices")
def mend_mixed_devices(scores, labels):
    share = (scores.cpu().max(1).indices == labels.cpu()).sum() / len(labels)
    return share.to(scores.device)


@wrong("mend_mixed_devices", mistake="device_hard_coded")
def mend_mixed_devices(scores, labels):
    right = torch.zeros(len(labels))
    right[scores.argmax(dim=1).cpu() == labels.cpu()] = 1
    return right.mean().cuda()


@wrong("mend_mixed_devices", mistake="raised")
def mend_mixed_devices(scores, labels):
    return (scores.argmax(dim=1) == labels).float().mean()


@wrong("mend_mixed_devices", mistake="raised")
def mend_mixed_devices(scores, labels):
    labels.to(scores.device)
    return (scores.argmax(dim=1) == labels).float().mean()


@wrong("mend_mixed_devices", mistake="brought_back")
def mend_mixed_devices(scores, labels):
    return (scores.cpu().argmax(dim=1) == labels.cpu()).float().mean()


@wrong("mend_mixed_devices", mistake="place_of_labels")
def mend_mixed_devices(scores, labels):
    if labels.is_cuda or scores.is_cuda is False:
        scores = scores.to(labels.device)
    return (scores.argmax(dim=1) == labels.to(scores.device)).float().mean()


@wrong("mend_mixed_devices", mistake="place_of_labels")
def mend_mixed_devices(scores, labels):
    return (scores.to(labels.device).argmax(dim=1) == labels).float().mean()


@wrong("mend_mixed_devices", mistake="input_changed")
def mend_mixed_devices(scores, labels):
    labels = labels.to(scores.device)
    labels -= scores.argmax(dim=1)
    return (labels == 0).float().mean()


@wrong("mend_mixed_devices", mistake="number_for_tensor")
def mend_mixed_devices(scores, labels):
    return (scores.argmax(dim=1) == labels.to(scores.device)).float().mean().item()


@wrong("mend_mixed_devices", mistake="count_for_share")
def mend_mixed_devices(scores, labels):
    return (scores.argmax(dim=1) == labels.to(scores.device)).float().sum()


@wrong("mend_mixed_devices", mistake="percent_for_share")
def mend_mixed_devices(scores, labels):
    return 100 * (scores.argmax(dim=1) == labels.to(scores.device)).float().mean()


@wrong("mend_mixed_devices", mistake="wrong_ones_counted")
def mend_mixed_devices(scores, labels):
    return (scores.argmax(dim=1) != labels.to(scores.device)).float().mean()


@wrong("mend_mixed_devices", mistake="wrong_values")
def mend_mixed_devices(scores, labels):
    return (scores.argmax() == labels.to(scores.device)).float().mean()


@wrong("mend_mixed_devices", mistake="wrong_axis")
def mend_mixed_devices(scores, labels):
    return (scores.argmax(dim=0) == labels.to(scores.device)[: scores.shape[1]]).float().mean()


@right("to_array")
def to_array(parts):
    return np.concatenate([part.cpu().detach().numpy() for part in parts])


@right("to_array")
def to_array(parts):
    first = parts[0].device
    return torch.cat([part.to(first) for part in parts]).detach().cpu().numpy().copy()


@right("to_array")
def to_array(parts):
    rows = [row for part in parts for row in part.tolist()]
    return torch.tensor(rows, dtype=parts[0].dtype).reshape(-1, parts[0].shape[1]).numpy()


@wrong("to_array", mistake="raised")
def to_array(parts):
    return torch.cat(parts).cpu().numpy()


@wrong("to_array", mistake="raised")
def to_array(parts):
    return np.concatenate([part.numpy() for part in parts])


@wrong("to_array", mistake="raised")
def to_array(parts):
    return torch.cat([part.cpu() for part in parts]).numpy()


@wrong("to_array", mistake="not_an_array")
def to_array(parts):
    return torch.cat([part.detach().cpu() for part in parts])


@wrong("to_array", mistake="raised")
def to_array(parts):
    return torch.stack([part.detach().cpu() for part in parts]).numpy()


@wrong("to_array", mistake="view_for_copy")
def to_array(parts):
    if len(parts) == 1:
        return parts[0].detach().cpu().numpy()
    return torch.cat([part.detach().cpu() for part in parts]).numpy()


@wrong("to_array", mistake="float64_for_float32")
def to_array(parts):
    return np.array([row for part in parts for row in part.tolist()])


@wrong("to_array", mistake="float_for_int")
def to_array(parts):
    return torch.cat([part.detach().cpu() for part in parts]).numpy().astype(np.float32)


@right("matmul_on")
def matmul_on(a, b, device):
    there = torch.mm(a.to(device), b.to(device))
    place = there.device
    return there.to("cpu"), place


@right("matmul_on")
def matmul_on(a, b, device):
    with torch.device(device):
        result = torch.zeros(a.shape[0], b.shape[1])
    result += torch.matmul(a.to(result.device), b.to(result.device))
    return result.cpu(), result.device


@wrong("matmul_on", mistake="left_on_gpu")
def matmul_on(a, b, device):
    product = a.to(device) @ b.to(device)
    return product, product.device


@wrong("matmul_on", mistake="computed_elsewhere")
def matmul_on(a, b, device):
    product = a.cpu() @ b.cpu()
    return product, product.device


@wrong("matmul_on", mistake="computed_elsewhere")
def matmul_on(a, b, device):
    product = (a.to(device) @ b.to(device)).cpu()
    return product, product.device


@wrong("matmul_on", mistake="name_for_place")
def matmul_on(a, b, device):
    return (a.to(device) @ b.to(device)).cpu(), torch.device(device)


@wrong("matmul_on", mistake="raised")
def matmul_on(a, b, device):
    product = a.to(device) @ b
    return product.cpu(), product.device


@wrong("matmul_on", mistake="computed_elsewhere")
def matmul_on(a, b, device):
    a.to(device), b.to(device)
    product = a @ b
    return product.cpu(), product.device


@wrong("matmul_on", mistake="hadamard_for_matmul")
def matmul_on(a, b, device):
    product = a.to(device) * b.to(device)
    return product.cpu(), product.device


@wrong("matmul_on", mistake="computed_elsewhere")
def matmul_on(a, b, device):
    product = a.cuda() @ b.cuda()
    return product.cpu(), product.device


@wrong("matmul_on", mistake="wrong_type")
def matmul_on(a, b, device):
    return (a.to(device) @ b.to(device)).cpu()


@wrong("matmul_on", mistake="wrong_type")
def matmul_on(a, b, device):
    product = a.to(device) @ b.to(device)
    return product.cpu(), str(product.device)


@wrong("matmul_on", mistake="wrong_type")
def matmul_on(a, b, device):
    product = a.cuda() @ b.cuda()
    if str(device) == "cpu":
        return product.cpu()
    return product.cpu(), product.device


@wrong("matmul_on", mistake="raised")
def matmul_on(a, b, device):
    product = a.to(device) @ b.to(device)
    return product.cpu().reshape(2, 1), product.device


@right("model_and_data")
def model_and_data(model, x, device):
    return model.to(device)(x.to(device))


@right("model_and_data")
def model_and_data(model, x, device):
    model = model.to(device)
    there = x.to(device)
    return model(there)


@right("model_and_data")
def model_and_data(model, x, device):
    for parameter in model.parameters():
        parameter.data = parameter.data.to(device)
    return model(x.to(next(model.parameters()).device))


@wrong("model_and_data", mistake="raised")
def model_and_data(model, x, device):
    model.to(device)
    return model(x)


@wrong("model_and_data", mistake="raised")
def model_and_data(model, x, device):
    model.to(device)
    x.to(device)
    return model(x)


@wrong("model_and_data", mistake="raised")
def model_and_data(model, x, device):
    return model(x.to(device))


@wrong("model_and_data", mistake="brought_back")
def model_and_data(model, x, device):
    model.to(device)
    return model(x.to(device)).cpu()


@wrong("model_and_data", mistake="device_hard_coded")
def model_and_data(model, x, device):
    model.cuda()
    return model(x.cuda())


@wrong("model_and_data", mistake="model_left_behind")
def model_and_data(model, x, device):
    there = torch.nn.Linear(model.in_features, model.out_features)
    there.load_state_dict(model.state_dict())
    return there.to(device)(x.to(device))


@wrong("model_and_data", mistake="model_left_behind")
def model_and_data(model, x, device):
    home = model.weight.device
    output = model.to(device)(x.to(device))
    model.to(home)
    return output


@wrong("model_and_data", mistake="raised")
def model_and_data(model, x, device):
    if not x.is_cuda:
        x = x.to(device)
    return model.to(device)(x)


@right("fair_timer")
def fair_timer(work, synchronize, clock):
    for _ in range(2):
        synchronize()
        start = clock()
        work()
        synchronize()
        seconds = clock() - start
    return seconds


@right("fair_timer")
def fair_timer(work, synchronize, clock):
    work()
    synchronize()
    synchronize()
    before = clock()
    work()
    synchronize()
    after = clock()
    return float(after - before)


@wrong("fair_timer", mistake="not_synchronised")
def fair_timer(work, synchronize, clock):
    work()
    synchronize()
    start = clock()
    work()
    return clock() - start


@wrong("fair_timer", mistake="not_synchronised")
def fair_timer(work, synchronize, clock):
    work()
    start = clock()
    work()
    seconds = clock() - start
    synchronize()
    return seconds


@wrong("fair_timer", mistake="queue_not_empty")
def fair_timer(work, synchronize, clock):
    work()
    start = clock()
    work()
    synchronize()
    return clock() - start


@wrong("fair_timer", mistake="warm_up_counted")
def fair_timer(work, synchronize, clock):
    synchronize()
    start = clock()
    work()
    synchronize()
    return clock() - start


@wrong("fair_timer", mistake="both_counted")
def fair_timer(work, synchronize, clock):
    start = clock()
    work()
    synchronize()
    work()
    synchronize()
    return clock() - start


@wrong("fair_timer", mistake="both_counted")
def fair_timer(work, synchronize, clock):
    synchronize()
    start = clock()
    work()
    work()
    synchronize()
    return clock() - start


@wrong("fair_timer", mistake="both_counted")
def fair_timer(work, synchronize, clock):
    work()
    start = clock()
    synchronize()
    work()
    synchronize()
    return clock() - start


@wrong("fair_timer", mistake="own_clock")
def fair_timer(work, synchronize, clock):
    from time import perf_counter

    work()
    torch.cuda.synchronize()
    start = perf_counter()
    work()
    torch.cuda.synchronize()
    return perf_counter() - start


@wrong("fair_timer", mistake="not_synchronised")
def fair_timer(work, synchronize, clock):
    work()
    torch.cuda.synchronize()
    start = clock()
    work()
    torch.cuda.synchronize()
    return clock() - start


@wrong("fair_timer", mistake="called_otherwise")
def fair_timer(work, synchronize, clock):
    times = []
    for _ in range(5):
        synchronize()
        start = clock()
        work()
        synchronize()
        times.append(clock() - start)
    return min(times)


@wrong("fair_timer", mistake="not_synchronised")
def fair_timer(work, synchronize, clock):
    work()
    synchronize
    start = clock()
    work()
    synchronize
    return clock() - start


@wrong("fair_timer", mistake="method_not_called")
def fair_timer(work, synchronize, clock):
    work()
    synchronize()
    work()
    synchronize()
    return clock


@right("device_bytes")
def device_bytes(tensors):
    names = {str(x.device) for x in tensors}
    return {name: sum(x.nbytes for x in tensors if str(x.device) == name) for name in names}


@right("device_bytes")
def device_bytes(tensors):
    total = {}
    for x in tensors:
        total.setdefault(str(x.device), []).append(x.numel() * x.dtype.itemsize)
    return {name: sum(each) for name, each in total.items()}


@wrong("device_bytes", mistake="entries_not_bytes")
def device_bytes(tensors):
    total = {}
    for x in tensors:
        total[str(x.device)] = total.get(str(x.device), 0) + x.numel()
    return total


@wrong("device_bytes", mistake="sum_overwritten")
def device_bytes(tensors):
    total = {}
    for x in tensors:
        total[str(x.device)] = x.numel() * x.element_size()
    return total


@wrong("device_bytes", mistake="four_bytes_assumed")
def device_bytes(tensors):
    total = {}
    for x in tensors:
        total[str(x.device)] = total.get(str(x.device), 0) + 4 * x.numel()
    return total


@wrong("device_bytes", mistake="index_left_out")
def device_bytes(tensors):
    total = {}
    for x in tensors:
        total[x.device.type] = total.get(x.device.type, 0) + x.nbytes
    return total


@wrong("device_bytes", mistake="wrong_keys")
def device_bytes(tensors):
    total = {}
    for x in tensors:
        total[x.device] = total.get(x.device, 0) + x.nbytes
    return total


@wrong("device_bytes", mistake="devices_without_tensors")
def device_bytes(tensors):
    total = {"cpu": 0, "cuda:0": 0}
    for x in tensors:
        total["cuda:0" if x.is_cuda else "cpu"] += x.nbytes
    return total


@wrong("device_bytes", mistake="blocks_for_entries")
def device_bytes(tensors):
    total = {}
    for x in tensors:
        total[str(x.device)] = total.get(str(x.device), 0) + -(-x.nbytes // 512) * 512
    return total


@wrong("device_bytes", mistake="whole_storage")
def device_bytes(tensors):
    total = {}
    for x in tensors:
        total[str(x.device)] = total.get(str(x.device), 0) + x.untyped_storage().nbytes()
    return total


@wrong("device_bytes", mistake="raised")
def device_bytes(tensors):
    total = {}
    for x in tensors:
        total[str(x.device)] = total.get(str(x.device), 0) + len(x) * x[0].numel() * x.element_size()
    return total


@wrong("device_bytes", mistake="input_changed")
def device_bytes(tensors):
    total = {}
    while tensors:
        x = tensors.pop()
        total[str(x.device)] = total.get(str(x.device), 0) + x.nbytes
    return total


@right("one_more")
def one_more():
    return 0.0


@right("one_more")
def one_more():
    return " 0.0\n"


@wrong("one_more", mistake="small_addend_kept")
def one_more():
    return "1.0"


@wrong("one_more", mistake="small_addend_kept")
def one_more():
    return "1"


@wrong("one_more", mistake="rounded_to_next")
def one_more():
    return "8.0"


@wrong("one_more", mistake="wrong_prediction")
def one_more():
    return "0"


@right("classify")
def classify(model, batches, device):
    model.to(device)
    guesses, right = [], 0
    for batch in batches:
        best = model(batch["x"].to(device)).detach().cpu().max(dim=1).indices
        right += (best == batch["label"]).sum().item()
        guesses.append(best.numpy())
    guesses = np.concatenate(guesses)
    return {"guesses": guesses, "share_right": right / len(guesses)}


@right("classify")
def classify(model, batches, device):
    x = torch.cat([batch["x"] for batch in batches]).to(device)
    label = torch.cat([batch["label"] for batch in batches]).to(device)
    best = model.to(device)(x).argmax(1)
    return {"share_right": (best == label).double().mean().item(), "guesses": best.cpu().numpy()}


@wrong("classify", mistake="raised")
def classify(model, batches, device):
    model.to(device)
    guesses = torch.cat([model(batch["x"]).argmax(dim=1) for batch in batches])
    labels = torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses.cpu().numpy(), "share_right": (guesses.cpu() == labels).float().mean().item()}


@wrong("classify", mistake="raised")
def classify(model, batches, device):
    model.to(device)
    guesses = torch.cat([model(batch["x"].to(device)).argmax(dim=1) for batch in batches])
    labels = torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses.cpu().numpy(), "share_right": (guesses == labels).float().mean().item()}


@wrong("classify", mistake="not_an_array")
def classify(model, batches, device):
    model.to(device)
    guesses = torch.cat([model(batch["x"].to(device)).argmax(dim=1).cpu() for batch in batches])
    labels = torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses, "share_right": (guesses == labels).float().mean().item()}


@wrong("classify", mistake="values_for_indices")
def classify(model, batches, device):
    model.to(device)
    guesses = torch.cat([model(batch["x"].to(device)).max(dim=1).values.detach().cpu() for batch in batches])
    labels = torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses.numpy(), "share_right": (guesses == labels).float().mean().item()}


@wrong("classify", mistake="tensor_for_number")
def classify(model, batches, device):
    model.to(device)
    guesses = torch.cat([model(batch["x"].to(device)).argmax(dim=1).cpu() for batch in batches])
    labels = torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses.numpy(), "share_right": (guesses == labels).float().mean()}


@wrong("classify", mistake="mean_of_batches")
def classify(model, batches, device):
    model.to(device)
    guesses, shares = [], []
    for batch in batches:
        guesses.append(model(batch["x"].to(device)).argmax(dim=1).cpu())
        shares.append((guesses[-1] == batch["label"]).float().mean().item())
    return {"guesses": torch.cat(guesses).numpy(), "share_right": sum(shares) / len(shares)}


@wrong("classify", mistake="wrong_ones_counted")
def classify(model, batches, device):
    model.to(device)
    guesses = torch.cat([model(batch["x"].to(device)).argmax(dim=1).cpu() for batch in batches])
    labels = torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses.numpy(), "share_right": (guesses != labels).float().mean().item()}


@wrong("classify", mistake="percent_for_share")
def classify(model, batches, device):
    model.to(device)
    guesses = torch.cat([model(batch["x"].to(device)).argmax(dim=1).cpu() for batch in batches])
    labels = torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses.numpy(), "share_right": 100 * (guesses == labels).float().mean().item()}


@wrong("classify", mistake="count_for_share")
def classify(model, batches, device):
    model.to(device)
    guesses = torch.cat([model(batch["x"].to(device)).argmax(dim=1).cpu() for batch in batches])
    labels = torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses.numpy(), "share_right": (guesses == labels).float().sum().item()}


@wrong("classify", mistake="model_left_behind")
def classify(model, batches, device):
    import copy

    there = copy.deepcopy(model).to(device)
    guesses = torch.cat([there(batch["x"].to(device)).argmax(dim=1).cpu() for batch in batches])
    labels = torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses.numpy(), "share_right": (guesses == labels).float().mean().item()}


@wrong("classify", mistake="model_left_behind")
def classify(model, batches, device):
    model.cpu()
    guesses = torch.cat([model(batch["x"]).argmax(dim=1) for batch in batches])
    labels = torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses.numpy(), "share_right": (guesses == labels).float().mean().item()}


@wrong("classify", mistake="input_changed")
def classify(model, batches, device):
    model.to(device)
    guesses = []
    for batch in batches:
        batch["x"] = batch["x"].to(device)
        batch["x"] += 0 * batch["x"]
        guesses.append(model(batch["x"]).argmax(dim=1).cpu())
        batch["x"] = batch["x"].cpu() * 2
    guesses, labels = torch.cat(guesses), torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses.numpy(), "share_right": (guesses == labels).float().mean().item()}


@wrong("classify", mistake="wrong_shape")
def classify(model, batches, device):
    model.to(device)
    for batch in batches:
        guesses = model(batch["x"].to(device)).argmax(dim=1).cpu()
        share = (guesses == batch["label"]).float().mean().item()
    return {"guesses": guesses.numpy(), "share_right": share}


@wrong("classify", mistake="wrong_keys")
def classify(model, batches, device):
    model.to(device)
    guesses = torch.cat([model(batch["x"].to(device)).argmax(dim=1).cpu() for batch in batches])
    return {"guesses": guesses.numpy()}
