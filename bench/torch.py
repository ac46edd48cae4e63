"""The training step of bench/trainStep.ts in PyTorch: MultiTab-Net and MMoE, their losses, gradients and AdamW.

    python3 bench/torch.py --model row-col --batch 64,256,2048 --device cuda --compile --rounds 7
    python3 bench/torch.py --serve      takes orders as lines of JSON; the bench measures its contenders in turns that way

Variables are packed and layers batched as in the workbench, which is also what PyTorch runs fastest: no loops over columns,
experts or tasks.
"""

import argparse
import json
import math
import os
import statistics
import sys
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--serve", action="store_true")
parser.add_argument("--model", choices=["col", "row-col", "mmoe"], help="all of them when left out")
parser.add_argument("--batch", default="256", help="one size, or several with commas")
parser.add_argument("--device", choices=["cpu", "cuda"], help="cuda where there is one")
parser.add_argument("--threads", type=int, default=1, help="on the cpu")
parser.add_argument("--processor", action="store_true", help="on the cpu: time of the processor, not of the wall")
parser.add_argument("--compile", action="store_true", help="measure torch.compile too")
parser.add_argument("--rounds", type=int, default=7)
options = parser.parse_args()

# Products may come from a library that does not ask PyTorch how many threads it may have.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(options.threads)
# This file is called torch.py, and Python looks beside it first.
del sys.path[0]

import torch
import torch.nn.functional as F

LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.01
STEPS_PER_TURN = {"cpu": 3, "cuda": 20}


class Values:
    """Finds a variable by how its name starts and ends: those of several layers are named after the first and the last."""

    def __init__(self, tensors):
        self.tensors = tensors

    def __call__(self, start, end=""):
        for name, tensor in self.tensors.items():
            if name.startswith(start) and name.endswith(end):
                return tensor
        raise KeyError(f"no variable is named {start}...{end}")


def linear(v, name, x):
    return F.linear(x, v(name, ".weight"), v(name, ".bias"))


def linears(v, name, x):
    """A layer per task or expert on its own input: [B, G, in] -> [B, G, out]."""
    groups, inputs = x.shape[1:]
    weight = v(name, ".weight").view(groups, -1, inputs)
    return torch.einsum("bgi,goi->bgo", x, weight) + v(name, ".bias").view(groups, -1)


def tokens(v, name, values):
    """A value times a vector for each column: [B, n] -> [B, n, e]."""
    return values[:, :, None] * v(name, ".weight") + v(name, ".bias")


def layer_norm(v, name, x):
    return F.layer_norm(x, x.shape[-1:], v(name, ".weight"), v(name, ".bias"))


def batch_norm_relu(v, name, x, running):
    flat = x.flatten(1)
    if name not in running:
        width = flat.shape[1]
        running[name] = (torch.zeros(width, device=x.device), torch.ones(width, device=x.device))
    mean, variance = running[name]
    weight, bias = v(name, ".weight"), v(name, ".bias")
    return F.relu(F.batch_norm(flat, mean, variance, weight, bias, training=True)).view(x.shape)


def angles(length, size, device):
    """Cosine and sine of position * 10000^(-2j / hd), [L, hd / 2] each."""
    frequencies = 10000 ** (-2 * torch.arange(size // 2, dtype=torch.float64) / size)
    turns = torch.arange(length, dtype=torch.float64)[:, None] * frequencies
    return turns.cos().float().to(device), turns.sin().float().to(device)


def rotate(x, table):
    """Turns neighbouring dimensions of each head; x [B, H, L, hd]."""
    cos, sin = table
    a, b = x.unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack((a * cos - b * sin, b * cos + a * sin), -1).flatten(-2)


def attend(q, k, v):
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v)
    return torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), -1) @ v


def encoder(v, name, x, heads, table=None):
    """A pre-norm encoder layer; x [B, L, D]. With a table of angles, rotary positions."""
    batch, length, width = x.shape
    normed = layer_norm(v, f"{name}.norm1", x)
    packed = F.linear(normed, v(f"{name}.attention.in_proj_weight"), v(f"{name}.attention.in_proj_bias"))
    q, key, value = packed.view(batch, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4).unbind(0)
    if table is not None:
        q, key = rotate(q, table), rotate(key, table)
    mixed = attend(q, key, value).transpose(1, 2).reshape(batch, length, width)
    x = x + linear(v, f"{name}.attention.out_proj", mixed)
    hidden = F.gelu(linear(v, f"{name}.mlp.0", layer_norm(v, f"{name}.norm2", x)))
    return x + linear(v, f"{name}.mlp.3", hidden)


def last_layers(v, name, x):
    return torch.einsum("bti,ti->bt", x, v(name, ".weight")) + v(name, ".bias")


def multitab(v, numeric, settings, kept):
    """One block, no mask, numeric columns: [B, features] -> [B, tasks]."""
    rows, heads = numeric.shape[0], settings["heads"]
    own = v("tok_emb.tasks", ".weight") + v("tok_emb.tasks", ".bias")
    x = torch.cat((own.expand(rows, -1, -1), tokens(v, "tok_emb.numeric", numeric)), 1)
    x = encoder(v, "transformer.blocks.0.0", x, heads)
    if settings["attention"] == "row_col":
        flat = x.reshape(1, rows, -1)
        if settings["rotary"] and "angles" not in kept:
            kept["angles"] = angles(rows, flat.shape[2] // heads, x.device)
        x = encoder(v, "transformer.blocks.0.1", flat, heads, kept.get("angles")).view(x.shape)
    hidden = F.relu(linears(v, "task_heads.y0.tower.0.mlp.0.0", x[:, : own.shape[0]]))
    return last_layers(v, "task_heads.y0.tower.1", hidden)


def mmoe(v, numeric, settings, kept):
    """Experts of two layers, towers of one hidden layer."""
    rows, experts = numeric.shape[0], settings["experts"]
    x = tokens(v, "embedding.numeric", numeric).flatten(1)
    first = linear(v, "experts.0.mlp.mlp.0.0", x).view(rows, experts, -1)
    hidden = batch_norm_relu(v, "experts.0.mlp.mlp.0.1", first, kept)
    outputs = batch_norm_relu(v, "experts.0.mlp.mlp.1.1", linears(v, "experts.0.mlp.mlp.1.0", hidden), kept)
    weights = torch.softmax(linear(v, "gates.y0.fc", x).view(rows, -1, experts), -1)
    tower = linears(v, "towers.y0.tower.0.mlp.0.0", weights @ outputs)
    return last_layers(v, "towers.y0.tower.1", batch_norm_relu(v, "towers.y0.tower.0.mlp.0.1", tower, kept))


MODELS = {"multitab": multitab, "mmoe": mmoe}


class Step:
    """A network with its optimizer and batch; every `run` goes on from where the last one ended."""

    def __init__(self, tensors, model, settings, device, function):
        held = {name: t.to(device) for name, t in tensors.items()}
        self.numeric, self.targets = held.pop("batch.numeric"), held.pop("batch.targets").T.contiguous()
        self.parameters = {name: t.clone().requires_grad_() for name, t in held.items()}
        self.model, self.settings, self.kept, self.function = model, settings, {}, function
        self.device = device
        # Makes what is kept between steps, so that a compiled step finds it the first time.
        with torch.no_grad():
            self.loss_now(loss_of)
        fused = {"fused": True} if device == "cuda" and torch.__version__ >= "2" else {}
        self.optimizer = torch.optim.AdamW(
            self.parameters.values(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, **fused
        )

    def loss_now(self, function):
        return function(self.model, self.parameters, self.numeric, self.targets, self.settings, self.kept)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss_now(self.function)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def run(self, steps):
        """Milliseconds per step, the last loss, read back, and the most bytes of the GPU held."""
        if self.device == "cuda":
            torch.cuda.reset_peak_memory_stats()
        clock = time.process_time if options.processor else time.perf_counter
        started = clock()
        for _ in range(steps):
            loss = self.step()
        value = loss.item()
        ms = (clock() - started) / steps * 1000
        peak = torch.cuda.max_memory_allocated() if self.device == "cuda" else None
        return {"ms": ms, "loss": value, "peakBytes": peak}


def loss_of(model, parameters, numeric, targets, settings, kept):
    errors = (MODELS[model](Values(parameters), numeric, settings, kept) - targets) ** 2
    return errors.mean(0).sum()


def make_step(tensors, model, settings, device, compiled):
    """@raises whatever torch.compile does where it does not work."""
    if not compiled:
        return Step(tensors, model, settings, device, loss_of)
    compiled_loss = torch.compile(loss_of)
    # A first step compiles; the measured one starts from the initial values again.
    Step(tensors, model, settings, device, compiled_loss).run(1)
    return Step(tensors, model, settings, device, compiled_loss)


def read_safetensors(path):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        count = (end - start) // 4
        flat = torch.frombuffer(data, dtype=torch.float32, count=count, offset=8 + size + start)
        tensors[name] = flat.view(entry["shape"])
    return tensors


def about(device, threads):
    name = torch.cuda.get_device_name() if device == "cuda" else f"cpu, {threads} thread{'s'[: threads > 1]}"
    return {"version": torch.__version__, "device": device, "name": name, "compiles": torch.__version__ >= "2"}


def serve(device, threads):
    """Answers each line with one: {"build": id, ...}, {"run": id, "steps": n}, {"drop": id}."""
    steps = {}
    print(json.dumps(about(device, threads)), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if "build" in order:
                tensors = read_safetensors(order["values"])
                steps[order["build"]] = make_step(
                    tensors, order["model"], order["settings"], device, order["compiled"]
                )
                answer = {}
            elif "run" in order:
                answer = steps[order["run"]].run(order["steps"])
            else:
                del steps[order["drop"]]
                answer = {}
        except Exception as error:  # torch.compile fails in many ways; the bench says which
            answer = {"error": (str(error).strip() or type(error).__name__).splitlines()[0]}
        print(json.dumps(answer), flush=True)


TASKS, FEATURES, WIDTH, HIDDEN = 7, 32, 16, 256


def encoder_shapes(name, width):
    return {
        f"{name}.attention.in_proj_weight": (3 * width, width),
        f"{name}.attention.in_proj_bias": (3 * width,),
        f"{name}.attention.out_proj.weight": (width, width),
        f"{name}.attention.out_proj.bias": (width,),
        f"{name}.norm1.weight": (width,),
        f"{name}.norm1.bias": (width,),
        f"{name}.mlp.0.weight": (HIDDEN, width),
        f"{name}.mlp.0.bias": (HIDDEN,),
        f"{name}.mlp.3.weight": (width, HIDDEN),
        f"{name}.mlp.3.bias": (width,),
        f"{name}.norm2.weight": (width,),
        f"{name}.norm2.bias": (width,),
    }


def layer_shapes(name, *weight):
    return {f"{name}.weight": weight, f"{name}.bias": weight[:1]}


def norm_shapes(name, width):
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def token_shapes(name, count):
    return {f"{name}.weight": (count, WIDTH), f"{name}.bias": (count, WIDTH)}


MULTITAB_SHAPES = {
    **token_shapes("tok_emb.tasks", TASKS),
    **token_shapes("tok_emb.numeric", FEATURES),
    **encoder_shapes("transformer.blocks.0.0", WIDTH),
    **layer_shapes("task_heads.y0.tower.0.mlp.0.0", TASKS * 64, WIDTH),
    **layer_shapes("task_heads.y0.tower.1", TASKS, 64),
}

SHAPES = {
    "col": MULTITAB_SHAPES,
    "row-col": {
        **MULTITAB_SHAPES,
        **encoder_shapes("transformer.blocks.0.1", (TASKS + FEATURES) * WIDTH),
    },
    "mmoe": {
        **token_shapes("embedding.numeric", FEATURES),
        **layer_shapes("experts.0.mlp.mlp.0.0", 8 * 256, FEATURES * WIDTH),
        **norm_shapes("experts.0.mlp.mlp.0.1", 8 * 256),
        **layer_shapes("experts.0.mlp.mlp.1.0", 8 * 128, 256),
        **norm_shapes("experts.0.mlp.mlp.1.1", 8 * 128),
        **layer_shapes("gates.y0.fc", TASKS * 8, FEATURES * WIDTH),
        **layer_shapes("towers.y0.tower.0.mlp.0.0", TASKS * 64, 128),
        **norm_shapes("towers.y0.tower.0.mlp.0.1", TASKS * 64),
        **layer_shapes("towers.y0.tower.1", TASKS, 64),
    },
}

CASES = {
    "col": ("multitab", {"attention": "col", "heads": 4, "rotary": True}),
    "row-col": ("multitab", {"attention": "row_col", "heads": 4, "rotary": True}),
    "mmoe": ("mmoe", {"experts": 8}),
}


def noise(case, rows):
    """Values to measure with where the bench gives none: norms 1, the rest uniform in Glorot's bounds."""
    torch.manual_seed(0)
    tensors = {"batch.numeric": torch.randn(rows, FEATURES), "batch.targets": torch.randn(TASKS, rows)}
    for name, shape in SHAPES[case].items():
        bound = math.sqrt(6 / sum(shape)) if len(shape) == 2 else 0
        tensors[name] = (torch.rand(shape) * 2 - 1) * bound
        if len(shape) == 1 and name.endswith(".weight"):
            tensors[name] = torch.ones(shape)
    return tensors


def measure(case, rows, device, compiled, rounds):
    model, settings = CASES[case]
    made = make_step(noise(case, rows), model, settings, device, compiled)
    first = made.run(1)["loss"]
    made.run(2)
    turns = [made.run(STEPS_PER_TURN[device]) for _ in range(rounds)]
    return {
        "model": case,
        "batch": rows,
        "compiled": compiled,
        "ms": statistics.median(t["ms"] for t in turns),
        "firstLoss": first,
        "peakBytes": turns[-1]["peakBytes"],
    }


def main():
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(options.threads)
    if options.serve:
        serve(device, options.threads)
        return
    print(json.dumps(about(device, options.threads)))
    for case in [options.model] if options.model else list(CASES):
        for rows in map(int, options.batch.split(",")):
            for compiled in [False, True] if options.compile else [False]:
                print(json.dumps(measure(case, rows, device, compiled, options.rounds)), flush=True)


main()
