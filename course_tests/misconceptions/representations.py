"""Mistakes that learners make in 17_representations."""

import copy

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference import representations as reference
from course_tests.reference.digits import network_gradients
from course_tests.reference.representations import (
    ae_loss_and_grads,
    distill_loss,
    distill_targets,
    encode,
    gan_d_loss,
    gan_g_loss,
    gan_step,
    nearest,
    network_from,
    pca,
    pca_error,
    train_head,
)

AE = ["test_ae_loss_and_grads_basic", "test_ae_loss_and_grads_are_slopes", "test_ae_loss_and_grads_craft"]
CODE = ["test_encode_basic", "test_encode_any_depth", "test_encode_craft"]
PCA = ["test_pca_basic", "test_pca_any_k", "test_pca_craft"]
LOST = ["test_pca_error_basic", "test_pca_error_any_k", "test_pca_error_craft"]
NOISE = ["test_denoise_basic", "test_denoise_any_noise", "test_denoise_craft"]
DRAW = ["test_reparameterize_basic", "test_reparameterize_any_variance", "test_reparameterize_craft"]
HEAD = ["test_train_head_basic", "test_train_head_any_net", "test_train_head_craft"]
SOFT = ["test_distill_targets_basic", "test_distill_targets_any_temperature", "test_distill_targets_craft"]
LOSS = ["test_distill_loss_basic", "test_distill_loss_any_targets", "test_distill_loss_craft"]
NEAR = ["test_nearest_basic", "test_nearest_ties_and_all", "test_nearest_craft"]
D_LOSS = ["test_gan_d_loss_basic", "test_gan_d_loss_any_scores", "test_gan_d_loss_craft"]
G_LOSS = ["test_gan_g_loss_basic", "test_gan_g_loss_any_scores", "test_gan_g_loss_craft"]
STEP = ["test_gan_step_basic", "test_gan_step_any_nets", "test_gan_step_craft"]


# ---------------------------------------------------------------- ae_loss_and_grads


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="The factor 2 of the square is missing in your slopes: they start with 2 (out - X) / (N D).",
)
def forgets_the_two(X, params):
    loss, grads = ae_loss_and_grads(X, params)
    return loss, [{name: slope / 2 for name, slope in layer.items()} for layer in grads]


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="Loss and slopes are half of what they should be: some books write 1/2 before the square, and here there is "
    "none.",
)
def writes_one_half_before_the_square(X, params):
    loss, grads = ae_loss_and_grads(X, params)
    return loss / 2, [{name: slope / 2 for name, slope in layer.items()} for layer in grads]


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="You added up all squared errors. The loss is their MEAN over all N * D entries, and so are its slopes.",
)
def sums_all_entries(X, params):
    loss, grads = ae_loss_and_grads(X, params)
    return loss * X.size, [{name: slope * X.size for name, slope in layer.items()} for layer in grads]


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="You divided by the number of samples only. The mean is over all entries: N * D.",
)
def divides_by_the_samples_only(X, params):
    loss, grads = ae_loss_and_grads(X, params)
    D = X.shape[1]
    return loss * D, [{name: slope * D for name, slope in layer.items()} for layer in grads]


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="Your loss is right, and your slopes are D times too large: they are divided by N, and must be by N * D, as "
    "the loss is.",
)
def divides_the_slopes_by_the_samples_only(X, params):
    loss, grads = ae_loss_and_grads(X, params)
    return loss, [{name: slope * X.shape[1] for name, slope in layer.items()} for layer in grads]


@misconception(
    "ae_loss_and_grads", caught_by=AE, hint="Your loss is the root of the mean squared error. Leave the root out."
)
def takes_the_root_of_the_loss(X, params):
    loss, grads = ae_loss_and_grads(X, params)
    return np.sqrt(loss), grads


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="All your slopes point the wrong way: the slope in the output is 2 (out - X), what came out minus what went "
    "in.",
)
def turns_the_difference_round(X, params):
    loss, grads = ae_loss_and_grads(X, params)
    return loss, [{name: -slope for name, slope in layer.items()} for layer in grads]


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="There is a relu on your code layer. It is linear: codes may be negative. Look at its `activation`.",
)
def bends_the_code_layer(X, params):
    middle = len(params) // 2 - 1
    bent = [{**layer, "activation": "relu"} if k == middle else layer for k, layer in enumerate(params)]
    return ae_loss_and_grads(X, bent)


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="There is a relu on your last layer. It is linear: centred pixels may be negative.",
)
def bends_the_last_layer(X, params):
    return ae_loss_and_grads(X, [*params[:-1], {**params[-1], "activation": "relu"}])


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="Your layers never bend: the relu of the layers before and after the code is missing.",
)
def never_bends(X, params):
    return ae_loss_and_grads(X, [{**layer, "activation": "identity"} for layer in params])


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="Blame went back through silent relu members, too. Where a score was below 0, blame stops: the slope of relu "
    "there is 0.",
)
def blames_silent_members(X, params):
    votes = [X]
    for layer in params:
        Z = votes[-1] @ layer["W"] + layer["b"]
        votes.append(np.maximum(Z, 0) if layer["activation"] == "relu" else Z)
    error = votes[-1] - X
    grads, dZ = [], 2 * error / error.size
    for A, layer in zip(votes[-2::-1], params[::-1]):
        grads.append({"W": A.T @ dZ, "b": dZ.sum(axis=0)})
        dZ = dZ @ layer["W"].T
    return np.mean(error**2), grads[::-1]


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="The slopes of the biases are means over the samples. The 1/N is in dZ already: add up the rows.",
)
def averages_the_bias_slopes(X, params):
    loss, grads = ae_loss_and_grads(X, params)
    return loss, [{"W": layer["W"], "b": layer["b"] / len(X)} for layer in grads]


@misconception(
    "ae_loss_and_grads",
    caught_by=AE,
    hint="Your slopes come in the order of the way back, the last layer first. Turn the list round: grads[::-1].",
)
def lists_the_last_layer_first(X, params):
    loss, grads = ae_loss_and_grads(X, params)
    return loss, grads[::-1]


@misconception(
    "ae_loss_and_grads",
    caught_by=AE[2],
    hint="You made a step, too: the caller's params have changed. This function only looks; the optimiser steps.",
)
def steps_on_the_way(X, params):
    loss, grads = ae_loss_and_grads(X, params)
    for layer, slopes in zip(params, grads):
        for name in slopes:
            layer[name] -= 0.01 * slopes[name]
    return loss, grads


# ---------------------------------------------------------------- encode


@misconception(
    "encode",
    caught_by=CODE[:2],
    hint="Your codes are never negative: a relu came behind the code layer. That layer is linear.",
)
def cuts_negative_codes(X, params):
    return np.maximum(encode(X, params), 0)


@misconception(
    "encode",
    caught_by=CODE[:2],
    hint="You went through all layers, and rebuilt the samples. The code is what comes out of the first half.",
)
def rebuilds_the_samples(X, params):
    return network_from(params).forward(X)


@misconception(
    "encode", caught_by=CODE[:2], hint="You stopped one layer too early: the code layer belongs to the first half."
)
def stops_before_the_code_layer(X, params):
    return network_from(params[: len(params) // 2 - 1]).forward(X)


@misconception(
    "encode", caught_by=CODE[:2], hint="You went one layer too far: the first half is params[: len(params) // 2]."
)
def goes_one_layer_too_far(X, params):
    return network_from(params[: len(params) // 2 + 1]).forward(X)


@misconception(
    "encode", caught_by=CODE[:2], hint="The relu of the layers before the code is missing; only the code is linear."
)
def encodes_without_relu(X, params):
    return encode(X, [{**layer, "activation": "identity"} for layer in params])


@misconception("encode", caught_by=CODE[:2], hint="The biases are missing in your codes: X @ W + b.")
def encodes_without_biases(X, params):
    return encode(X, [{**layer, "b": 0 * layer["b"]} for layer in params])


@misconception(
    "encode",
    caught_by=CODE,
    hint="You took away the mean of the batch. Then a code depends on who else is in the batch; centring is done "
    "before, with the mean of the training part.",
)
def centres_by_the_batch(X, params):
    return encode(X - X.mean(axis=0), params)


# ---------------------------------------------------------------- pca


@misconception(
    "pca",
    caught_by=PCA,
    hint="You looked for the directions of X itself. Take away the mean first, or the first direction only points at "
    "the mean.",
)
def forgets_to_centre(X, k):
    return X.mean(axis=0), np.linalg.svd(X, full_matrices=False)[2][:k]


@misconception(
    "pca", caught_by=PCA, hint="Your directions are columns. Each is a row here: components has the shape (k, D)."
)
def returns_columns(X, k):
    mean, components = pca(X, k)
    return mean, components.T


@misconception(
    "pca",
    caught_by=PCA,
    hint="np.linalg.eigh lists the smallest variance first; you took the directions in which X varies LEAST.",
)
def takes_the_smallest(X, k):
    vectors = np.linalg.eigh(np.cov(X.T))[1]
    return X.mean(axis=0), vectors[:, :k].T


@misconception(
    "pca", caught_by=PCA, hint="The right directions, in the wrong order: the one with the most variance comes first."
)
def lists_the_largest_last(X, k):
    mean, components = pca(X, k)
    return mean, components[::-1]


@misconception(
    "pca",
    caught_by=PCA,
    hint="Your rows are stretched by the singular values. A direction has length 1: take the rows of Vt alone.",
)
def stretches_the_rows(X, k):
    mean, components = pca(X, k)
    return mean, components * np.linalg.svd(X - mean, compute_uv=False)[:k, None]


@misconception(
    "pca",
    caught_by=PCA,
    hint="You returned the coordinates of the samples. The directions are the rows of Vt, the third thing that svd "
    "gives.",
)
def returns_the_coordinates(X, k):
    mean = X.mean(axis=0)
    return mean, np.linalg.svd(X - mean, full_matrices=False)[0][:, :k]


@misconception(
    "pca",
    caught_by=PCA,
    hint="You divided each column by its spread. Some do that with columns of different units; here every column "
    "counts as it is.",
)
def divides_by_the_spread(X, k):
    mean = X.mean(axis=0)
    return mean, np.linalg.svd((X - mean) / X.std(axis=0), full_matrices=False)[2][:k]


@misconception(
    "pca", caught_by=PCA, hint="Your mean is one number for the whole table. Each column has its own: axis=0."
)
def takes_one_mean_for_all(X, k):
    return X.mean(), np.linalg.svd(X - X.mean(), full_matrices=False)[2][:k]


@misconception(
    "pca",
    caught_by=PCA,
    hint="Your mean is 0 everywhere: you took it after centring. Keep the mean of the samples as they came.",
)
def returns_the_mean_of_the_centred(X, k):
    return 0 * X.mean(axis=0), pca(X, k)[1]


@misconception(
    "pca", caught_by=PCA, hint="eigh gives the directions as COLUMNS of its second result; you took its rows."
)
def takes_rows_of_eigenvectors(X, k):
    return X.mean(axis=0), np.linalg.eigh(np.cov(X.T))[1][::-1][:k]


@misconception("pca", caught_by=PCA[2], hint="X -= mean centred the caller's samples. Make a new table: X - mean.")
def centres_in_place(X, k):
    mean = X.mean(axis=0)
    X -= mean
    return mean, np.linalg.svd(X, full_matrices=False)[2][:k]


# ---------------------------------------------------------------- pca_error


@misconception(
    "pca_error",
    caught_by=LOST[:2],
    hint="Your error is a sum over the columns. It is a mean over all entries, N * D of them.",
)
def sums_the_columns(X, k):
    return pca_error(X, k) * X.shape[1]


@misconception("pca_error", caught_by=LOST[:2], hint="You added up all squared errors. Take their mean.")
def sums_the_errors(X, k):
    return pca_error(X, k) * X.size


@misconception("pca_error", caught_by=LOST[:2], hint="You took the root at the end. The mean squared error has none.")
def takes_the_root_of_the_error(X, k):
    return np.sqrt(pca_error(X, k))


@misconception("pca_error", caught_by=LOST[:2], hint="You took absolute differences. The error is squared.")
def takes_absolute_differences(X, k):
    mean, components = pca(X, k)
    centred = X - mean
    return np.mean(np.abs(centred - centred @ components.T @ components))


@misconception(
    "pca_error",
    caught_by=LOST[:2],
    hint="The mean is missing on the way back: what you rebuilt is centred, and you compared it with X.",
)
def forgets_to_add_the_mean(X, k):
    mean, components = pca(X, k)
    return np.mean((X - (X - mean) @ components.T @ components) ** 2)


@misconception(
    "pca_error",
    caught_by=LOST[:2],
    hint="You projected X without taking the mean away first. The k numbers are those of X - mean.",
)
def projects_without_centring(X, k):
    mean, components = pca(X, k)
    return np.mean((X - X @ components.T @ components) ** 2)


@misconception("pca_error", caught_by=LOST[:2], hint="You give the variance that is KEPT. The error is what is lost.")
def returns_what_is_kept(X, k):
    mean, components = pca(X, k)
    return np.mean(((X - mean) @ components.T) ** 2) * k / X.shape[1]


@misconception(
    "pca_error",
    caught_by=LOST[:2],
    hint="You divided by the variance of X. That is the share that is lost; the error itself is asked for.",
)
def returns_the_lost_share(X, k):
    return pca_error(X, k) / np.mean((X - X.mean(axis=0)) ** 2)


# ---------------------------------------------------------------- denoise


@misconception(
    "denoise",
    caught_by=NOISE,
    hint="You clipped the noisy pixels to 0 ... 1. Here they are left as they are: noise that is cut is no longer "
    "normal.",
)
def clips_the_noise(X, rng, sigma):
    return np.clip(X + rng.normal(0, sigma, X.shape), 0, 1)


@misconception(
    "denoise",
    caught_by=NOISE,
    hint="You took sigma for the variance. It is the standard deviation: sigma times standard normal noise.",
)
def takes_sigma_for_the_variance(X, rng, sigma):
    return X + rng.normal(0, np.sqrt(sigma), X.shape)


@misconception("denoise", caught_by=NOISE, hint="Your noise has the spread sigma squared.")
def squares_sigma(X, rng, sigma):
    return X + rng.normal(0, sigma**2, X.shape)


@misconception(
    "denoise", caught_by=NOISE, hint="Your noise is uniform between -sigma and sigma. Normal noise: rng.normal."
)
def draws_uniform_noise(X, rng, sigma):
    return X + rng.uniform(-sigma, sigma, X.shape)


@misconception(
    "denoise",
    caught_by=NOISE,
    hint="One number for all: every entry got the same noise. Ask for as many as there are: size=X.shape.",
)
def draws_one_number(X, rng, sigma):
    return X + rng.normal(0, sigma)


@misconception(
    "denoise", caught_by=NOISE, hint="All pixels of an image got the same noise: it only became lighter or darker."
)
def draws_one_number_an_image(X, rng, sigma):
    return X + rng.normal(0, sigma, (len(X),) + (1,) * (X.ndim - 1))


@misconception("denoise", caught_by=NOISE, hint="You returned the noise alone. Add it to X.")
def returns_the_noise(X, rng, sigma):
    return rng.normal(0, sigma, X.shape)


@misconception("denoise", caught_by=NOISE, hint="sigma is never used: your noise always has the spread 1.")
def ignores_sigma(X, rng, sigma):
    return X + rng.normal(0, 1, X.shape)


@misconception(
    "denoise",
    caught_by=NOISE,
    hint="Your noise grows with the pixel, and black pixels have none. It is added, not multiplied.",
)
def multiplies_by_the_noise(X, rng, sigma):
    return X * (1 + rng.normal(0, sigma, X.shape))


@misconception(
    "denoise",
    caught_by=NOISE[1],
    hint="You made a new generator inside, so every call draws the same noise. Use the rng that you are given.",
)
def makes_its_own_generator(X, rng, sigma):
    return X + np.random.default_rng(0).normal(0, sigma, X.shape)


@misconception("denoise", caught_by=NOISE[2], hint="X += ... changed the caller's images. Make a new array.")
def adds_in_place(X, rng, sigma):
    X += rng.normal(0, sigma, X.shape)
    return X


@misconception(
    "denoise", caught_by=NOISE[2], hint="Your noise comes from NumPy's global generator. Draw from the rng given."
)
def draws_from_the_global_generator(X, rng, sigma):
    return X + np.random.normal(0, sigma, X.shape)


# ---------------------------------------------------------------- reparameterize


@misconception(
    "reparameterize",
    caught_by=DRAW[0],
    hint="exp(logvar) is the variance. The noise is multiplied by its root, exp(logvar / 2).",
)
def multiplies_by_the_variance(mu, logvar, rng):
    return mu + np.exp(logvar) * rng.normal(size=mu.shape)


@misconception(
    "reparameterize",
    caught_by=DRAW[:2],
    hint="You multiplied the noise by logvar itself. It is a logarithm: exp(logvar / 2) is the standard deviation.",
)
def multiplies_by_the_logarithm(mu, logvar, rng):
    return mu + logvar * rng.normal(size=mu.shape)


@misconception(
    "reparameterize",
    caught_by=DRAW,
    hint="You took the root of the logarithm, and a logarithm may be negative. First exp, then the root.",
)
def takes_the_root_of_the_logarithm(mu, logvar, rng):
    with np.errstate(all="ignore"):
        return mu + np.sqrt(logvar) * rng.normal(size=mu.shape)


@misconception(
    "reparameterize",
    caught_by=DRAW[:2],
    hint="Your spread falls where logvar rises: there is a minus too many in exp(logvar / 2).",
)
def turns_the_sign_of_the_logarithm(mu, logvar, rng):
    return mu + np.exp(-logvar / 2) * rng.normal(size=mu.shape)


@misconception("reparameterize", caught_by=DRAW[:2], hint="mu is missing: your draws lie around 0.")
def forgets_mu(mu, logvar, rng):
    return np.exp(logvar / 2) * rng.normal(size=mu.shape)


@misconception("reparameterize", caught_by=DRAW[:2], hint="You returned mu: nothing was drawn.")
def draws_nothing(mu, logvar, rng):
    return 1.0 * mu


@misconception(
    "reparameterize",
    caught_by=DRAW[:2],
    hint="rng.random is uniform between 0 and 1, so your draws never lie below mu. rng.normal is what is asked for.",
)
def draws_between_zero_and_one(mu, logvar, rng):
    return mu + np.exp(logvar / 2) * rng.random(mu.shape)


@misconception(
    "reparameterize",
    caught_by=DRAW[:2],
    hint="All k numbers of a sample got the same noise. Each has its own: size=mu.shape.",
)
def draws_one_number_a_sample(mu, logvar, rng):
    return mu + np.exp(logvar / 2) * rng.normal(size=(len(mu), 1))


@misconception(
    "reparameterize",
    caught_by=DRAW[:2],
    hint="You added the standard deviation. It multiplies the noise: it says how wide the noise is.",
)
def adds_the_deviation(mu, logvar, rng):
    return mu + np.exp(logvar / 2) + rng.normal(size=mu.shape)


@misconception(
    "reparameterize", caught_by=DRAW[1], hint="Twice the same noise: you made a generator of your own inside. Use rng."
)
def seeds_inside(mu, logvar, rng):
    return mu + np.exp(logvar / 2) * np.random.default_rng(0).normal(size=mu.shape)


@misconception("reparameterize", caught_by=DRAW[2], hint="You halved the caller's logvar: logvar /= 2 works in place.")
def halves_in_place(mu, logvar, rng):
    logvar /= 2
    return mu + np.exp(logvar) * rng.normal(size=mu.shape)


@misconception(
    "reparameterize", caught_by=DRAW[2], hint="The global generator of NumPy was asked. All chance comes from rng."
)
def asks_the_global_generator(mu, logvar, rng):
    return mu + np.exp(logvar / 2) * np.random.normal(size=mu.shape)


# ---------------------------------------------------------------- train_head


@misconception(
    "train_head",
    caught_by=HEAD[:2],
    hint="Every layer has moved. Only the last one with params learns; what stands below is frozen.",
)
def moves_every_layer(net, X, y, lr, epochs, rng):
    net = copy.deepcopy(net)
    for _ in range(epochs):
        _, grads = network_gradients(net, X, y)
        for layer, slopes in zip([layer for layer in net.layers if layer.params], grads):
            for name in slopes:
                layer.params[name] -= lr * slopes[name]
    return net


@misconception(
    "train_head", caught_by=HEAD[:2], hint="The first layer has moved, and the last one is frozen: the wrong way round."
)
def moves_the_first_layer(net, X, y, lr, epochs, rng):
    net = copy.deepcopy(net)
    for _ in range(epochs):
        _, grads = network_gradients(net, X, y)
        for name in grads[0]:
            net.layers[0].params[name] -= lr * grads[0][name]
    return net


@misconception(
    "train_head",
    caught_by=HEAD[:2],
    hint="You threw the old last layer away and began with zeros. The head goes on from the weights that it has.",
)
def starts_with_zeros(net, X, y, lr, epochs, rng):
    net = copy.deepcopy(net)
    head = [layer for layer in net.layers if layer.params][-1]
    for name in head.params:
        head.params[name][...] = 0.0
    return train_head(net, X, y, lr, epochs, rng)


@misconception("train_head", caught_by=HEAD[:2], hint="Your head climbs the slope: w = w - lr * slope, with a minus.")
def climbs(net, X, y, lr, epochs, rng):
    return train_head(net, X, y, -lr, epochs, rng)


@misconception(
    "train_head",
    caught_by=HEAD[:2],
    hint="Your steps are N times too long: the loss is the mean over the samples, not the sum.",
)
def sums_over_the_samples(net, X, y, lr, epochs, rng):
    return train_head(net, X, y, lr * len(y), epochs, rng)


@misconception(
    "train_head",
    caught_by=HEAD[:2],
    hint="Your steps are N times too short: softmax_cross_entropy has divided by N already.",
)
def divides_by_the_samples_once_more(net, X, y, lr, epochs, rng):
    return train_head(net, X, y, lr / len(y), epochs, rng)


@misconception(
    "train_head", caught_by=HEAD[:2], hint="You made one step, whatever `epochs` says. Each epoch is one step."
)
def makes_one_step(net, X, y, lr, epochs, rng):
    return train_head(net, X, y, lr, min(epochs, 1), rng)


@misconception(
    "train_head",
    caught_by=HEAD[:2],
    hint="You made one step for each sample. Here all samples are in one step: forward(X), not forward(X[n:n+1]).",
)
def steps_for_each_sample(net, X, y, lr, epochs, rng):
    for _ in range(epochs):
        for n in range(len(y)):
            net = train_head(net, X[n : n + 1], y[n : n + 1], lr, 1, rng)
    return copy.deepcopy(net)


@misconception(
    "train_head",
    caught_by=HEAD[:2],
    hint="The bias of the head stayed as it was. The head is the whole layer: W and b.",
)
def moves_the_weights_alone(net, X, y, lr, epochs, rng):
    before = [layer for layer in net.layers if layer.params][-1].params["b"].copy()
    new = train_head(net, X, y, lr, epochs, rng)
    [layer for layer in new.layers if layer.params][-1].params["b"][...] = before
    return new


@misconception(
    "train_head",
    caught_by=HEAD[1],
    hint="You took net.layers[-1] for the head, and there it had nothing to learn. Look for the last one WITH params.",
)
def takes_the_very_last_layer(net, X, y, lr, epochs, rng):
    return train_head(net, X, y, lr, epochs if net.layers[-1].params else 0, rng)


@misconception(
    "train_head",
    caught_by=HEAD[:2],
    hint="Your head learned the squared error to one-hot labels. Its loss is the mean cross-entropy.",
)
def learns_squared_errors(net, X, y, lr, epochs, rng):
    net = copy.deepcopy(net)
    head = [layer for layer in net.layers if layer.params][-1]
    for _ in range(epochs):
        scores = net.forward(X)
        net.backward(2 * (scores - np.eye(scores.shape[1])[y]) / len(y))
        for name in head.params:
            head.params[name] -= lr * head.grads[name]
    return net


@misconception(
    "train_head", caught_by=HEAD[2], hint="The caller's own net has learned. Work on a copy: copy.deepcopy(net)."
)
def trains_the_callers_net(net, X, y, lr, epochs, rng):
    new = train_head(net, X, y, lr, epochs, rng)
    for layer, other in zip(net.layers, new.layers):
        for name in layer.params:
            layer.params[name][...] = other.params[name]
    return net


@misconception(
    "train_head",
    caught_by=HEAD[2],
    hint="Your copy shares the frozen layers with the caller's net: copy.copy copies one level. Use copy.deepcopy.",
)
def shares_the_frozen_layers(net, X, y, lr, epochs, rng):
    new = train_head(net, X, y, lr, epochs, rng)
    last = max(k for k, layer in enumerate(net.layers) if layer.params)
    new.layers[:last] = net.layers[:last]
    return new


# ---------------------------------------------------------------- distill_targets


@misconception("distill_targets", caught_by=SOFT[:2], hint="You multiplied by T. Dividing makes the shares softer.")
def multiplies_by_the_temperature(logits, T):
    return distill_targets(logits, 1 / T)


@misconception("distill_targets", caught_by=SOFT[:2], hint="T is never used: these are the usual shares.")
def forgets_the_temperature(logits, T):
    return distill_targets(logits, 1.0)


@misconception(
    "distill_targets",
    caught_by=SOFT[:2],
    hint="You divided the shares by T, and the rows no longer sum to 1. The scores are divided, before the softmax.",
)
def divides_the_shares(logits, T):
    return distill_targets(logits, 1.0) / T


@misconception(
    "distill_targets", caught_by=SOFT, hint="Your columns sum to 1. Each ROW is one sample: axis=1, keepdims=True."
)
def sums_down_the_columns(logits, T):
    return distill_targets(logits.T, T).T


@misconception(
    "distill_targets",
    caught_by=SOFT,
    hint="These are hard labels: all for the winner. A soft label tells what the second and the third place got.",
)
def gives_all_to_the_winner(logits, T):
    return np.eye(logits.shape[1])[logits.argmax(axis=1)]


@misconception(
    "distill_targets",
    caught_by=SOFT[:2],
    hint="shares ** (1/T) is a way to do it, but then the rows must be made to sum to 1 again.",
)
def forgets_to_normalise(logits, T):
    return distill_targets(logits, 1.0) ** (1 / T)


@misconception("distill_targets", caught_by=SOFT, hint="You returned the logarithms of the shares.")
def returns_the_logarithms(logits, T):
    with np.errstate(all="ignore"):
        return np.log(distill_targets(logits, T))


@misconception(
    "distill_targets",
    caught_by=SOFT[2],
    hint="exp(1000) overflows. Subtract the largest score of each row first; the shares stay the same.",
)
def overflows(logits, T):
    shares = np.exp(logits / T)
    return shares / shares.sum(axis=1, keepdims=True)


@misconception(
    "distill_targets",
    caught_by=SOFT[2],
    hint="You subtracted the largest score of the whole table, and a row far below it became 0/0. Each row its own: "
    "axis=1, keepdims=True.",
)
def subtracts_one_maximum_for_all(logits, T):
    shares = np.exp((logits - logits.max()) / T)
    return shares / shares.sum(axis=1, keepdims=True)


@misconception("distill_targets", caught_by=SOFT[2], hint="logits /= T changed the caller's scores.")
def divides_in_place(logits, T):
    logits /= T
    return distill_targets(logits, 1.0)


# ---------------------------------------------------------------- distill_loss


@misconception(
    "distill_loss",
    caught_by=LOSS[:2],
    hint="You multiplied by T squared. Others do, so that the slopes keep their size; here there is no such factor.",
)
def multiplies_by_the_square_of_the_temperature(student_logits, targets, T):
    return distill_loss(student_logits, targets, T) * T**2


@misconception("distill_loss", caught_by=LOSS, hint="Your loss is a sum over the samples. Take their mean.")
def sums_the_samples(student_logits, targets, T):
    return distill_loss(student_logits, targets, T) * len(targets)


@misconception(
    "distill_loss",
    caught_by=LOSS,
    hint="You took the mean over the classes, too. Over the classes it is a sum, over the samples a mean.",
)
def averages_the_classes(student_logits, targets, T):
    return distill_loss(student_logits, targets, T) / targets.shape[1]


@misconception(
    "distill_loss",
    caught_by=LOSS[:2],
    hint="The student's scores are not divided by T. Teacher and student speak at the same temperature.",
)
def leaves_the_student_cold(student_logits, targets, T):
    return distill_loss(student_logits, targets, 1.0)


@misconception(
    "distill_loss",
    caught_by=LOSS[:2],
    hint="You softened the targets once more. They come soft already: they are the result of distill_targets.",
)
def softens_the_targets_again(student_logits, targets, T):
    with np.errstate(all="ignore"):
        return distill_loss(student_logits, distill_targets(np.log(targets), T), T)


@misconception(
    "distill_loss",
    caught_by=LOSS,
    hint="You took away the targets' own entropy: that is the KL divergence. Its slopes are the same, not its value.",
)
def takes_the_divergence(student_logits, targets, T):
    own = np.sum(targets * np.log(np.where(targets > 0, targets, 1.0)), axis=1)
    return distill_loss(student_logits, targets, T) + np.mean(own)


@misconception(
    "distill_loss",
    caught_by=LOSS,
    hint="You looked at the targets' winner only. Then a soft label says no more than a hard one.",
)
def hardens_the_targets(student_logits, targets, T):
    return distill_loss(student_logits, np.eye(targets.shape[1])[targets.argmax(axis=1)], T)


@misconception(
    "distill_loss",
    caught_by=LOSS,
    hint="Teacher and student are exchanged: the sum is target times log of the student's share.",
)
def exchanges_teacher_and_student(student_logits, targets, T):
    shares = distill_targets(student_logits, T)
    return -np.mean(np.sum(shares * np.log(np.maximum(targets, 1e-12)), axis=1))


@misconception("distill_loss", caught_by=LOSS, hint="The minus is missing: logarithms of shares are negative.")
def forgets_the_minus(student_logits, targets, T):
    return -distill_loss(student_logits, targets, T)


@misconception(
    "distill_loss",
    caught_by=LOSS[2],
    hint="log of a share that is 0 is minus infinity. Use log shares: scores minus the log of the sum of exp(scores).",
)
def takes_the_log_of_the_shares(student_logits, targets, T):
    with np.errstate(all="ignore"):
        return -np.mean(np.sum(targets * np.log(distill_targets(student_logits, T)), axis=1))


@misconception(
    "distill_loss",
    caught_by=LOSS[2],
    hint="You subtracted the largest score of the whole table, and for a row far below it every exp is 0. Each row has "
    "a largest score of its own.",
)
def subtracts_the_largest_of_all(student_logits, targets, T):
    z = student_logits / T - np.max(student_logits / T)
    with np.errstate(all="ignore"):
        log_shares = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -np.mean(np.sum(targets * log_shares, axis=1))


# ---------------------------------------------------------------- nearest


@misconception("nearest", caught_by=NEAR[:2], hint="The farthest come first in your answer. Sort from small to large.")
def lists_the_farthest(codes, query, k):
    return nearest(codes, query, len(codes))[::-1][:k]


@misconception("nearest", caught_by=NEAR, hint="You returned distances. The indices of the codes are asked for.")
def returns_the_distances(codes, query, k):
    return np.sort(np.linalg.norm(codes - query, axis=1))[:k]


@misconception("nearest", caught_by=NEAR, hint="You returned the codes themselves. Return their indices.")
def returns_the_codes(codes, query, k):
    return codes[nearest(codes, query, k)]


@misconception(
    "nearest", caught_by=NEAR[:2], hint="You added up absolute differences. The distance is Euclidean: squares, summed."
)
def walks_round_the_block(codes, query, k):
    return np.argsort(np.abs(codes - query).sum(axis=1), kind="stable")[:k]


@misconception(
    "nearest",
    caught_by=NEAR[:2],
    hint="You took the largest products with the query. That favours long codes; the smallest distance is asked for.",
)
def takes_the_largest_products(codes, query, k):
    return np.argsort(-(codes @ query), kind="stable")[:k]


@misconception(
    "nearest", caught_by=NEAR[:2], hint="The right neighbours, in the order of their indices. The closest comes first."
)
def sorts_the_indices(codes, query, k):
    return np.sort(nearest(codes, query, k))


@misconception(
    "nearest",
    caught_by=NEAR[:2],
    hint="You left out the closest one. If the query is itself a code, it is its own nearest neighbour here.",
)
def leaves_out_the_closest(codes, query, k):
    return nearest(codes, query, k + 1)[1:]


@misconception(
    "nearest",
    caught_by=NEAR[1],
    hint="Of equal distances you took the larger index first. The smaller one comes first: kind='stable'.",
)
def takes_the_later_of_equals(codes, query, k):
    return (len(codes) - 1 - nearest(codes[::-1], query, len(codes)))[:k]


@misconception(
    "nearest", caught_by=NEAR[:2], hint="Differences with a minus came first: they were not squared before the sum."
)
def forgets_to_square(codes, query, k):
    return np.argsort((codes - query).sum(axis=1), kind="stable")[:k]


@misconception("nearest", caught_by=NEAR[2], hint="codes -= query moved the caller's codes. Write codes - query.")
def moves_the_codes(codes, query, k):
    found = nearest(codes, query, k)
    codes -= query
    return found


# ---------------------------------------------------------------- gan_d_loss, gan_g_loss


@misconception(
    "gan_d_loss", caught_by=D_LOSS[:2], hint="Only what is real counts in your loss. The forged ones have a mean, too."
)
def forgets_the_forged(s_real, s_fake):
    return np.mean(np.logaddexp(0, -s_real))


@misconception(
    "gan_d_loss", caught_by=D_LOSS[:2], hint="Only what is forged counts in your loss. What is real has a mean, too."
)
def forgets_the_real(s_real, s_fake):
    return np.mean(np.logaddexp(0, s_fake))


@misconception(
    "gan_d_loss",
    caught_by=D_LOSS[:2],
    hint="The two signs are exchanged: you reward the detective for taking the forged ones for real.",
)
def exchanges_real_and_forged(s_real, s_fake):
    return gan_d_loss(-s_real, -s_fake)


@misconception(
    "gan_d_loss", caught_by=D_LOSS[:2], hint="You halved the sum. Some do; here the loss is the SUM of the two means."
)
def halves_the_sum(s_real, s_fake):
    return gan_d_loss(s_real, s_fake) / 2


@misconception(
    "gan_d_loss",
    caught_by=D_LOSS[:2],
    hint="You took one mean over all samples together. Each kind has a mean of its own, and the two are added.",
)
def takes_one_mean(s_real, s_fake):
    return np.mean(np.concatenate([np.logaddexp(0, -np.ravel(s_real)), np.logaddexp(0, np.ravel(s_fake))]))


@misconception("gan_d_loss", caught_by=D_LOSS[:2], hint="You summed over the samples. Take the mean of each kind.")
def sums_the_scores(s_real, s_fake):
    return np.sum(np.logaddexp(0, -s_real)) + np.sum(np.logaddexp(0, s_fake))


@misconception(
    "gan_d_loss",
    caught_by=D_LOSS[:2],
    hint="Your number is what the detective wants to make LARGE. A loss is made small: put a minus before it.",
)
def returns_the_gain(s_real, s_fake):
    return -gan_d_loss(s_real, s_fake)


@misconception(
    "gan_d_loss",
    caught_by=D_LOSS[1:],
    hint="For a score of -1000 the share is 0, and its logarithm infinite. np.logaddexp(0, -s) is -log of the share.",
)
def takes_logarithms_of_sigmoids(s_real, s_fake):
    real, fake = 1 / (1 + np.exp(-s_real)), 1 / (1 + np.exp(-s_fake))
    return -np.mean(np.log(real)) - np.mean(np.log(1 - fake))


@misconception(
    "gan_g_loss",
    caught_by=G_LOSS[:2],
    hint="This is log(1 - share), the first form in the paper. Its slope vanishes just when the forger is bad; take "
    "-log(share).",
)
def saturates(s_fake):
    return -np.mean(np.logaddexp(0, s_fake))


@misconception(
    "gan_g_loss",
    caught_by=G_LOSS[:2],
    hint="This is the detective's loss for the forged ones. The forger wants the opposite.",
)
def sides_with_the_detective(s_fake):
    return np.mean(np.logaddexp(0, s_fake))


@misconception("gan_g_loss", caught_by=G_LOSS[:2], hint="You summed the forger's losses. Take their mean.")
def sums_the_forgers_losses(s_fake):
    return np.sum(np.logaddexp(0, -s_fake))


@misconception("gan_g_loss", caught_by=G_LOSS[:2], hint="The minus before the logarithm is missing: -log(share).")
def forgets_the_forgers_minus(s_fake):
    return -gan_g_loss(s_fake)


@misconception(
    "gan_g_loss",
    caught_by=G_LOSS[:2],
    hint="You took the logarithm of the mean share. Take the logarithm of each share, then the mean.",
)
def takes_the_logarithm_of_the_mean(s_fake):
    mean = np.mean(0.5 + 0.5 * np.tanh(s_fake / 2))
    return -np.log(mean)


@misconception(
    "gan_g_loss",
    caught_by=G_LOSS[1:],
    hint="exp(1000) overflows, and the logarithm of a share of 0 is infinite. np.logaddexp(0, -s) does it in one.",
)
def overflows_in_the_sigmoid(s_fake):
    return -np.mean(np.log(1 / (1 + np.exp(-s_fake))))


# ---------------------------------------------------------------- gan_step


@misconception("gan_step", caught_by=STEP[:2], hint="The two losses are exchanged: the detective's comes first.")
def exchanges_the_losses(G, D, x, z, lr):
    return gan_step(G, D, x, z, lr)[::-1]


@misconception(
    "gan_step",
    caught_by=STEP[:2],
    hint="Your losses were measured after the steps. Each is the one whose slope was used.",
)
def measures_afterwards(G, D, x, z, lr):
    gan_step(G, D, x, z, lr)
    scores = D.forward(G.forward(z))
    return gan_d_loss(D.forward(x), scores), gan_g_loss(scores)


@misconception("gan_step", caught_by=STEP[:2], hint="Nothing has moved: you worked on copies of the nets.")
def works_on_copies(G, D, x, z, lr):
    return gan_step(copy.deepcopy(G), copy.deepcopy(D), x, z, lr)


@misconception("gan_step", caught_by=STEP[:2], hint="The detective never moved. D learns first, from its own loss.")
def moves_the_forger_alone(G, D, x, z, lr):
    before = copy.deepcopy([layer.params for layer in D.layers])
    losses = gan_step(G, D, x, z, lr)
    for layer, params in zip(D.layers, before):
        for name in params:
            layer.params[name][...] = params[name]
    return losses


@misconception("gan_step", caught_by=STEP[:2], hint="The forger never moved. After D, G makes a step.")
def moves_the_detective_alone(G, D, x, z, lr):
    return gan_step(copy.deepcopy(G), D, x, z, lr)


@misconception(
    "gan_step",
    caught_by=STEP[:2],
    hint="D moved in the forger's turn as well. Blame passes through D on its way to G, and D stays where it is.",
)
def moves_both_in_the_second_turn(G, D, x, z, lr):
    losses = gan_step(G, D, x, z, lr)
    for layer in D.layers:
        for name in layer.params:
            layer.params[name] -= lr * layer.grads[name]
    return losses


@misconception(
    "gan_step",
    caught_by=STEP[:2],
    hint="G learned against the D of before. D moves first, and the forger meets the new D.",
)
def plays_against_the_old_detective(G, D, x, z, lr):
    old = copy.deepcopy(D)
    d_loss, _ = gan_step(copy.deepcopy(G), D, x, z, lr)
    scores = old.forward(G.forward(z))
    G.backward(old.backward(-(0.5 - 0.5 * np.tanh(scores / 2)) / len(z)))
    for layer in G.layers:
        for name in layer.params:
            layer.params[name] -= lr * layer.grads[name]
    return d_loss, gan_g_loss(scores)


@misconception(
    "gan_step",
    caught_by=STEP[:2],
    hint="Your steps are as many times too long as there are samples: the losses are means.",
)
def sums_the_slopes(G, D, x, z, lr):
    return gan_step(G, D, x, z, lr * len(x))


# ---------------------------------------------------------------- quiz

add_wrong_options(
    "representations",
    {
        1: {
            "a": "It has no labels at all: what it is compared with is the sample itself.",
            "c": "A copy machine with enough members would do, and learn nothing. What stands in its way?",
            "d": "The decoder is needed for the loss: without it nobody knows whether the code was any good.",
        },
        2: {
            "a": "The last layer was linear as well. Look at the layer of two numbers.",
            "b": "More epochs helped the linear code layer just as much.",
            "c": "Both nets have the same number of weights: relu has none.",
        },
        3: {
            "b": "Its components are orthonormal, and found at once, by algebra. Training is not what limits it.",
            "c": "It finds the best LINEAR code, whatever the data look like.",
            "d": "The mean is added again. Both get 8 numbers a digit.",
        },
        4: {
            "a": "logvar is the logarithm of the VARIANCE: take half of it before exp.",
            "b": "A logarithm may be negative; a spread may not.",
            "d": "The minus would make large variances small.",
        },
        5: {
            "a": "The frozen layers are the same bit for bit in both cases.",
            "c": "Sixty labels were enough for inverted digits.",
            "d": "The rate was the same in both. What do the frozen detectors look for?",
        },
        6: {
            "a": "A larger T brings the scores closer together, and so the shares.",
            "b": "The order of the scores stays: dividing by T changes no winner.",
            "c": "Every row sums to 1, whatever T is.",
        },
        7: {
            "b": "Both students had 60 images; only what was said about them differed.",
            "c": "Both had 8 members.",
            "d": "The labels were right. They were only short.",
        },
        8: {
            "a": "Both losses moved all the time. That is what makes a GAN hard to judge.",
            "b": "The detective was not perfect: it learned, and the forger followed.",
            "d": "More noise at the input changes nothing once all noise leads to the same place.",
        },
    },
    reference.answers,
)
