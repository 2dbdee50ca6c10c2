"""Right answers to 11_optimizers, written otherwise."""

import copy
import math

import numpy as np

from course_tests.bank import alternative
from course_tests.reference.optimizers import (
    Activation,
    adam_step,
    init_std,
    momentum_step,
    network_gradients,
    network_loss,
    rmsprop_step,
    softmax_cross_entropy,
)


@alternative("init_std")
def std_by_branches(n_in, n_out, scheme):
    if scheme == "zeros":
        return 0
    if scheme == "lecun":
        return n_in**-0.5
    if scheme == "xavier":
        return np.sqrt(1 / np.mean([n_in, n_out]))
    return (2.0 / n_in) ** 0.5


@alternative("init_std")
def std_by_gain_and_fan(n_in, n_out, scheme):
    gain, fan = {"zeros": (0, 1), "lecun": (1, n_in), "xavier": (1, (n_in + n_out) / 2), "he": (2**0.5, n_in)}[scheme]
    return np.array(gain / np.sqrt(fan))


@alternative("init_std")
def std_of_a_uniform_draw(n_in, n_out, scheme):
    limit = {"zeros": 0, "lecun": 3 / n_in, "xavier": 6 / (n_in + n_out), "he": 6 / n_in}[scheme] ** 0.5
    return 2 * limit / math.sqrt(12)


@alternative("activation_std_by_depth")
def spread_of_a_list(scheme, activation, depth, rng, width=100):
    A, found = rng.standard_normal((500, width)), []
    for _ in range(depth):
        W = init_std(width, width, scheme) * rng.standard_normal((width, width))
        A = Activation(activation).forward(A @ W)
        found.append(float(np.std(A)))
    return found


@alternative("activation_std_by_depth")
def spread_with_few_samples(scheme, activation, depth, rng, width=100):
    vote = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "relu": lambda z: z * (z > 0)}[activation]
    found = np.empty(depth)
    A = rng.normal(0, 1, (width, width))
    for k in range(depth):
        A = vote(A @ rng.normal(scale=init_std(width, width, scheme), size=(width, width)))
        found[k] = np.sqrt(np.mean((A - A.mean()) ** 2))
    return found


@alternative("activation_std_by_depth")
def spread_with_samples_in_columns(scheme, activation, depth, rng, width=100):
    weights = [rng.normal(0, init_std(width, width, scheme), (width, width)) for _ in range(depth)]
    A, found = rng.normal(size=(width, 300)), ()
    for W in weights:
        A = Activation(activation).forward(W @ A)
        found += (A.std(),)
    return found


@alternative("layer_gradient_norms")
def norms_from_the_front(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms = []
    for k in range(len(net.layers) - 1, -1, -1):
        if "W" in net.layers[k].params:
            norms.insert(0, np.sqrt(np.sum(blame**2)))
        blame = net.layers[k].backward(blame)
    return norms


@alternative("layer_gradient_norms")
def norms_by_rows(net, X, y):
    A = X
    for layer in net.layers:
        A = layer.forward(A)
    blame, found = softmax_cross_entropy(A, y)[1], {}
    for k, layer in reversed(list(enumerate(net.layers))):
        found[k] = math.sqrt(sum(float(row @ row) for row in blame))
        blame = layer.backward(blame)
    return np.array([found[k] for k, layer in enumerate(net.layers) if len(layer.params) > 0])


@alternative("layer_gradient_norms")
def norms_by_listening(net, X, y):
    heard, kept = [], []
    for layer in net.layers:
        if len(layer.params):
            kept.append((layer, layer.backward))

            def listen(dout, own=layer.backward):
                heard.append(np.linalg.norm(dout, "fro"))
                return own(dout)

            layer.backward = listen
    net.backward(softmax_cross_entropy(net.forward(X), y)[1])
    for layer, own in kept:
        layer.backward = own
    return tuple(reversed(heard))


@alternative("momentum_step")
def momentum_from_the_new_velocity(w, g, v, lr, beta=0.9):
    new_v = np.add(g, np.multiply(beta, v))
    new_w = w - new_v * lr
    return new_w, new_v


@alternative("momentum_step")
def momentum_on_copies(w, g, v, lr, beta=0.9):
    w, v = w.copy(), v.copy()
    v *= beta
    v += g
    w -= lr * v
    return [w, v]


@alternative("momentum_step")
def momentum_in_two_parts(w, g, v, lr, beta=0.9):
    return w - lr * g - lr * beta * v, g + beta * v


@alternative("rmsprop_step")
def rmsprop_with_eps_inside(w, g, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * g * g
    return w - lr * g / np.sqrt(s + eps), s


@alternative("rmsprop_step")
def rmsprop_by_lerp(w, g, s, lr, rho=0.9, eps=1e-8):
    new = s + (1 - rho) * (np.square(g) - s)
    scale = lr / (new**0.5 + eps)
    return w - scale * g, new


@alternative("rmsprop_step")
def rmsprop_entry_by_entry(w, g, s, lr, rho=0.9, eps=1e-8):
    w, s = w.copy(), s.copy()
    for k in np.ndindex(w.shape):
        s[k] = rho * s[k] + (1 - rho) * g[k] ** 2
        w[k] -= lr * g[k] / (math.sqrt(s[k]) + eps)
    return w, s


@alternative("adam_step")
def adam_with_the_rate_of_the_paper(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    rate = lr * np.sqrt(1 - b2**t) / (1 - b1**t)
    return w - rate * m / (np.sqrt(v) + eps), m, v


@alternative("adam_step")
def adam_with_eps_inside(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    return w - lr * (m / (1 - b1**t)) / np.sqrt(v / (1 - b2**t) + eps), m, v


@alternative("adam_step")
def adam_by_lerp_on_copies(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v, w = np.array(m), np.array(v), np.array(w)
    m += (1 - b1) * (g - m)
    v += (1 - b2) * (g * g - v)
    w -= lr * (m / (1 - np.power(b1, t))) / (eps + np.sqrt(v / (1 - np.power(b2, t))))
    return [w, m, v]


@alternative("adamw_step")
def adamw_on_adam(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    new, m, v = adam_step(w, g, m, v, t, lr, b1, b2, eps)
    return new - lr * weight_decay * w, m, v


@alternative("adamw_step")
def adamw_that_shrinks_first(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    return adam_step(w * (1 - lr * weight_decay), g, m, v, t, lr, b1=b1, b2=b2, eps=eps)


@alternative("adamw_step")
def adamw_written_out(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    m, v = (1 - b1) * g + b1 * m, (1 - b2) * np.square(g) + b2 * v
    adam = m / (1 - b1**t) / np.sqrt(v / (1 - b2**t) + eps)
    return w - lr * (adam + weight_decay * w), m, v


@alternative("Optimizer")
class OptimizerByIdentity:
    """State by the identity of each array, as some libraries have it."""

    def __init__(self, name, lr, **options):
        self.kind, self.lr, self.options, self.memory, self.count = name, lr, options, {}, 0

    def step(self, params, grads):
        self.count += 1
        self._walk(params, grads)

    def _walk(self, params, grads):
        if isinstance(params, dict):
            for key in params:
                self._walk(params[key], grads[key])
        elif isinstance(params, (list, tuple)):
            for one, other in zip(params, grads):
                self._walk(one, other)
        else:
            self._move(params, grads)

    def _move(self, w, g):
        m, v = self.memory.setdefault(id(w), (0.0 * w, 0.0 * w))
        if self.kind == "sgd":
            w -= self.lr * g
        elif self.kind == "momentum":
            m = self.options.get("beta", 0.9) * m + g
            w -= self.lr * m
        elif self.kind == "rmsprop":
            rho = self.options.get("rho", 0.9)
            v = rho * v + (1 - rho) * g**2
            w -= self.lr * g / (np.sqrt(v) + self.options.get("eps", 1e-8))
        else:
            b1, b2 = self.options.get("b1", 0.9), self.options.get("b2", 0.999)
            if self.kind == "adamw":
                w *= 1 - self.lr * self.options.get("weight_decay", 0.0)
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
            root = np.sqrt(v / (1 - b2**self.count)) + self.options.get("eps", 1e-8)
            w -= self.lr * m / (1 - b1**self.count) / root
        self.memory[id(w)] = (m, v)


@alternative("Optimizer")
class OptimizerByPath:
    """State by the path to each array, and a count of its own for each."""

    def __init__(self, name, lr, beta=0.9, rho=0.9, eps=1e-8, b1=0.9, b2=0.999, weight_decay=0.0):
        self.name, self.lr, self.steps = name, lr, {}
        self.beta, self.rho, self.eps, self.b1, self.b2, self.weight_decay = beta, rho, eps, b1, b2, weight_decay
        self.first, self.second = {}, {}

    def step(self, params, grads):
        for path, w, g in self._pairs("", params, grads):
            zero = np.zeros_like(w)
            m, v, t = self.first.get(path, zero), self.second.get(path, zero), self.steps.get(path, 0) + 1
            if self.name == "sgd":
                new = w - self.lr * g
            elif self.name == "momentum":
                new, m = momentum_step(w, g, m, self.lr, self.beta)
            elif self.name == "rmsprop":
                new, v = rmsprop_step(w, g, v, self.lr, self.rho, self.eps)
            else:
                new, m, v = adam_step(w, g, m, v, t, self.lr, self.b1, self.b2, self.eps)
                if self.name == "adamw":
                    new = new - self.lr * self.weight_decay * w
            self.first[path], self.second[path], self.steps[path] = m, v, t
            np.copyto(w, new)

    def _pairs(self, path, params, grads):
        if hasattr(params, "items"):
            for key, one in params.items():
                yield from self._pairs(f"{path}/{key}", one, grads[key])
        elif isinstance(params, np.ndarray):
            yield path, params, grads
        else:
            for k, one in enumerate(params):
                yield from self._pairs(f"{path}/{k}", one, grads[k])


@alternative("Optimizer")
class OptimizerWithATable:
    """A function for each name, chosen once; the state is a list."""

    def __init__(self, name, lr, **options):
        self.lr, self.options, self.t, self.state = lr, options, 0, None
        self.rule = {
            "sgd": lambda w, g: (w - self.lr * g,),
            "momentum": lambda w, g, v: momentum_step(w, g, v, self.lr, **options),
            "rmsprop": lambda w, g, s: rmsprop_step(w, g, s, self.lr, **options),
            "adam": lambda w, g, m, v: adam_step(w, g, m, v, self.t, self.lr, **options),
            "adamw": self._adamw,
        }[name]
        self.memories = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2, "adamw": 2}[name]

    def _adamw(self, w, g, m, v):
        rest = {key: value for key, value in self.options.items() if key != "weight_decay"}
        new, m, v = adam_step(w, g, m, v, self.t, self.lr, **rest)
        return new - self.lr * self.options.get("weight_decay", 0) * w, m, v

    def step(self, params, grads):
        flat = self._flat(params, params)
        if self.state is None:
            self.state = [[np.zeros(w.shape) for _ in range(self.memories)] for w in flat]
        self.t += 1
        for k, (w, g) in enumerate(zip(flat, self._flat(params, grads))):
            new, *self.state[k] = self.rule(w, g, *self.state[k])
            w[:] = new

    def _flat(self, shape, tree):
        if isinstance(shape, list):
            return [array for a, b in zip(shape, tree) for array in self._flat(a, b)]
        if isinstance(shape, dict):
            return [array for key in sorted(shape) for array in self._flat(shape[key], tree[key])]
        return [tree]


@alternative("lr_at")
def rate_by_a_loop(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return (step + 1) * base / warmup
    if kind == "constant":
        return base
    if kind == "cosine":
        return base * np.cos(np.pi / 2 * (step - warmup) / (total - warmup)) ** 2
    every = total // 3 if every is None else every
    rate = base
    while step >= every:
        rate, step = rate * factor, step - every
    return rate


@alternative("lr_at")
def rate_as_share(step, kind, base, total, warmup=0, factor=0.5, every=None):
    every = every or total / 3
    done = (step - warmup) / (total - warmup)
    share = {"constant": 1.0, "step": factor ** math.floor(step / every), "cosine": 0.5 + 0.5 * np.cos(np.pi * done)}[
        kind
    ]
    return np.float64(base * ((step + 1) / warmup if step < warmup else share))


@alternative("lr_at")
def rate_from_a_table(step, kind, base, total, warmup=0, factor=0.5, every=None):
    steps = np.arange(total + 1)
    if kind == "constant":
        table = np.full(total + 1, base)
    elif kind == "step":
        table = base * factor ** (steps // (every if every is not None else total // 3))
    else:
        table = base * (1 + np.cos(np.pi * (steps - warmup) / (total - warmup))) / 2
    table[:warmup] = base * np.arange(1, warmup + 1) / warmup if warmup else 0
    return table[step]


@alternative("clip_by_global_norm")
def clipping_like_pytorch(grads, max_norm):
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads])
    factor = min(1.0, max_norm / (norm + 1e-6))
    return [factor * g for g in grads], norm


@alternative("clip_by_global_norm")
def clipping_one_long_array(grads, max_norm):
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in grads]))
    if norm <= max_norm:
        return [g.copy() for g in grads], norm
    return tuple(g / norm * max_norm for g in grads), norm


@alternative("clip_by_global_norm")
def clipping_by_loops(grads, max_norm):
    total = 0.0
    for g in grads:
        for x in g.ravel():
            total += x * x
    norm = total**0.5
    if norm > max_norm:
        grads = [g * (max_norm / norm) for g in grads]
    return grads, np.array(norm)


@alternative("lr_range")
def range_with_copies(net, X, y, lrs):
    losses = []
    for lr in lrs:
        trial = copy.deepcopy(net)
        _, grads = network_gradients(trial, X, y)
        for layer, slopes in zip([layer for layer in trial.layers if layer.params], grads):
            for name, slope in slopes.items():
                layer.params[name] -= lr * slope
        losses.append(network_loss(trial, X, y))
    return losses


@alternative("lr_range")
def range_that_puts_the_weights_back(net, X, y, lrs):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    net.backward(blame)
    pairs = [(layer.params[name], layer.grads[name].copy()) for layer in net.layers for name in layer.params]
    start, losses = [w.copy() for w, _ in pairs], np.zeros(len(lrs))
    for k, lr in enumerate(lrs):
        for (w, g), old in zip(pairs, start):
            w[...] = old - lr * g
        losses[k] = network_loss(net, X, y)
    for (w, _), old in zip(pairs, start):
        w[...] = old
    return losses


@alternative("lr_range")
def range_by_a_helper(net, X, y, lrs):
    def after(lr):
        trial = copy.deepcopy(net)
        trial.backward(softmax_cross_entropy(trial.forward(X), y)[1])
        for layer in trial.layers:
            for name, w in layer.params.items():
                w -= lr * layer.grads[name]
        return softmax_cross_entropy(trial.forward(X), y)[0]

    return np.array([after(lr) for lr in lrs])


@alternative("repaired_adam")
def repaired_with_names(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    v_hat = v / (1 - b2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


@alternative("repaired_adam")
def repaired_by_calling_the_right_one(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    return adam_step(w, g, m, v, t, lr, b1, b2, eps)


@alternative("repaired_adam")
def repaired_in_the_papers_form(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    return w - (lr * (1 - b2**t) ** 0.5 / (1 - b1**t)) * m / (v**0.5 + eps), m, v
