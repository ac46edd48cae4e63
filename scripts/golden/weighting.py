"""Reference numbers of gradient methods with other settings than weighting.json has, for src/engine/golden/data/weighting_settings.json.

Written from the definitions in src/engine/golden/data/README.md, apart from the workbench: NumPy and SciPy in float64. Solver-based
weights are polished on their support and accepted by the conditions that define them.
Run: python3 scripts/golden/weighting.py > src/engine/golden/data/weighting_settings.json
"""
import json
from itertools import permutations

import numpy as np
from scipy.optimize import minimize, nnls, root

random = np.random.default_rng(20261)
f32 = lambda x: np.asarray(x, np.float32).astype(np.float64)
tensor = lambda x: {"shape": list(np.shape(x)), "data": [float(v) for v in np.ravel(x)]}
short = lambda x: np.asarray(x, float).tolist()


def root_of(gram):
    """R with R^T R = G."""
    values, vectors = np.linalg.eigh(gram)
    return np.sqrt(np.maximum(values, 0))[:, None] * vectors.T


def on_simplex(value, slope, n):
    """argmin over the simplex of a convex function: SLSQP, then Newton's method on the support, then the conditions of Karush, Kuhn, Tucker."""
    best = min(
        (
            minimize(value, start, jac=slope, method="SLSQP", bounds=[(0, 1)] * n,
                     constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(n)},
                     options={"ftol": 1e-16, "maxiter": 1000})
            for start in [np.full(n, 1 / n), *(0.9 * np.eye(n) + 0.1 / n)]
        ),
        key=lambda found: found.fun,
    )
    support = np.flatnonzero(best.x > 1e-4)

    def whole(part):
        w = np.zeros(n)
        w[support] = part
        return w

    scale = np.abs(slope(best.x)).max()
    solved = root(
        lambda x: np.append(slope(whole(x[:-1]))[support] / scale - x[-1], x[:-1].sum() - 1),
        np.append(best.x[support], (slope(best.x)[support] / scale).mean()), tol=1e-15,
    )
    w = whole(solved.x[:-1])
    assert (w >= 0).all() and abs(w.sum() - 1) < 1e-12
    assert np.abs(slope(w)[support] / scale - solved.x[-1]).max() < 1e-10
    assert (slope(w) / scale > solved.x[-1] - 1e-9).all()
    return w


def mgda(gram, size=None):
    scaled = gram if size is None else gram / np.outer(size, size)
    scaled = scaled / scaled.trace()
    return on_simplex(lambda w: w @ scaled @ w, lambda w: 2 * scaled @ w, len(gram))


def cagrad(gram, c):
    n = len(gram)
    trace = gram.trace()
    own = gram / trace
    mean = np.full(n, 1 / n)
    length = np.sqrt(mean @ own @ mean)
    of = lambda w: np.sqrt(w @ own @ w)
    w = on_simplex(lambda w: w @ own @ mean + c * length * of(w), lambda w: own @ mean + c * length * own @ w / of(w), n)
    return mean + c * length / of(w) * w, w


def bargained(gram, alpha):
    """Minimum of b^T H b / 2 - sum of b^p / p (or log b), p = 1 - 1/alpha, over b > 0, where (H b)_i = b_i^(-1/alpha): damped Newton."""
    size = gram.trace()
    own, b = gram / size, np.ones(len(gram))
    slope = lambda b: own @ b - b ** (-1 / alpha)
    p = 1 - 1 / alpha
    value = lambda b: b @ own @ b / 2 - (np.log(b) if p == 0 else b**p / p).sum()
    for _ in range(200):
        move = -np.linalg.solve(own + np.diag(b ** (-1 / alpha - 1) / alpha), slope(b))
        step = 1.0
        while (b + step * move <= 0).any() or value(b + step * move) > value(b) + 1e-12 * abs(value(b)):
            step /= 2
            if step < 1e-12:
                break
        b = b + (step if step >= 1e-12 else 0) * move
    assert np.abs(own @ b * b ** (1 / alpha) - 1).max() < 1e-10
    # (G a)_i = a_i^(-1/alpha) of G = size H and a = s b: s = size^(-alpha/(1 + alpha)).
    return b * size ** (-alpha / (1 + alpha))


def aligned(gram, kind):
    n = len(gram)
    values, vectors = np.linalg.eigh(gram)
    kept = values > n * 1.1920929e-7 * values[-1]
    values, vectors = values[kept], vectors[:, kept]
    s = {"min": values[0], "median": values[(len(values) - 1) // 2], "rmse": values.mean()}[kind]
    return np.sqrt(s) * vectors @ (vectors.T @ np.full(n, 1 / n) / np.sqrt(values))


def imtl_g(gram):
    v = np.linalg.pinv(gram, rcond=1e-12) @ np.sqrt(gram.diagonal())
    return v / v.sum()


def config(gram):
    norms = np.sqrt(gram.diagonal())
    cosines = gram / np.outer(norms, norms)
    c = np.linalg.pinv(cosines, rcond=1e-12) @ np.ones(len(gram))
    b2 = c @ cosines @ c
    return (norms @ (cosines @ c)) / b2 * c / norms


def in_dual_cone(factor, least):
    return least + nnls(factor, -factor @ least)[0]


def upgrad(gram):
    n = len(gram)
    return sum(in_dual_cone(root_of(gram), row / n) for row in np.eye(n))


def dualproj(gram):
    return in_dual_cone(root_of(gram), np.full(len(gram), 1 / len(gram)))


ridged = lambda gram: gram / gram.trace() + 1e-4 * np.eye(len(gram))


def pcgrad(jacobian, orders):
    total = np.zeros(jacobian.shape[1])
    for i, order in enumerate(orders):
        p = jacobian[i].copy()
        for j in order:
            if p @ jacobian[j] < 0:
                p -= p @ jacobian[j] / (jacobian[j] @ jacobian[j]) * jacobian[j]
        total += p
    return total


def gradvac(jacobians, state, beta):
    state, steps = state.copy(), []
    for jacobian in jacobians:
        n, total = len(jacobian), 0
        for i in range(n):
            p = jacobian[i].copy()
            for j in range(n):
                if j == i:
                    continue
                g = jacobian[j]
                c = np.clip(p @ g / (np.linalg.norm(p) * np.linalg.norm(g)), -1, 1)
                r = state[i, j]
                if c < r:
                    across = np.sqrt(1 - r * r)
                    p = p + g * np.linalg.norm(p) * (r * np.sqrt(1 - c * c) - c * across) / (np.linalg.norm(g) * across)
                state[i, j] = (1 - beta) * r + beta * c
            total = total + p
        steps.append({"direction": short(total), "state_after": short(state)})
    return steps


def graddrop(jacobian, uniforms, leak):
    purity = 0.5 * (1 + jacobian.sum(0) / np.abs(jacobian).sum(0))
    mask = ((purity > uniforms) & (jacobian > 0)) | ((purity < uniforms) & (jacobian < 0))
    return ((leak[:, None] + (1 - leak[:, None]) * mask) * jacobian).sum(0)


def gradient_case(name, scales, size, towards):
    n = len(scales)
    common = random.normal(size=size)
    jacobian = f32((random.normal(size=(n, size)) + towards * common) * np.asarray(scales)[:, None])
    second = f32(random.normal(size=(n, size)) * np.asarray(scales)[::-1][:, None])
    losses = f32(random.uniform(0.2, 4, n))
    gram = jacobian @ jacobian.T
    norms = np.sqrt(gram.diagonal())
    rounded = f32(gram)
    made, sensitivity = {}, {}

    def add(key, weights_of, **more):
        w = weights_of(gram)
        d = jacobian.T @ w
        made[key] = {"weights": short(w), "direction": short(d), **more}
        change = np.abs(jacobian.T @ weights_of(rounded) - d).max() / np.abs(d).max()
        sensitivity[key] = {"gram_float32": float(change)}
        return d

    add("mgda", mgda)
    for key, lengths in [("l2", norms), ("loss", losses), ("loss+", losses * norms)]:
        add(f"mgda_{key}", lambda g, lengths=lengths: mgda(g, lengths))
    for c in (0, 0.2, 0.8):
        d = add(f"cagrad_{c}", (lambda g: np.full(n, 1 / n)) if c == 0 else (lambda g, c=c: cagrad(g, c)[0]))
        made[f"cagrad_{c}"]["direction_rescaled"] = short(d / (1 + c * c))
    d = add("nash_mtl", lambda g: bargained(g, 1))
    for longest in (0.25, 3):
        made["nash_mtl"][f"direction_clipped_{longest}"] = short(d * min(1, longest / np.linalg.norm(d)))
    for alpha in (0.5, 1, 5):
        add(f"fairgrad_{alpha}", lambda g, alpha=alpha: bargained(g, alpha))
    for kind in ("min", "median", "rmse"):
        add(f"aligned_mtl_{kind}", lambda g, kind=kind: aligned(g, kind))
    add("imtl_g", imtl_g)
    add("config", config)
    for key, method in [("upgrad", upgrad), ("dualproj", dualproj)]:
        add(key, method)
        made[key]["regularised"] = {"direction": short(jacobian.T @ method(ridged(gram)))}
    ascending = [[j for j in range(n) if j != i] for i in range(n)]
    orders = [random.permutation(row).tolist() for row in ascending]
    made["pcgrad_given_order"] = {"order": orders, "direction": short(pcgrad(jacobian, orders))}
    alone = [sum(pcgrad(jacobian, [order if k == i else [] for k in range(n)]) - jacobian.sum(0) + jacobian[i]
                 for order in permutations(row)) / max(1, len(list(permutations(row)))) for i, row in enumerate(ascending)]
    made["pcgrad_expected"] = {"direction": short(sum(alone))}
    made["gradvac"] = [
        {"beta": beta, "initial_state": short(state), "steps": gradvac([jacobian, second, jacobian], state, beta)}
        for beta, state in [(0.2, np.zeros((n, n))), (0.9, f32(random.uniform(-0.5, 0.9, (n, n)) * (1 - np.eye(n))))]
    ]
    uniforms = f32(random.uniform(size=size))
    leaks = [f32(np.full(n, 0.5)), f32(random.uniform(size=n))]
    made["graddrop"] = {"uniforms": short(uniforms),
                        "runs": [{"leak": short(leak), "direction": short(graddrop(jacobian, uniforms, leak))} for leak in leaks]}
    for k in range(1, (n + 1) // 2):
        made[f"trimmed_mean_{k}"] = {"direction": short(np.sort(jacobian, 0)[k:n - k].mean(0))}
    made["sum"], made["mean"] = {"direction": short(jacobian.sum(0))}, {"direction": short(jacobian.mean(0))}
    return {"case": name, "kind": "gradient", "jacobian": tensor(jacobian), "losses": short(losses), "norms": short(norms),
            "second_jacobian_for_gradvac": tensor(second), "methods": made, "sensitivity": sensitivity}


softmax = lambda x: np.exp(x - x.max()) / np.exp(x - x.max()).sum()


def learned(losses, state, weigh, learn):
    """Weights of each step, made from the state before it, and the state after it."""
    weights, after = [], []
    for step, loss in enumerate(losses):
        weights.append(short(weigh(state, loss)))
        state = learn(state, loss, step)
        after.append(short(state))
    return weights, after


def famo(losses, afterwards, kind, lr, decay):
    xi, mean, square, weights, states = np.zeros(len(losses[0])), 0, 0, [], []
    for step, (loss, then) in enumerate(zip(losses, afterwards), 1):
        z = softmax(xi)
        weights.append(short(z / (loss + 1e-8) / (z / (loss + 1e-8)).sum()))
        delta = np.log(loss + 1e-8) - np.log(then + 1e-8)
        gradient = z * (delta - z @ delta) + decay * xi
        if kind == "sgd":
            xi = xi - lr * gradient
        else:
            mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
            xi = xi - lr * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        states.append(short(xi))
    return {"lr": lr, "decay": decay, "weights": weights, "logits_after": states}


def gradnorm(losses, norms, alpha, lr, as_softmax, first):
    tasks, state, weights, after = len(first), np.asarray(first, float), [], []
    for loss, norm in zip(losses, norms):
        w = tasks * softmax(state) if as_softmax else state
        weights.append(short(w))
        ratio = loss / losses[0]
        lengths = w * norm
        slope = np.sign(lengths - lengths.mean() * (ratio / ratio.mean()) ** alpha) * norm
        if as_softmax:
            p = softmax(state)
            state = state - lr * tasks * p * (slope - p @ slope)
        else:
            state = state - lr * slope
            state = tasks * state / state.sum()
        after.append(short(state))
    more = {"initial": short(first), "logits_after": after} if as_softmax else {"weights_after": after}
    return {"alpha": alpha, "lr": lr, "weights": weights, **more}


def losses_case(name, types, steps):
    n = len(types)
    losses = f32(random.uniform(0.3, 6, (1, n)) * np.exp(-0.15 * np.arange(steps))[:, None] * random.uniform(0.8, 1.2, (steps, n)))
    afterwards = f32(losses * random.uniform(0.8, 1.05, (steps, n)))
    norms = f32(random.uniform(0.05, 3, (steps, n)))
    made = {}
    given = f32(random.uniform(0.1, 3, n))
    made["equal"] = {"weights": short(np.ones((steps, n)))}
    made["fixed"] = {"given": short(given), "weights": short(np.tile(given, (steps, 1)))}
    normals = f32(random.normal(size=(steps, n)))
    made["rlw"] = {"normals": short(normals), "weights": [short(softmax(row)) for row in normals]}
    for key, lr, first in [("uw", 0.03, f32(random.uniform(-1, 1, n))), ("uw_by_type", 0.2, f32(random.uniform(-0.5, 1, n)))]:
        half = np.array([0.5 if key == "uw" or kind == "regression" else 1 for kind in types])
        weights, after = learned(losses, first, lambda s, loss: half * np.exp(-s),
                                 lambda s, loss, step: s - lr * (0.5 - half * loss * np.exp(-s)))
        made[key] = {"lr": lr, "initial_log_variance": short(first), "weights": weights, "log_variance_after": after}
    for temperature in (0.5, 7):
        weights = [np.ones(n) if t < 2 else n * softmax(losses[t - 1] / losses[t - 2] / temperature) for t in range(steps)]
        made[f"dwa_{temperature}"] = {"temperature": temperature, "weights": short(weights)}
    made["gls"] = {"weights": [short(np.exp(np.log(loss).mean()) / n / loss) for loss in losses]}
    for mu, warmup in [(0.1, 1), (2, 3)]:
        nadir = losses[:warmup].mean(0)
        weights = [1 / loss if t < warmup else n * softmax(np.log(loss / nadir) / mu) / loss for t, loss in enumerate(losses)]
        made[f"stch_log_{mu}"] = {"mu": mu, "warmup_steps": warmup, "weights": short(weights)}
    ideal = f32(losses.min(0) * 0.4)
    for mu in (0.05, 1):
        made[f"stch_{mu}"] = {"mu": mu, "ideal": short(ideal), "preference": short(np.full(n, 1 / n)),
                              "weights": [short(softmax((loss - ideal) / n / mu) / n) for loss in losses]}
    for kind, lr, decay in [("adam", 0.1, 0.0), ("sgd", 0.1, 0.05)]:
        made[f"famo_{kind}"] = {"minimum_losses": [0] * n, **famo(losses, afterwards, kind, lr, decay)}
    first = f32(random.uniform(-0.5, 0.5, n))
    weights, after = learned(losses, first, lambda s, loss: np.exp(s), lambda s, loss, step: s - 0.02 * (np.exp(s) * loss - 1))
    made["imtl_l"] = {"lr": 0.02, "initial": short(first), "weights": weights, "scale_after": after}
    for alpha, lr in [(0, 0.01), (3, 0.003)]:
        made[f"gradnorm_{alpha}"] = gradnorm(losses, norms, alpha, lr, False, np.ones(n))
    for alpha, lr in [(0.5, 0.02), (2, 0.01)]:
        made[f"gradnorm_softmax_{alpha}"] = gradnorm(losses, norms, alpha, lr, True, f32(random.uniform(0, 1, n)))
    return {"case": name, "kind": "losses", "task_types": types, "losses": short(losses), "losses_after_step": short(afterwards),
            "gradient_norms": short(norms), "methods": made}


def rounded(value):
    """As in weighting.json: nine digits."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


cases = [
    gradient_case("t2_settings", [1, 3], 7, -0.3),
    gradient_case("t4_settings", [0.5, 1, 2, 20], 15, 0.4),
    gradient_case("t6_settings", [1, 1, 2, 4, 8, 0.1], 30, 0),
    losses_case("losses_t4_settings", ["multiclass", "regression", "binary", "regression"], 8),
]
file = {"case": "weighting_settings", "kind": "weighting", "source": "scripts/golden/weighting.py, NumPy and SciPy in float64", "cases": cases}
print(json.dumps(rounded(file)))
