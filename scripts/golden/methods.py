"""Reference numbers of SAMO, DB-MTL and ExcessMTL in float64, for src/engine/golden/data/methods.json.

Written from the formulas and from what the public code does, apart from the workbench: plain NumPy, gradients by hand, checked here
against central differences. Run: python3 scripts/golden/methods.py > src/engine/golden/data/methods.json

DB-MTL     Lin et al., arXiv 2308.12029v3, Eq. 1 and 2 and Algorithm 1; LibMTL/weighting/DB_MTL.py
ExcessMTL  He et al. 2024, arXiv 2402.02009; LibMTL/weighting/ExcessMTL.py
SAMO       Ban et al. 2025, arXiv 2507.07883; experiments/celeba/trainer_samo.py and utils.py of OptMN-Lab/SAMO
"""
import json

import numpy as np

random = np.random.default_rng(20260)
f32 = lambda x: np.asarray(x, np.float32).astype(np.float64)
tensor = lambda x: {"shape": list(np.shape(x)), "data": [float(v) for v in np.ravel(x)]}


# Sequences of Jacobians [T, S] of the losses, and losses [T]; in the fourth step no row of the second task has a label.
def sequence(tasks, size, steps):
    scale = 10.0 ** np.arange(tasks)[:, None] / 10
    made = []
    for step in range(steps):
        jacobian = f32(random.normal(size=(tasks, size)) * scale / (1 + step))
        losses = f32(random.uniform(0.2, 3, tasks) / (1 + 0.3 * step))
        if step == 3:
            jacobian[1], losses[1] = 0, 0
        made.append((jacobian, losses))
    return made


def db_mtl(steps, beta, sigma):
    mean, out = np.zeros_like(steps[0][0]), []
    for k, (jacobian, losses) in enumerate(steps, 1):
        with np.errstate(all="ignore"):
            inverse = np.where(losses > 0, 1 / losses, 0)  # a task without a labelled row has no logarithm and no gradient
        of_logs = jacobian * inverse[:, None]
        b = beta / k**sigma
        mean = b * mean + (1 - b) * of_logs  # Eq. 1
        lengths = np.linalg.norm(mean, axis=1)
        direction = lengths.max() * sum(m / l for m, l in zip(mean, lengths) if l > 0)  # Eq. 2
        out.append({"direction": direction.tolist(), "own": inverse.tolist()})
    return out


def excess_mtl(steps, rate):
    tasks = len(steps[0][1])
    weights, squares, first, out = np.ones(tasks), np.zeros_like(steps[0][0]), np.zeros(tasks), []
    for jacobian, _losses in steps:
        squares = squares + jacobian**2
        excess = (jacobian**2 / np.sqrt(squares + 1e-7)).sum(1)
        was = first > 0
        first = np.where(was, first, excess)
        growth = np.array([rate * e / f if w else 0 for e, f, w in zip(excess, first, was)])
        weights = weights * np.exp(growth)
        weights = tasks * weights / weights.sum()
        out.append({"direction": (weights @ jacobian).tolist(), "own": weights.tolist()})
    return out


# The network of affinity.json: two tanh layers that tasks share, a linear head per task; squared error and cross entropy of a logit.
NAMES = ["shared.0.weight", "shared.0.bias", "shared.1.weight", "shared.1.bias"]
TASKS = ["reg", "bin"]
sizes = {"shared.0.weight": (4, 3), "shared.0.bias": (4,), "shared.1.weight": (3, 4), "shared.1.bias": (3,)}
for task in TASKS:
    sizes[f"heads.{task}.weight"], sizes[f"heads.{task}.bias"] = (1, 3), (1,)
params = {name: f32(random.normal(size=shape) * 0.7) for name, shape in sizes.items()}
x = f32(random.normal(size=(6, 3)))
targets = {"reg": f32(random.normal(size=6)), "bin": f32(random.integers(0, 2, 6))}


def forward(p):
    h1 = np.tanh(x @ p["shared.0.weight"].T + p["shared.0.bias"])
    h2 = np.tanh(h1 @ p["shared.1.weight"].T + p["shared.1.bias"])
    return h1, h2, {t: (h2 @ p[f"heads.{t}.weight"].T + p[f"heads.{t}.bias"])[:, 0] for t in TASKS}


def losses_of(p):
    z = forward(p)[2]
    return np.array([np.mean((z["reg"] - targets["reg"]) ** 2), np.mean(np.logaddexp(0, z["bin"]) - targets["bin"] * z["bin"])])


def gradient(p, task):
    h1, h2, z = forward(p)
    n = len(x)
    dz = (2 * (z["reg"] - targets["reg"]) if task == "reg" else 1 / (1 + np.exp(-z["bin"])) - targets["bin"])[:, None] / n
    g = {name: np.zeros(shape) for name, shape in sizes.items()}
    g[f"heads.{task}.weight"], g[f"heads.{task}.bias"] = dz.T @ h2, dz.sum(0)
    d2 = (dz @ p[f"heads.{task}.weight"]) * (1 - h2**2)
    g["shared.1.weight"], g["shared.1.bias"] = d2.T @ h1, d2.sum(0)
    d1 = (d2 @ p["shared.1.weight"]) * (1 - h1**2)
    g["shared.0.weight"], g["shared.0.bias"] = d1.T @ x, d1.sum(0)
    return g


def check_gradients():
    for i, task in enumerate(TASKS):
        g = gradient(params, task)
        for name in sizes:
            for at in np.ndindex(sizes[name]):
                moved = []
                for sign in (1, -1):
                    p = {k: v.copy() for k, v in params.items()}
                    p[name][at] += sign * 1e-6
                    moved.append(losses_of(p)[i])
                assert abs((moved[0] - moved[1]) / 2e-6 - g[name][at]) < 1e-8, (task, name)


norm = lambda g, names: np.sqrt(sum((g[n] ** 2).sum() for n in names))


def samo(rho, alpha, epsilon=None):
    """alpha: share of the mean gradient. epsilon: distance of the two forward passes of a task, whose direction is stored; the estimate
    is made as long as the mean gradient, layer by layer. Without it the gradient of the task itself, at its own length."""
    per_task = {t: gradient(params, t) for t in TASKS}
    mean = {n: sum(per_task[t][n] for t in TASKS) / len(TASKS) for n in NAMES}
    directions, result = [], {"shared": [], "own": []}
    for i, task in enumerate(TASKS):
        local = per_task[task]
        if epsilon:
            z = {n: f32(random.normal(size=sizes[n])) for n in NAMES}
            directions.append([float(v) for n in NAMES for v in np.ravel(z[n])])
            there = [losses_of({**params, **{n: params[n] + s * epsilon * z[n] for n in NAMES}})[i] for s in (1, -1)]
            local = {n: (there[0] - there[1]) / (2 * epsilon) * z[n] for n in NAMES}
            local = {n: np.linalg.norm(mean[n]) * local[n] / np.linalg.norm(local[n]) for n in NAMES}
        mixed = {n: alpha * mean[n] + (1 - alpha) * local[n] for n in NAMES}
        moved = {n: params[n] + rho * mixed[n] / norm(mixed, NAMES) for n in NAMES}
        head = [f"heads.{task}.weight", f"heads.{task}.bias"]
        for n in head:
            moved[n] = params[n] + rho * per_task[task][n] / norm(per_task[task], head)
        g = gradient({**params, **moved}, task)
        result["shared"].append([float(v) for n in NAMES for v in np.ravel(g[n])])
        result["own"] += [float(v) for n in head for v in np.ravel(g[n])]
    return {"rho": rho, "alpha": alpha, "epsilon": epsilon, "directions": directions, **result}


check_gradients()
cases = []
for tasks, size, settings in [
    (3, 7, {"dbMomentum": 0.9, "dbSigma": 0}),
    (2, 5, {"dbMomentum": 0.5, "dbSigma": 0.5}),
    (4, 6, {"dbMomentum": 0, "dbSigma": 0}),
]:
    steps = sequence(tasks, size, 6)
    found = db_mtl(steps, settings["dbMomentum"], settings["dbSigma"])
    cases.append(("db-mtl", settings, steps, found))
for tasks, size, settings in [(3, 7, {"excessRate": 0.01}), (2, 5, {"excessRate": 1})]:
    steps = sequence(tasks, size, 6)
    cases.append(("excess-mtl", settings, steps, excess_mtl(steps, settings["excessRate"])))
print(
    json.dumps(
        {
            "kind": "methods",
            "source": "scripts/golden/methods.py, NumPy in float64",
            "cases": [
                {
                    "case": f"{method} {i}",
                    "method": method,
                    "settings": settings,
                    "steps": [
                        {"jacobian": tensor(j), "losses": l.tolist(), **f} for (j, l), f in zip(steps, found)
                    ],
                }
                for i, (method, settings, steps, found) in enumerate(cases)
            ],
            "samo": {
                "params": {name: tensor(value) for name, value in params.items()},
                "taskNames": TASKS,
                "input": tensor(x),
                "targets": {t: tensor(targets[t]) for t in TASKS},
                "runs": [samo(0.05, 0.9), samo(0.3, 0.5), samo(0.3, 0), samo(0.2, 0.9, 0.01), samo(0.2, 0.3, 0.05)],
            },
        }
    )
)
