"""Mistakes that learners make in 11_optimizers."""

import copy
import math

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import optimizers as reference
from course_tests.reference.optimizers import Activation, adam_step, init_std, network_loss, softmax_cross_entropy

STD = ["test_init_std_basic", "test_init_std_any_sizes", "test_init_std_craft"]
SPREAD = [
    "test_activation_std_by_depth_basic",
    "test_activation_std_by_depth_first_layers",
    "test_activation_std_by_depth_craft",
]
NORMS = ["test_layer_gradient_norms_basic", "test_layer_gradient_norms_any_net", "test_layer_gradient_norms_craft"]
MOMENTUM = ["test_momentum_step_basic", "test_momentum_step_any_beta", "test_momentum_step_craft"]
RMSPROP = ["test_rmsprop_step_basic", "test_rmsprop_step_any_rho", "test_rmsprop_step_craft"]
ADAM = ["test_adam_step_basic", "test_adam_step_any_step", "test_adam_step_craft"]
ADAMW = ["test_adamw_step_basic", "test_adamw_step_is_decoupled", "test_adamw_step_craft"]
OPTIMIZER = ["test_Optimizer_basic", "test_Optimizer_any_form", "test_Optimizer_craft"]
RATE = ["test_lr_at_basic", "test_lr_at_warms_up", "test_lr_at_craft"]
CLIP = ["test_clip_by_global_norm_basic", "test_clip_by_global_norm_never_up", "test_clip_by_global_norm_craft"]
RANGE = ["test_lr_range_basic", "test_lr_range_any_rates", "test_lr_range_craft"]
REPAIRED = ["test_repaired_adam_basic", "test_repaired_adam_any_step", "test_repaired_adam_craft"]

# ---------------------------------------------------------------- init_std


@misconception(
    "init_std",
    caught_by=STD,
    hint="This is the variance. The standard deviation is its root: many texts write N(0, 2/n), and mean the variance.",
)
def returns_the_variance(n_in, n_out, scheme):
    return {"zeros": 0.0, "lecun": 1 / n_in, "xavier": 2 / (n_in + n_out), "he": 2 / n_in}[scheme]


@misconception(
    "init_std", caught_by=STD, hint="You divide by n_out in lecun and he. They count what comes IN to a member: n_in."
)
def counts_what_goes_out(n_in, n_out, scheme):
    return {
        "zeros": 0.0,
        "lecun": math.sqrt(1 / n_out),
        "xavier": math.sqrt(2 / (n_in + n_out)),
        "he": math.sqrt(2 / n_out),
    }[scheme]


@misconception(
    "init_std",
    caught_by=STD,
    hint="Xavier has a 2 above the line: the variance is 2 / (n_in + n_out), one over the MEAN of both.",
)
def forgets_the_2_of_xavier(n_in, n_out, scheme):
    return {
        "zeros": 0.0,
        "lecun": math.sqrt(1 / n_in),
        "xavier": math.sqrt(1 / (n_in + n_out)),
        "he": math.sqrt(2 / n_in),
    }[scheme]


@misconception(
    "init_std",
    caught_by=STD,
    hint="You call 1 / n_in by the name of Xavier. That is LeCun's; Xavier (Glorot) looks at both sides: "
    "2 / (n_in + n_out).",
)
def takes_lecun_for_xavier(n_in, n_out, scheme):
    return {"zeros": 0.0, "lecun": math.sqrt(1 / n_in), "xavier": math.sqrt(1 / n_in), "he": math.sqrt(2 / n_in)}[
        scheme
    ]


@misconception(
    "init_std", caught_by=STD, hint="He's 2 is missing: relu silences half of the members, so the variance is 2 / n_in."
)
def forgets_the_2_of_he(n_in, n_out, scheme):
    return {
        "zeros": 0.0,
        "lecun": math.sqrt(1 / n_in),
        "xavier": math.sqrt(2 / (n_in + n_out)),
        "he": math.sqrt(1 / n_in),
    }[scheme]


@misconception("init_std", caught_by=STD, hint="lecun and he are exchanged: he, made for relu, has the 2.")
def exchanges_lecun_and_he(n_in, n_out, scheme):
    return {
        "zeros": 0.0,
        "lecun": math.sqrt(2 / n_in),
        "xavier": math.sqrt(2 / (n_in + n_out)),
        "he": math.sqrt(1 / n_in),
    }[scheme]


@misconception(
    "init_std",
    caught_by=STD,
    hint="This is half the width of a uniform distribution, root(6 / ...). We ask for the standard deviation: "
    "root(2 / ...).",
)
def gives_the_limit_of_a_uniform_draw(n_in, n_out, scheme):
    return {
        "zeros": 0.0,
        "lecun": math.sqrt(3 / n_in),
        "xavier": math.sqrt(6 / (n_in + n_out)),
        "he": math.sqrt(6 / n_in),
    }[scheme]


@misconception(
    "init_std",
    caught_by=STD,
    hint="1 / (rows times columns) is an old recipe that starves large layers. Look at the three formulas again.",
)
def divides_by_rows_times_columns(n_in, n_out, scheme):
    return 0.0 if scheme == "zeros" else 1 / (n_in * n_out)


@misconception(
    "init_std", caught_by=STD, hint="The 2 stands outside the root in your answer: root(2 / n), not 2 / root(n)."
)
def leaves_the_2_outside_the_root(n_in, n_out, scheme):
    return {
        "zeros": 0.0,
        "lecun": 1 / math.sqrt(n_in),
        "xavier": 2 / math.sqrt(n_in + n_out),
        "he": 2 / math.sqrt(n_in),
    }[scheme]


@misconception(
    "init_std",
    caught_by=STD[1],
    hint="Your zeros are not zero: with that scheme every weight is 0, so the spread is 0.",
)
def gives_zeros_a_small_spread(n_in, n_out, scheme):
    return {
        "zeros": 0.01,
        "lecun": math.sqrt(1 / n_in),
        "xavier": math.sqrt(2 / (n_in + n_out)),
        "he": math.sqrt(2 / n_in),
    }[scheme]


@misconception(
    "init_std", caught_by=STD, hint="You return one spread for each member. They are all the same: one number."
)
def returns_one_for_each_member(n_in, n_out, scheme):
    return np.full(n_out, init_std(n_in, n_out, scheme))


# ---------------------------------------------------------------- activation_std_by_depth


@misconception(
    "activation_std_by_depth",
    caught_by=SPREAD,
    hint="You measure the scores, before the activation. We ask how far the VOTES spread.",
)
def measures_the_scores(scheme, activation, depth, rng, width=100):
    A, spread = rng.normal(size=(200, width)), []
    for _ in range(depth):
        Z = A @ rng.normal(0, init_std(width, width, scheme), (width, width))
        spread.append(Z.std())
        A = Activation(activation).forward(Z)
    return np.array(spread)


@misconception(
    "activation_std_by_depth",
    caught_by=SPREAD,
    hint="The inputs are in your list, and the last layer is not: measure AFTER each layer.",
)
def measures_before_each_layer(scheme, activation, depth, rng, width=100):
    A, spread = rng.normal(size=(200, width)), []
    for _ in range(depth):
        spread.append(A.std())
        A = Activation(activation).forward(A @ rng.normal(0, init_std(width, width, scheme), (width, width)))
    return np.array(spread)


@misconception(
    "activation_std_by_depth", caught_by=SPREAD, hint="Your list has one number too many: the inputs are no layer."
)
def counts_the_inputs_as_a_layer(scheme, activation, depth, rng, width=100):
    A = rng.normal(size=(200, width))
    spread = [A.std()]
    for _ in range(depth):
        A = Activation(activation).forward(A @ rng.normal(0, init_std(width, width, scheme), (width, width)))
        spread.append(A.std())
    return np.array(spread)


@misconception(
    "activation_std_by_depth",
    caught_by=SPREAD,
    hint="You draw with the variance in the place of the standard deviation. Take init_std as it is: rng.normal wants "
    "the standard deviation.",
)
def draws_with_the_variance(scheme, activation, depth, rng, width=100):
    A, spread = rng.normal(size=(200, width)), []
    for _ in range(depth):
        A = Activation(activation).forward(A @ rng.normal(0, init_std(width, width, scheme) ** 2, (width, width)))
        spread.append(A.std())
    return np.array(spread)


@misconception(
    "activation_std_by_depth", caught_by=SPREAD, hint="You return variances: the root is missing (np.std, not np.var)."
)
def returns_variances_of_the_votes(scheme, activation, depth, rng, width=100):
    A, spread = rng.normal(size=(200, width)), []
    for _ in range(depth):
        A = Activation(activation).forward(A @ rng.normal(0, init_std(width, width, scheme), (width, width)))
        spread.append(A.var())
    return np.array(spread)


@misconception(
    "activation_std_by_depth",
    caught_by=SPREAD,
    hint="The scheme is never looked at: all weights come with a standard deviation of 1.",
)
def ignores_the_scheme(scheme, activation, depth, rng, width=100):
    A, spread = rng.normal(size=(200, width)), []
    for _ in range(depth):
        A = Activation(activation).forward(A @ rng.normal(size=(width, width)))
        spread.append(A.std())
    return np.array(spread)


@misconception(
    "activation_std_by_depth", caught_by=SPREAD, hint="width is never looked at: your layers always have 100 members."
)
def ignores_the_width(scheme, activation, depth, rng, width=100):
    A, spread = rng.normal(size=(200, 100)), []
    for _ in range(depth):
        A = Activation(activation).forward(A @ rng.normal(0, init_std(width, width, scheme), (100, 100)))
        spread.append(A.std())
    return np.array(spread)


@misconception(
    "activation_std_by_depth",
    caught_by=SPREAD,
    hint="Every layer looks at the inputs again. A layer hears the votes of the layer before it: A = "
    "activation(A @ W).",
)
def feeds_the_inputs_to_every_layer(scheme, activation, depth, rng, width=100):
    X, spread = rng.normal(size=(200, width)), []
    for _ in range(depth):
        A = Activation(activation).forward(X @ rng.normal(0, init_std(width, width, scheme), (width, width)))
        spread.append(A.std())
    return np.array(spread)


@misconception(
    "activation_std_by_depth",
    caught_by=SPREAD,
    hint="No activation anywhere: scores go from layer to layer. Each layer must vote.",
)
def never_votes(scheme, activation, depth, rng, width=100):
    A, spread = rng.normal(size=(200, width)), []
    for _ in range(depth):
        A = A @ rng.normal(0, init_std(width, width, scheme), (width, width))
        spread.append(A.std())
    return np.array(spread)


@misconception(
    "activation_std_by_depth",
    caught_by=SPREAD,
    hint="The inputs come from rng.random, between 0 and 1. They must be standard normal: rng.normal(size=...).",
)
def draws_uniform_inputs(scheme, activation, depth, rng, width=100):
    A, spread = rng.random((200, width)), []
    for _ in range(depth):
        A = Activation(activation).forward(A @ rng.normal(0, init_std(width, width, scheme), (width, width)))
        spread.append(A.std())
    return np.array(spread)


@misconception(
    "activation_std_by_depth",
    caught_by=SPREAD[2],
    hint="You draw from a generator of your own with a fixed seed. All chance comes from the argument rng.",
)
def makes_a_generator_of_its_own(scheme, activation, depth, rng, width=100):
    rng = np.random.default_rng(0)
    A, spread = rng.normal(size=(200, width)), []
    for _ in range(depth):
        A = Activation(activation).forward(A @ rng.normal(0, init_std(width, width, scheme), (width, width)))
        spread.append(A.std())
    return np.array(spread)


@misconception(
    "activation_std_by_depth",
    caught_by=SPREAD,
    hint="Only the last layer's spread comes back. Keep one number for EACH layer.",
)
def returns_only_the_last(scheme, activation, depth, rng, width=100):
    A = rng.normal(size=(200, width))
    for _ in range(depth):
        A = Activation(activation).forward(A @ rng.normal(0, init_std(width, width, scheme), (width, width)))
    return np.array(A.std())


@misconception(
    "activation_std_by_depth",
    caught_by=SPREAD[:2],
    hint="You return the mean of the votes. The spread is their standard deviation.",
)
def returns_means(scheme, activation, depth, rng, width=100):
    A, spread = rng.normal(size=(200, width)), []
    for _ in range(depth):
        A = Activation(activation).forward(A @ rng.normal(0, init_std(width, width, scheme), (width, width)))
        spread.append(np.abs(A).mean())
    return np.array(spread)


# ---------------------------------------------------------------- layer_gradient_norms


@misconception(
    "layer_gradient_norms",
    caught_by=NORMS,
    hint="Your list runs from the last layer to the first. Blame travels backwards; turn the list round at the end.",
)
def lists_the_last_layer_first(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms = []
    for layer in reversed(net.layers):
        if layer.params:
            norms.append(np.linalg.norm(blame))
        blame = layer.backward(blame)
    return np.array(norms)


@misconception(
    "layer_gradient_norms",
    caught_by=NORMS,
    hint="You measure the blame that comes OUT of a Dense layer, for its inputs (dX). dZ is what arrives "
    "at it: measure "
    "before layer.backward.",
)
def measures_what_the_layer_hands_on(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms = []
    for layer in reversed(net.layers):
        blame = layer.backward(blame)
        if layer.params:
            norms.append(np.linalg.norm(blame))
    return np.array(norms[::-1])


@misconception(
    "layer_gradient_norms",
    caught_by=NORMS,
    hint="You measure dA, before the activation's slope: dZ is what comes out of the Activation behind "
    "the Dense layer.",
)
def measures_before_the_activation(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms, arriving = [], blame
    for layer in reversed(net.layers):
        if layer.params:
            norms.append(np.linalg.norm(arriving))
            blame = arriving = layer.backward(blame)
        else:
            arriving, blame = blame, layer.backward(blame)
    return np.array(norms[::-1])


@misconception(
    "layer_gradient_norms",
    caught_by=NORMS,
    hint="These are the norms of dW. They also hold how large the layer's inputs are; we ask for the blame itself, dZ.",
)
def measures_the_weights_slopes(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    net.backward(blame)
    return np.array([np.linalg.norm(layer.grads["W"]) for layer in net.layers if layer.params])


@misconception(
    "layer_gradient_norms",
    caught_by=NORMS,
    hint="These are the norms of db: there the samples are summed, and their blame cancels. Take dZ with all its rows.",
)
def measures_the_biases_slopes(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    net.backward(blame)
    return np.array([np.linalg.norm(layer.grads["b"]) for layer in net.layers if layer.params])


@misconception(
    "layer_gradient_norms",
    caught_by=NORMS,
    hint="The activations are in your list too. Only layers with weights count: the Dense ones.",
)
def counts_the_activations_too(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms = []
    for layer in reversed(net.layers):
        norms.append(np.linalg.norm(blame))
        blame = layer.backward(blame)
    return np.array(norms[::-1])


@misconception(
    "layer_gradient_norms",
    caught_by=NORMS,
    hint="This is the mean size of an entry. The Frobenius norm is the root of the SUM of all squares.",
)
def averages_the_sizes(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms = []
    for layer in reversed(net.layers):
        if layer.params:
            norms.append(np.abs(blame).mean())
        blame = layer.backward(blame)
    return np.array(norms[::-1])


@misconception("layer_gradient_norms", caught_by=NORMS, hint="The root is missing: you return the sum of squares.")
def forgets_the_root(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms = []
    for layer in reversed(net.layers):
        if layer.params:
            norms.append(np.sum(blame**2))
        blame = layer.backward(blame)
    return np.array(norms[::-1])


@misconception(
    "layer_gradient_norms",
    caught_by=NORMS,
    hint="np.linalg.norm(dZ, 2) is the spectral norm of a matrix, another number. Without the 2 it is Frobenius'.",
)
def takes_the_spectral_norm(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms = []
    for layer in reversed(net.layers):
        if layer.params:
            norms.append(np.linalg.norm(blame, 2))
        blame = layer.backward(blame)
    return np.array(norms[::-1])


@misconception(
    "layer_gradient_norms",
    caught_by=NORMS,
    hint="All your norms are N times too large: the loss is the MEAN over the samples, and its slope has 1/N in it "
    "already. Do not multiply by N.",
)
def takes_the_sum_over_the_samples(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms, blame = [], blame * len(y)
    for layer in reversed(net.layers):
        if layer.params:
            norms.append(np.linalg.norm(blame))
        blame = layer.backward(blame)
    return np.array(norms[::-1])


@misconception(
    "layer_gradient_norms",
    caught_by=NORMS,
    hint="You divide the blame by N once more; softmax_cross_entropy has done that.",
)
def divides_by_the_samples_again(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms, blame = [], blame / len(y)
    for layer in reversed(net.layers):
        if layer.params:
            norms.append(np.linalg.norm(blame))
        blame = layer.backward(blame)
    return np.array(norms[::-1])


@misconception(
    "layer_gradient_norms",
    caught_by=NORMS,
    hint="You return shares of the last layer's norm. We ask for the norms themselves; the share is for the figure.",
)
def returns_shares_of_the_last(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms = []
    for layer in reversed(net.layers):
        if layer.params:
            norms.append(np.linalg.norm(blame))
        blame = layer.backward(blame)
    return np.array(norms[::-1]) / norms[0]


@misconception(
    "layer_gradient_norms", caught_by=NORMS[2], hint="The net has moved: you made a step while you were only to look."
)
def makes_a_step_on_the_way(net, X, y):
    _, blame = softmax_cross_entropy(net.forward(X), y)
    norms = []
    for layer in reversed(net.layers):
        if layer.params:
            norms.append(np.linalg.norm(blame))
        blame = layer.backward(blame)
        for name in layer.params:
            layer.params[name][...] -= 0.1 * layer.grads[name]
    return np.array(norms[::-1])


# ---------------------------------------------------------------- momentum_step


@misconception(
    "momentum_step",
    caught_by=MOMENTUM,
    hint="You used the averaged form, v = beta v + (1 - beta) g. Many books write it so; here v = beta v + g. The two "
    "differ by a factor 1/(1 - beta) in the rate.",
)
def averages_the_velocity(w, g, v, lr, beta=0.9):
    v = beta * v + (1 - beta) * g
    return w - lr * v, v


@misconception(
    "momentum_step",
    caught_by=MOMENTUM,
    hint="The step uses the OLD velocity. First the new velocity, then the step with it.",
)
def steps_with_the_old_velocity(w, g, v, lr, beta=0.9):
    return w - lr * v, beta * v + g


@misconception(
    "momentum_step",
    caught_by=MOMENTUM,
    hint="You step against the slope alone; the velocity is kept, but never used. w = w - lr * v.",
)
def steps_with_the_slope(w, g, v, lr, beta=0.9):
    return w - lr * g, beta * v + g


@misconception("momentum_step", caught_by=MOMENTUM, hint="Your step goes uphill: w = w - lr * v, with a minus.")
def goes_uphill_with_momentum(w, g, v, lr, beta=0.9):
    v = beta * v + g
    return w + lr * v, v


@misconception(
    "momentum_step",
    caught_by=MOMENTUM,
    hint="The velocity that you return is the old one, so it never grows. Return the new v.",
)
def returns_the_old_velocity(w, g, v, lr, beta=0.9):
    return w - lr * (beta * v + g), v


@misconception(
    "momentum_step",
    caught_by=MOMENTUM,
    hint="lr is inside your velocity: v = beta v - lr g. Some libraries do that; here v = beta v + g, and lr comes in "
    "with the step.",
)
def puts_the_rate_into_the_velocity(w, g, v, lr, beta=0.9):
    v = beta * v - lr * g
    return w + v, v


@misconception("momentum_step", caught_by=MOMENTUM[1], hint="beta is never looked at: you always take 0.9.")
def ignores_beta(w, g, v, lr, beta=0.9):
    v = 0.9 * v + g
    return w - lr * v, v


@misconception(
    "momentum_step",
    caught_by=MOMENTUM,
    hint="This is Nesterov's form: it looks one step ahead, w - lr (g + beta v). Ours is the plain one, w - lr v.",
)
def looks_ahead_like_nesterov(w, g, v, lr, beta=0.9):
    v = beta * v + g
    return w - lr * (g + beta * v), v


@misconception(
    "momentum_step",
    caught_by=MOMENTUM[2],
    hint="v += ... changes the caller's velocity. Make a new array: v = beta * v + g.",
)
def changes_the_velocity_in_place(w, g, v, lr, beta=0.9):
    v *= beta
    v += g
    return w - lr * v, v


@misconception(
    "momentum_step", caught_by=MOMENTUM[2], hint="w -= ... changes the caller's weights. Make a new array: w - lr * v."
)
def changes_the_weights_in_place(w, g, v, lr, beta=0.9):
    v = beta * v + g
    w -= lr * v
    return w, v


@misconception(
    "momentum_step",
    caught_by=MOMENTUM,
    hint="Only the weights come back. The velocity has to travel on to the next step: return w, v.",
)
def returns_only_the_weights(w, g, v, lr, beta=0.9):
    return w - lr * (beta * v + g)


@misconception("momentum_step", caught_by=MOMENTUM, hint="Your two answers come the wrong way round: first w, then v.")
def returns_the_velocity_first(w, g, v, lr, beta=0.9):
    v = beta * v + g
    return v, w - lr * v


# ---------------------------------------------------------------- rmsprop_step


@misconception("rmsprop_step", caught_by=RMSPROP, hint="The slope is not squared in s. s is a mean of SQUARED slopes.")
def forgets_the_square(w, g, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * np.abs(g)
    return w - lr * g / (np.sqrt(s) + eps), s


@misconception("rmsprop_step", caught_by=RMSPROP, hint="The root is missing: you divide by s itself.")
def divides_by_the_mean_square(w, g, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / (s + eps), s


@misconception(
    "rmsprop_step",
    caught_by=RMSPROP,
    hint="You divide by the root of the OLD s. In the very first step that is eps alone, and the step is enormous.",
)
def divides_by_the_old_mean(w, g, s, lr, rho=0.9, eps=1e-8):
    return w - lr * g / (np.sqrt(s) + eps), rho * s + (1 - rho) * g**2


@misconception(
    "rmsprop_step",
    caught_by=RMSPROP,
    hint="s grows for ever: you add all squares (that is AdaGrad). A running mean forgets: rho s + (1 - rho) g^2.",
)
def adds_all_squares(w, g, s, lr, rho=0.9, eps=1e-8):
    s = s + g**2
    return w - lr * g / (np.sqrt(s) + eps), s


@misconception(
    "rmsprop_step", caught_by=RMSPROP, hint="The two shares are exchanged: rho is the share of s that is KEPT."
)
def exchanges_the_shares(w, g, s, lr, rho=0.9, eps=1e-8):
    s = (1 - rho) * s + rho * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


@misconception(
    "rmsprop_step",
    caught_by=RMSPROP,
    hint="(1 - rho) is missing: s = rho s + (1 - rho) g^2 is a mean, yours is a growing sum.",
)
def forgets_the_share_of_the_new(w, g, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + g**2
    return w - lr * g / (np.sqrt(s) + eps), s


@misconception(
    "rmsprop_step", caught_by=RMSPROP[1:], hint="eps is missing: where all slopes so far are 0 you divide 0 by 0."
)
def forgets_eps(w, g, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / np.sqrt(s), s


@misconception(
    "rmsprop_step",
    caught_by=RMSPROP,
    hint="The sum of squares over ALL weights is in your s. Each weight has a mean of its own.",
)
def shares_one_mean(w, g, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * np.mean(g**2)
    return w - lr * g / (np.sqrt(s) + eps), s


@misconception("rmsprop_step", caught_by=RMSPROP[1], hint="rho is never looked at: you always keep 0.9.")
def ignores_rho(w, g, s, lr, rho=0.9, eps=1e-8):
    s = 0.9 * s + 0.1 * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


@misconception(
    "rmsprop_step",
    caught_by=RMSPROP,
    hint="s is corrected for its start at 0, as in Adam. RMSProp does not do that: its first steps are large.",
)
def corrects_the_start(w, g, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / (np.sqrt(s / (1 - rho)) + eps), s


@misconception(
    "rmsprop_step", caught_by=RMSPROP[2], hint="s *= ... changes the caller's array. Make a new one: s = rho * s + ..."
)
def changes_s_in_place(w, g, s, lr, rho=0.9, eps=1e-8):
    s *= rho
    s += (1 - rho) * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


@misconception(
    "rmsprop_step", caught_by=RMSPROP, hint="You return the old s, so the mean never learns of the new slope."
)
def returns_the_old_s(w, g, s, lr, rho=0.9, eps=1e-8):
    return w - lr * g / (np.sqrt(rho * s + (1 - rho) * g**2) + eps), s


# ---------------------------------------------------------------- adam_step


@misconception(
    "adam_step",
    caught_by=ADAM,
    hint="You step by lr times the sign of the slope. That is Adam's FIRST step only; afterwards it remembers.",
)
def steps_by_the_sign(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * np.sign(g), m, v


@misconception(
    "adam_step",
    caught_by=ADAM,
    hint="Neither average is corrected for its start at 0: divide m by 1 - b1^t and v by 1 - b2^t.",
)
def corrects_nothing(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (np.sqrt(v) + eps), m, v


@misconception(
    "adam_step",
    caught_by=ADAM,
    hint="Only m is corrected for its start at 0; v needs it even more: 1 - 0.999 is a thousandth.",
)
def corrects_only_m(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (1 - b1**t) / (np.sqrt(v) + eps), m, v


@misconception("adam_step", caught_by=ADAM, hint="Only v is corrected for its start at 0; m starts at 0 as well.")
def corrects_only_v(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (np.sqrt(v / (1 - b2**t)) + eps), m, v


@misconception(
    "adam_step",
    caught_by=ADAM,
    hint="The corrected averages come back, and are corrected again in the next step. Keep m and v as "
    "they are; use the "
    "corrected ones for the step alone.",
)
def keeps_the_corrected_averages(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m = (b1 * m + (1 - b1) * g) / (1 - b1**t)
    v = (b2 * v + (1 - b2) * g**2) / (1 - b2**t)
    return w - lr * m / (np.sqrt(v) + eps), m, v


@misconception(
    "adam_step", caught_by=ADAM, hint="t counts from 1, and you use t + 1 in the corrections: one step too far."
)
def counts_from_0(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (1 - b1 ** (t + 1)) / (np.sqrt(v / (1 - b2 ** (t + 1))) + eps), m, v


@misconception(
    "adam_step",
    caught_by=ADAM,
    hint="t is never looked at: you always correct as in the first step. The correction fades: 1 - b1^t.",
)
def corrects_as_in_the_first_step(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (1 - b1) / (np.sqrt(v / (1 - b2)) + eps), m, v


@misconception("adam_step", caught_by=ADAM, hint="b1 times t is not b1 to the power t. In Python the power is b1**t.")
def multiplies_by_t(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (1 - b1 * t) / (np.sqrt(np.abs(v / (1 - b2 * t))) + eps), m, v


@misconception("adam_step", caught_by=ADAM, hint="b1 and b2 are exchanged: b1 (0.9) belongs to m, b2 (0.999) to v.")
def exchanges_b1_and_b2(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b2 * m + (1 - b2) * g, b1 * v + (1 - b1) * g**2
    return w - lr * m / (1 - b2**t) / (np.sqrt(v / (1 - b1**t)) + eps), m, v


@misconception("adam_step", caught_by=ADAM, hint="The slope is not squared in v.")
def forgets_adams_square(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * np.abs(g)
    return w - lr * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps), m, v


@misconception("adam_step", caught_by=ADAM, hint="v is a mean of g squared; yours is a mean of m squared.")
def squares_the_average(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * m**2
    return w - lr * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps), m, v


@misconception("adam_step", caught_by=ADAM, hint="Adam's root is missing: divide by the root of the corrected v.")
def divides_by_v(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (1 - b1**t) / (v / (1 - b2**t) + eps), m, v


@misconception(
    "adam_step",
    caught_by=ADAM,
    hint="Your step has the slope above the line, where Adam has its corrected average m (this is RMSProp, corrected).",
)
def steps_with_the_slope_itself(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * g / (np.sqrt(v / (1 - b2**t)) + eps), m, v


@misconception(
    "adam_step", caught_by=ADAM, hint="m is beta m + g, as in momentum. In Adam both are means: b1 m + (1 - b1) g."
)
def takes_the_velocity_of_momentum(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps), m, v


@misconception("adam_step", caught_by=ADAM[1:], hint="eps is missing: a weight whose slope was always 0 becomes 0/0.")
def forgets_adams_eps(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (1 - b1**t) / np.sqrt(v / (1 - b2**t)), m, v


@misconception("adam_step", caught_by=ADAM[1], hint="b1 and b2 are never looked at: you always take 0.9 and 0.999.")
def ignores_b1_and_b2(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return w - lr * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + eps), m, v


@misconception(
    "adam_step",
    caught_by=ADAM[2],
    hint="The numbers are right, but m *= and v *= change the caller's arrays. Make new ones.",
)
def changes_the_averages_in_place(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m *= b1
    m += (1 - b1) * g
    v *= b2
    v += (1 - b2) * g**2
    return w - lr * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps), m, v


# ---------------------------------------------------------------- adamw_step


@misconception(
    "adamw_step",
    caught_by=ADAMW,
    hint="The decay is inside the slope: g + weight_decay * w. Then Adam divides it by the root of v, and large slopes "
    "shield a weight from it. AdamW keeps the two apart.",
)
def adds_the_decay_to_the_slope(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    return adam_step(w, g + weight_decay * w, m, v, t, lr, b1, b2, eps)


@misconception(
    "adamw_step", caught_by=ADAMW, hint="lr is missing beside the decay: weights shrink by lr * weight_decay * w."
)
def decays_without_the_rate(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    new, m, v = adam_step(w, g, m, v, t, lr, b1, b2, eps)
    return new - weight_decay * w, m, v


@misconception(
    "adamw_step", caught_by=ADAMW, hint="You decay the weights AFTER the step. It is lr * weight_decay times the OLD w."
)
def decays_the_new_weights(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    new, m, v = adam_step(w, g, m, v, t, lr, b1, b2, eps)
    return new - lr * weight_decay * new, m, v


@misconception("adamw_step", caught_by=ADAMW, hint="weight_decay is never used: this is Adam.")
def forgets_the_decay(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    return adam_step(w, g, m, v, t, lr, b1, b2, eps)


@misconception(
    "adamw_step",
    caught_by=ADAMW,
    hint="Your decay makes the weights larger. It pulls towards 0: minus lr * weight_decay * w.",
)
def lets_the_weights_grow(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    new, m, v = adam_step(w, g, m, v, t, lr, b1, b2, eps)
    return new + lr * weight_decay * w, m, v


@misconception(
    "adamw_step",
    caught_by=ADAMW,
    hint="There is a 2 too many: the decay is lr * weight_decay * w, without the 2 of a squared penalty.",
)
def decays_twice_as_much(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    new, m, v = adam_step(w, g, m, v, t, lr, b1, b2, eps)
    return new - 2 * lr * weight_decay * w, m, v


@misconception(
    "adamw_step",
    caught_by=ADAMW,
    hint="You pull by the sign of w. The decay is in proportion to w itself: large weights shrink more.",
)
def decays_by_the_sign(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    new, m, v = adam_step(w, g, m, v, t, lr, b1, b2, eps)
    return new - lr * weight_decay * np.sign(w), m, v


@misconception(
    "adamw_step",
    caught_by=ADAMW,
    hint="The whole old weight is replaced: you wrote (1 - weight_decay) * w without lr, and step from 0.",
)
def steps_from_the_decay_alone(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    new, m, v = adam_step(w, g, m, v, t, lr, b1, b2, eps)
    return (1 - weight_decay) * new, m, v


@misconception(
    "adamw_step", caught_by=ADAMW[1], hint="b1 and b2 are not handed on to the step: it takes its own 0.9 and 0.999."
)
def hands_on_no_options(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    new, m, v = adam_step(w, g, m, v, t, lr)
    return new - lr * weight_decay * w, m, v


@misconception(
    "adamw_step",
    caught_by=ADAMW,
    hint="The averages are not corrected for their start at 0 here. AdamW is Adam, with all of it, plus the decay.",
)
def corrects_nothing_in_adamw(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (np.sqrt(v) + eps) - lr * weight_decay * w, m, v


@misconception(
    "adamw_step",
    caught_by=ADAMW[2],
    hint="The numbers are right, but w *= (1 - lr * weight_decay) shrinks the caller's weights. Make a new array.",
)
def shrinks_the_callers_weights(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    w *= 1 - lr * weight_decay
    return adam_step(w, g, m, v, t, lr, b1, b2, eps)


# ---------------------------------------------------------------- Optimizer


class RightOptimizer:
    def __init__(self, name, lr, **options):
        self.name, self.lr, self.options = name, lr, options
        self.t, self.state = 0, {}

    def arrays(self, tree):
        if isinstance(tree, dict):
            return [array for key in sorted(tree) for array in self.arrays(tree[key])]
        if isinstance(tree, list):
            return [array for one in tree for array in self.arrays(one)]
        return [tree]

    def step(self, params, grads):
        self.t += 1
        for k, (w, g) in enumerate(zip(self.arrays(params), self.arrays(grads))):
            w[...] = self.moved(k, w, g)

    def kept(self, k, w):
        return self.state.setdefault(k, [np.zeros(w.shape), np.zeros(w.shape)])

    def moved(self, k, w, g):
        first, second = self.kept(k, w)
        if self.name == "sgd":
            return w - self.lr * g
        if self.name == "momentum":
            first = self.options.get("beta", 0.9) * first + g
            self.keep(k, first, second)
            return w - self.lr * first
        if self.name == "rmsprop":
            rho = self.options.get("rho", 0.9)
            first = rho * first + (1 - rho) * g**2
            self.keep(k, first, second)
            return w - self.lr * g / (np.sqrt(first) + 1e-8)
        b1, b2 = self.options.get("b1", 0.9), self.options.get("b2", 0.999)
        first, second = b1 * first + (1 - b1) * g, b2 * second + (1 - b2) * g**2
        self.keep(k, first, second)
        t = self.counted(k)
        decay = self.lr * self.options.get("weight_decay", 0.0) * w if self.name == "adamw" else 0
        return w - self.lr * first / (1 - b1**t) / (np.sqrt(second / (1 - b2**t)) + 1e-8) - decay

    def keep(self, k, first, second):
        self.state[k] = [first, second]

    def counted(self, k):
        return self.t


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER,
    hint="Your arrays never move: `w = w - ...` gives a local name to a new array. Write into the old "
    "one: w[...] = ...",
)
class MovesOnlyALocalName(RightOptimizer):
    def step(self, params, grads):
        self.t += 1
        for k, (w, g) in enumerate(zip(self.arrays(params), self.arrays(grads))):
            w = self.moved(k, w, g)


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER[2],
    hint="New arrays are put into the list or dict, while the layer still holds the old ones. Write into the arrays "
    "themselves: w[...] = ...",
)
class PutsNewArraysIntoTheDict(RightOptimizer):
    def step(self, params, grads):
        self.t += 1
        self.k = 0
        self.walk(params, grads)

    def walk(self, params, grads):
        keys = sorted(params) if isinstance(params, dict) else range(len(params))
        for key in keys:
            if isinstance(params[key], (dict, list)):
                self.walk(params[key], grads[key])
            else:
                params[key] = self.moved(self.k, params[key], grads[key])
                self.k += 1


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER,
    hint="All arrays share one memory: the state of one is used for the next. Each array needs a state of its own.",
)
class SharesOneState(RightOptimizer):
    def kept(self, k, w):
        first, second = self.state.get(0, (0.0, 0.0))
        if np.shape(first) != w.shape:
            first, second = np.zeros(w.shape), np.zeros(w.shape)
        return first, second

    def keep(self, k, first, second):
        self.state[0] = [first, second]


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER,
    hint="The state begins again at 0 in every step: nothing is remembered. Make it once, and keep it in self.",
)
class ForgetsItsState(RightOptimizer):
    def kept(self, k, w):
        return np.zeros(w.shape), np.zeros(w.shape)


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER,
    hint="t counts arrays, not steps: in one step each array sees another t. Raise it once for each call of step.",
)
class CountsArraysAsSteps(RightOptimizer):
    def step(self, params, grads):
        for k, (w, g) in enumerate(zip(self.arrays(params), self.arrays(grads))):
            self.t += 1
            w[...] = self.moved(k, w, g)


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER,
    hint="t stays at 1 for ever: raise self.t in each step, or Adam corrects too much all the time.",
)
class NeverCounts(RightOptimizer):
    def counted(self, k):
        return 1


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER[1],
    hint="The state lives in the class, so all optimisers share it. Make it in __init__: self.state = {}.",
)
class KeepsItsStateInTheClass(RightOptimizer):
    state = {}

    def __init__(self, name, lr, **options):
        self.name, self.lr, self.options = name, lr, options
        self.t = 0
        type(self).state = {}


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER[1],
    hint="The options are never looked at: beta, rho, b1, b2 and weight_decay must reach the step functions.",
)
class IgnoresTheOptions(RightOptimizer):
    def __init__(self, name, lr, **options):
        self.name, self.lr, self.options = name, lr, {}
        self.t, self.state = 0, {}


@misconception(
    "Optimizer", caught_by=OPTIMIZER[1], hint="A rate that is set on the way is never seen: read self.lr in each step."
)
class KeepsTheFirstRate(RightOptimizer):
    def __init__(self, name, lr, **options):
        self.name, self.lr, self.options, self.first_rate = name, lr, options, lr
        self.t, self.state = 0, {}

    def step(self, params, grads):
        later, self.lr = self.lr, self.first_rate
        self.t += 1
        for k, (w, g) in enumerate(zip(self.arrays(params), self.arrays(grads))):
            w[...] = self.moved(k, w, g)
        self.lr = later


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER[1:],
    hint="Only lists of arrays work. A dict has to be gone through by its names, and a list may hold dicts.",
)
class TakesListsOnly(RightOptimizer):
    def arrays(self, tree):
        return list(tree)


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER[1:],
    hint="The state belongs to a NAME such as 'W', and two layers have a W. Each array needs a state of its own.",
)
class RemembersByName(RightOptimizer):
    def step(self, params, grads):
        self.t += 1
        for place, (one, other) in (
            enumerate(zip(params, grads)) if isinstance(params, list) else [(0, (params, grads))]
        ):
            if isinstance(one, dict):
                for name in sorted(one):
                    one[name][...] = self.moved(name, one[name], other[name])
            else:
                one[...] = self.moved(place, one, other)

    def kept(self, k, w):
        first, second = self.state.get(k, (0.0, 0.0))
        if np.shape(first) != w.shape:
            first, second = np.zeros(w.shape), np.zeros(w.shape)
        return first, second


@misconception(
    "Optimizer", caught_by=OPTIMIZER, hint="Your steps go uphill, for every name: the minus before lr is missing."
)
class GoesUphill(RightOptimizer):
    def step(self, params, grads):
        self.t += 1
        for k, (w, g) in enumerate(zip(self.arrays(params), self.arrays(grads))):
            w[...] = 2 * w - self.moved(k, w, g)


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER[1],
    hint="adamw behaves like adam with the decay inside the slope. Decay and slope stay apart.",
)
class DecaysInsideTheSlope(RightOptimizer):
    def step(self, params, grads):
        self.t += 1
        for k, (w, g) in enumerate(zip(self.arrays(params), self.arrays(grads))):
            if self.name == "adamw":
                decay = self.options.get("weight_decay", 0.0)
                self.name = "adam"
                w[...] = self.moved(k, w, g + decay * w)
                self.name = "adamw"
            else:
                w[...] = self.moved(k, w, g)


@misconception(
    "Optimizer",
    caught_by=OPTIMIZER[2],
    hint="g *= ... scales the caller's slopes themselves. Only the parameters may move.",
)
class SpoilsTheSlopes(RightOptimizer):
    def step(self, params, grads):
        self.t += 1
        for k, (w, g) in enumerate(zip(self.arrays(params), self.arrays(grads))):
            w[...] = self.moved(k, w, g)
            g[...] = 0


# ---------------------------------------------------------------- lr_at


@misconception(
    "lr_at",
    caught_by=RATE[1],
    hint="The first warm-up step has the rate 0, so it is lost. Count from 1 here: base * (step + 1) / warmup.",
)
def starts_the_warm_up_at_0(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * step / warmup
    if kind == "step":
        return base * factor ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2
    return base


@misconception("lr_at", caught_by=RATE[1], hint="The warm-up is never looked at.")
def ignores_the_warm_up(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if kind == "step":
        return base * factor ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * step / total)) / 2
    return base


@misconception(
    "lr_at",
    caught_by=RATE[1],
    hint="The cosine begins at step 0, while the warm-up is still going on: there is a jump behind it. Let it begin "
    "where the warm-up ends.",
)
def begins_the_cosine_at_0(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * step / total)) / 2
    return base


@misconception(
    "lr_at",
    caught_by=RATE[1],
    hint="Your cosine goes on behind `total` and ends too late: with a warm-up it has only total - warmup steps.",
)
def stretches_the_cosine(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * (step - warmup) / total)) / 2
    return base


@misconception("lr_at", caught_by=RATE, hint="Your cosine falls below 0, to -base: add 1 and halve, (1 + cos) / 2.")
def lets_the_cosine_go_below_0(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * math.cos(math.pi * (step - warmup) / (total - warmup))
    return base


@misconception(
    "lr_at",
    caught_by=RATE,
    hint="This is a quarter of a turn, cos from 0 to pi/2. The schedule is half a turn: (1 + cos(pi ...)) / 2.",
)
def turns_only_a_quarter(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * math.cos(math.pi / 2 * (step - warmup) / (total - warmup))
    return base


@misconception("lr_at", caught_by=RATE, hint="The half is missing: your cosine begins at twice the base.")
def forgets_to_halve(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))
    return base


@misconception(
    "lr_at",
    caught_by=RATE,
    hint="A straight line from base to 0 is not a cosine: it is right at both ends and in the middle only.",
)
def draws_a_straight_line(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 - (step - warmup) / (total - warmup))
    return base


@misconception("lr_at", caught_by=RATE, hint="Your cosine reaches 0 at total - 1. Here it reaches 0 at total.")
def ends_one_step_early(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * (step - warmup) / (total - 1 - warmup))) / 2
    return base


@misconception(
    "lr_at",
    caught_by=RATE,
    hint="Your rate sinks a little in every step. 'step' is a staircase: the power is a whole number, step // every.",
)
def slides_instead_of_stepping(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor ** (step / (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2
    return base


@misconception(
    "lr_at",
    caught_by=RATE,
    hint="The rate falls once, and never again. It is multiplied by factor after EVERY `every` steps: a power.",
)
def steps_down_only_once(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor if step >= (total / 3 if every is None else every) else base
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2
    return base


@misconception(
    "lr_at", caught_by=RATE[:2], hint="Your staircase is one step late: at step = every the first fall is due."
)
def steps_down_one_late(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor ** (max(step - 1, 0) // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2
    return base


@misconception("lr_at", caught_by=RATE, hint="every is never looked at: you always take a third of total.")
def ignores_every(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * factor ** (step // (total / 3))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2
    return base


@misconception("lr_at", caught_by=RATE[1], hint="factor is never looked at: you always halve.")
def ignores_the_factor(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / warmup
    if kind == "step":
        return base * 0.5 ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2
    return base


@misconception(
    "lr_at",
    caught_by=RATE[1],
    hint="The warm-up starts from 0 after one step too many: its last step must have the rate base.",
)
def warms_up_too_slowly(step, kind, base, total, warmup=0, factor=0.5, every=None):
    if step < warmup:
        return base * (step + 1) / (warmup + 1)
    if kind == "step":
        return base * factor ** (step // (total / 3 if every is None else every))
    if kind == "cosine":
        return base * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2
    return base


# ---------------------------------------------------------------- clip_by_global_norm


@misconception(
    "clip_by_global_norm",
    caught_by=CLIP[:2],
    hint="Short slopes were stretched up to max_norm. Small ones must stay as they are: clip, never scale up.",
)
def scales_up(grads, max_norm):
    norm = math.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * (max_norm / norm if norm else 1.0) for g in grads], norm


@misconception(
    "clip_by_global_norm",
    caught_by=CLIP,
    hint="Each array is clipped by its own norm, which bends the direction. One norm over ALL arrays, one factor.",
)
def clips_each_array_alone(grads, max_norm):
    norms = [np.linalg.norm(g) for g in grads]
    clipped = [g * (max_norm / n if n > max_norm else 1.0) for g, n in zip(grads, norms)]
    return clipped, math.sqrt(sum(n**2 for n in norms))


@misconception(
    "clip_by_global_norm",
    caught_by=CLIP,
    hint="Every entry is cut off at max_norm (np.clip). That bends the direction, and the norm may still be too large.",
)
def clips_each_entry(grads, max_norm):
    norm = math.sqrt(sum(np.sum(g**2) for g in grads))
    return [np.clip(g, -max_norm, max_norm) for g in grads], norm


@misconception(
    "clip_by_global_norm",
    caught_by=CLIP,
    hint="The norm that you return is the one AFTER clipping. We ask for the one before: it says that something went "
    "wrong.",
)
def returns_the_norm_afterwards(grads, max_norm):
    norm = math.sqrt(sum(np.sum(g**2) for g in grads))
    if norm > max_norm:
        grads = [g * max_norm / norm for g in grads]
    return grads, min(norm, max_norm)


@misconception(
    "clip_by_global_norm",
    caught_by=CLIP,
    hint="The norms of the arrays are added. Lengths add as squares: the root of the sum of ALL squared entries.",
)
def adds_the_norms(grads, max_norm):
    norm = sum(np.linalg.norm(g) for g in grads)
    return [g * min(1.0, max_norm / norm if norm else 1.0) for g in grads], norm


@misconception("clip_by_global_norm", caught_by=CLIP, hint="The root is missing: this is the squared norm.")
def forgets_the_root_of_the_norm(grads, max_norm):
    norm = sum(np.sum(g**2) for g in grads)
    return [g * min(1.0, max_norm / norm if norm else 1.0) for g in grads], norm


@misconception(
    "clip_by_global_norm",
    caught_by=CLIP,
    hint="You look at the largest array only. The norm is over all of them together.",
)
def looks_at_the_largest_array(grads, max_norm):
    norm = max(np.linalg.norm(g) for g in grads)
    return [g * min(1.0, max_norm / norm if norm else 1.0) for g in grads], norm


@misconception(
    "clip_by_global_norm",
    caught_by=CLIP,
    hint="Your factor is 1 / norm: the slopes end with the length 1, whatever max_norm is.",
)
def ignores_the_size_of_max_norm(grads, max_norm):
    norm = math.sqrt(sum(np.sum(g**2) for g in grads))
    return [g / norm if norm > max_norm else g for g in grads], norm


@misconception(
    "clip_by_global_norm",
    caught_by=CLIP,
    hint="Too long slopes are thrown away (set to 0). They should be shortened, with their direction kept.",
)
def throws_long_slopes_away(grads, max_norm):
    norm = math.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * 0 if norm > max_norm else g for g in grads], norm


@misconception(
    "clip_by_global_norm", caught_by=CLIP[2], hint="g *= ... shortens the caller's own arrays. Make new ones."
)
def shortens_the_callers_arrays(grads, max_norm):
    norm = math.sqrt(sum(np.sum(g**2) for g in grads))
    if norm > max_norm:
        for g in grads:
            g *= max_norm / norm
    return grads, norm


@misconception(
    "clip_by_global_norm",
    caught_by=CLIP[2],
    hint="Slopes of 0 have the norm 0, and you divide by it. Divide only where the norm is above max_norm.",
)
def divides_by_a_norm_of_0(grads, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * np.minimum(1.0, max_norm / norm) for g in grads], norm


# ---------------------------------------------------------------- lr_range


@misconception(
    "lr_range",
    caught_by=RANGE[:2],
    hint="Every rate goes on from where the last one stopped. Each must start from the SAME net: a fresh "
    "copy for each.",
)
def walks_on_from_rate_to_rate(net, X, y, lrs):
    trial, losses = copy.deepcopy(net), []
    for lr in lrs:
        _, blame = softmax_cross_entropy(trial.forward(X), y)
        trial.backward(blame)
        for layer in trial.layers:
            for name in layer.params:
                layer.params[name][...] -= lr * layer.grads[name]
        losses.append(network_loss(trial, X, y))
    return np.array(losses)


@misconception(
    "lr_range", caught_by=RANGE, hint="You step on the net that you were given. Copy it first: copy.deepcopy(net)."
)
def steps_on_the_net_itself(net, X, y, lrs):
    losses = []
    for lr in lrs:
        _, blame = softmax_cross_entropy(net.forward(X), y)
        net.backward(blame)
        for layer in net.layers:
            for name in layer.params:
                layer.params[name][...] -= lr * layer.grads[name]
        losses.append(network_loss(net, X, y))
    return np.array(losses)


@misconception(
    "lr_range",
    caught_by=RANGE,
    hint="copy.copy copies the shell only: the layers inside are the same, so the net itself moves. Take "
    "copy.deepcopy.",
)
def copies_only_the_shell(net, X, y, lrs):
    losses = []
    for lr in lrs:
        trial = copy.copy(net)
        _, blame = softmax_cross_entropy(trial.forward(X), y)
        trial.backward(blame)
        for layer in trial.layers:
            for name in layer.params:
                layer.params[name][...] -= lr * layer.grads[name]
        losses.append(network_loss(trial, X, y))
    return np.array(losses)


@misconception(
    "lr_range",
    caught_by=RANGE,
    hint="This is the loss BEFORE the step, the same for every rate. We ask for the loss after it.",
)
def tells_the_loss_before_the_step(net, X, y, lrs):
    losses = []
    for lr in lrs:
        trial = copy.deepcopy(net)
        losses.append(network_loss(trial, X, y))
    return np.array(losses)


@misconception("lr_range", caught_by=RANGE, hint="Your step goes uphill: minus lr times the slope.")
def climbs(net, X, y, lrs):
    losses = []
    for lr in lrs:
        trial = copy.deepcopy(net)
        _, blame = softmax_cross_entropy(trial.forward(X), y)
        trial.backward(blame)
        for layer in trial.layers:
            for name in layer.params:
                layer.params[name][...] += lr * layer.grads[name]
        losses.append(network_loss(trial, X, y))
    return np.array(losses)


@misconception("lr_range", caught_by=RANGE, hint="Only the weights move. The biases are parameters too.")
def leaves_the_biases(net, X, y, lrs):
    losses = []
    for lr in lrs:
        trial = copy.deepcopy(net)
        _, blame = softmax_cross_entropy(trial.forward(X), y)
        trial.backward(blame)
        for layer in trial.layers:
            if layer.params:
                layer.params["W"][...] -= lr * layer.grads["W"]
        losses.append(network_loss(trial, X, y))
    return np.array(losses)


@misconception("lr_range", caught_by=RANGE, hint="Only the last layer moves. Every layer with weights makes its step.")
def moves_only_the_last_layer(net, X, y, lrs):
    losses = []
    for lr in lrs:
        trial = copy.deepcopy(net)
        _, blame = softmax_cross_entropy(trial.forward(X), y)
        trial.backward(blame)
        last = [layer for layer in trial.layers if layer.params][-1]
        for name in last.params:
            last.params[name][...] -= lr * last.grads[name]
        losses.append(network_loss(trial, X, y))
    return np.array(losses)


@misconception("lr_range", caught_by=RANGE, hint="Two steps instead of one are made for each rate.")
def makes_two_steps(net, X, y, lrs):
    losses = []
    for lr in lrs:
        trial = copy.deepcopy(net)
        for _ in range(2):
            _, blame = softmax_cross_entropy(trial.forward(X), y)
            trial.backward(blame)
            for layer in trial.layers:
                for name in layer.params:
                    layer.params[name][...] -= lr * layer.grads[name]
        losses.append(network_loss(trial, X, y))
    return np.array(losses)


@misconception(
    "lr_range",
    caught_by=RANGE[:2],
    hint="The rates are sorted first, so the losses come in another order than the rates that were asked.",
)
def sorts_the_rates(net, X, y, lrs):
    lrs = np.sort(lrs)
    losses = []
    for lr in lrs:
        trial = copy.deepcopy(net)
        _, blame = softmax_cross_entropy(trial.forward(X), y)
        trial.backward(blame)
        for layer in trial.layers:
            for name in layer.params:
                layer.params[name][...] -= lr * layer.grads[name]
        losses.append(network_loss(trial, X, y))
    return np.array(losses)


@misconception(
    "lr_range",
    caught_by=RANGE,
    hint="You return the rate with the smallest loss. We ask for all losses; choosing comes afterwards.",
)
def returns_the_best_rate(net, X, y, lrs):
    losses = []
    for lr in lrs:
        trial = copy.deepcopy(net)
        _, blame = softmax_cross_entropy(trial.forward(X), y)
        trial.backward(blame)
        for layer in trial.layers:
            for name in layer.params:
                layer.params[name][...] -= lr * layer.grads[name]
        losses.append(network_loss(trial, X, y))
    return np.array(lrs[int(np.argmin(losses))])


@misconception(
    "lr_range", caught_by=RANGE, hint="You give the change of the loss. We ask for the loss itself, after the step."
)
def returns_the_change(net, X, y, lrs):
    losses = []
    for lr in lrs:
        trial = copy.deepcopy(net)
        _, blame = softmax_cross_entropy(trial.forward(X), y)
        trial.backward(blame)
        for layer in trial.layers:
            for name in layer.params:
                layer.params[name][...] -= lr * layer.grads[name]
        losses.append(network_loss(trial, X, y))
    return np.array(losses) - network_loss(net, X, y)


# ---------------------------------------------------------------- repaired_adam


@misconception(
    "repaired_adam",
    caught_by=REPAIRED,
    hint="One bug is left, in the line of v: the share of the new square is (1 - b2), not (1 - b1).",
)
def leaves_the_bug_in_v(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b1) * g**2
    return w - lr * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps), m, v


@misconception(
    "repaired_adam",
    caught_by=REPAIRED,
    hint="One bug is left, in a correction: b1 * t is right for t = 1 only. It is a power: b1**t.",
)
def leaves_the_bug_in_the_correction(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (1 - b1 * t) / (np.sqrt(v / (1 - b2**t)) + eps), m, v


@misconception(
    "repaired_adam",
    caught_by=REPAIRED,
    hint="One bug is left, in the last line: the corrected m_hat comes back as the new m. The first step does not show "
    "it, all others do.",
)
def leaves_the_bug_in_the_return(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    return w - lr * m_hat / (np.sqrt(v / (1 - b2**t)) + eps), m_hat, v


@misconception(
    "repaired_adam",
    caught_by=REPAIRED,
    hint="Two bugs are left: the share of the new square in v, and b1 * t in the correction.",
)
def mends_only_the_return(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b1) * g**2
    return w - lr * m / (1 - b1 * t) / (np.sqrt(v / (1 - b2**t)) + eps), m, v


@misconception(
    "repaired_adam",
    caught_by=REPAIRED,
    hint="Two bugs are left: b1 * t in the correction, and m_hat that comes back as m.",
)
def mends_only_v(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1 * t)
    return w - lr * m_hat / (np.sqrt(v / (1 - b2**t)) + eps), m_hat, v


@misconception(
    "repaired_adam",
    caught_by=REPAIRED,
    hint="Two bugs are left: the share of the new square in v, and m_hat that comes back as m.",
)
def mends_only_the_correction(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b1) * g**2
    m_hat = m / (1 - b1**t)
    return w - lr * m_hat / (np.sqrt(v / (1 - b2**t)) + eps), m_hat, v


@misconception("repaired_adam", caught_by=REPAIRED, hint="All three bugs are still there.")
def leaves_all_three_bugs(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b1) * g**2
    m_hat = m / (1 - b1 * t)
    return w - lr * m_hat / (np.sqrt(v / (1 - b2**t)) + eps), m_hat, v


@misconception(
    "repaired_adam",
    caught_by=REPAIRED,
    hint="Now v_hat comes back where v belongs. Both averages are kept as they are, uncorrected.",
)
def returns_the_corrected_v(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    v_hat = v / (1 - b2**t)
    return w - lr * m / (1 - b1**t) / (np.sqrt(v_hat) + eps), m, v_hat


@misconception(
    "repaired_adam",
    caught_by=REPAIRED,
    hint="The corrections were taken out instead of mended: without them the first steps have the wrong length.",
)
def takes_the_corrections_out(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (np.sqrt(v) + eps), m, v


@misconception(
    "repaired_adam",
    caught_by=REPAIRED[2],
    hint="The three bugs are mended, but w -= ... now moves the caller's array. Make a new one.",
)
def repairs_in_place(w, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    w -= lr * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps)
    return w, m, v


# ---------------------------------------------------------------- quiz

add_wrong_options(
    "optimizers",
    {
        1: {
            "a": "That is 2/784, a variance. Which number does rng.normal want?",
            "b": "784 times 16 weights share the job; but each MEMBER only adds up its own 784 terms. "
            "Look at what n_in is.",
            "d": "Xavier's formula with both sides gives about this. He looks at n_in alone.",
        },
        2: {
            "b": "Weights of that size are far too small to overflow anything. What do 784 terms of that "
            "size add up to?",
            "c": "Training can only repair what hears its blame. How much blame goes back through weights of 8e-5?",
            "d": "Each member has its own random weights here. Zeros would make them all alike.",
        },
        3: {
            "a": "All of them have the same form, and Adam in place of the plain step did not wake them. "
            "What is multiplied "
            "in every layer on the way back?",
            "b": "The same images are read by ten layers of relu. What differs between the two nets?",
            "c": "With Xavier the votes keep their size; look at the second column of the table, the blame.",
        },
        4: {
            "a": "That is the first step of all: the velocity is still small then.",
            "c": "With beta = 0 nothing is remembered. How much of each older slope is still in v with 0.9?",
            "d": "beta to the power of the step goes to 0, not to a sum. Add up 1 + 0.9 + 0.81 + ...",
        },
        5: {
            "b": "Adam's step hardly depends on the size of the slope: m and the root of v both have it.",
            "c": "Without the correction m is a tenth and the root of v about a thirtieth. But the "
            "correction is there.",
            "d": "The rate is what is left when slope over its own size is 1. Which sign does it have?",
        },
        6: {
            "a": "m and v say nothing of how large w is. What is divided by the root of v in Adam with an L2 penalty?",
            "b": "AdamW does decay the weights: lr times weight_decay times w, in every step.",
            "d": "There is no second learning rate in it. Look at where the decay stands: inside g, or "
            "beside the step.",
        },
        7: {
            "a": "That would bend the direction. One factor for all arrays keeps it.",
            "c": "3 and 4 do not add up to 7: lengths add as squares.",
            "d": "The norm, 5, is above 1, so something has to happen. By which factor?",
        },
        8: {
            "a": "On these digits plain descent with a good rate needs about as many steps. Read the "
            "measured numbers again.",
            "b": "It is no law: look at the table of the four optimisers on the digits.",
            "c": "RMSProp with a constant rate circles round the bottom of the valley and never comes close.",
        },
    },
    reference.answers,
)
