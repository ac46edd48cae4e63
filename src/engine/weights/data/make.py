"""Writes the PyTorch files of this folder and what they hold. Once, with PyTorch 2.13: python make.py"""
import argparse
import json
import pathlib
import warnings
from collections import OrderedDict

import numpy
import torch
from torch import nn

warnings.simplefilter("ignore")
torch.manual_seed(0)
held = {}


def save(name, value, state, **options):
    torch.save(value, name, **options)
    held[name] = {
        key: {"shape": list(t.shape), "data": t.detach().float().flatten().tolist()} for key, t in state.items()
    }


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(3, 2)
        self.norm = nn.BatchNorm1d(2)
        self.head = nn.Linear(2, 1)

    def forward(self, codes):
        return self.head(self.norm(self.embedding(codes)))


net = Net()
optimizer = torch.optim.AdamW(net.parameters())
net(torch.tensor([0, 1, 2])).sum().backward()
optimizer.step()
state = net.state_dict()

save("state_dict.pt", state, state)
save("protocol5.pt", state, state, pickle_protocol=5)
save("legacy.pt", state, state, _use_new_zipfile_serialization=False)
save(
    "checkpoint.pth",
    {"epoch": 3, "loss": torch.tensor(0.25), "optimizer": optimizer.state_dict(), "model_state_dict": state},
    state,
)

numbers = torch.arange(12, dtype=torch.float32).reshape(3, 4) - 3.5
kinds = OrderedDict(
    transposed=numbers.t(),
    expanded=numbers[:, :1].expand(3, 2),
    part=numbers[1:, ::2],
    shared=numbers,
    none=torch.zeros(0, 3),
    one=torch.tensor(2.5),
    parameter=nn.Parameter(torch.tensor([1.0, -2.0])),
    double=numbers.double(),
    half=numbers.half(),
    bfloat16=numbers.bfloat16(),
    int64=torch.tensor([-(2**40), 7]),
    int32=torch.tensor([-70000, 7], dtype=torch.int32),
    int16=torch.tensor([-300, 7], dtype=torch.int16),
    int8=torch.tensor([-3, 7], dtype=torch.int8),
    uint8=torch.tensor([200, 7], dtype=torch.uint8),
    bool=torch.tensor([True, False]),
    uint16=torch.tensor([60000, 7], dtype=torch.uint16),
)
save("kinds.pt", kinds, kinds)

# What Lightning writes: names below the attribute that holds the network, and settings of any class.
save(
    "lightning.ckpt",
    {
        "epoch": 1,
        "global_step": 20,
        "pytorch-lightning_version": "2.5.0",
        "state_dict": OrderedDict((f"model.{key}", value) for key, value in state.items()),
        "loops": {"fit_loop": {"state_dict": {}, "progress": {"total": {"ready": 2, "completed": 1}}}},
        "callbacks": {"ModelCheckpoint{'monitor': None}": {"best_model_score": torch.tensor(0.5)}},
        "optimizer_states": [optimizer.state_dict()],
        "lr_schedulers": [],
        "hparams_name": "config",
        "hyper_parameters": {
            "config": argparse.Namespace(lr=1e-3, seen={1, 2}, shape=torch.Size([3]), raw=b"\x00\xff"),
            "root": pathlib.PurePosixPath("/data"),
            "rate": numpy.float64(0.5),
            "table": numpy.arange(3),
            "large": 2**80,
            "type": torch.float32,
            "device": torch.device("cpu"),
        },
    },
    {f"model.{key}": value for key, value in state.items()},
)

torch.save(net, "module.pt")
torch.jit.save(torch.jit.script(net), "script.pt")
torch.save({"weight": torch.eye(2).to_sparse()}, "sparse.pt")
pathlib.Path("held.json").write_text(json.dumps(held, separators=(",", ":")) + "\n")
