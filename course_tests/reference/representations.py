"""Codes, teachers and forgers: autoencoders, PCA, transfer, distillation, and two networks that play a game.

Rows are samples. `params` is a list of dicts W, b, activation, one for each layer, as in 07; `net` is a Network of 08's
layer protocol. `gan_step` changes the nets that it is given; nothing else changes its inputs.
"""

import copy

import numpy as np

from course_tests.reference.digits import Activation as Activation  # tests need nets, and they are taught there
from course_tests.reference.digits import Network as Network
from course_tests.reference.digits import network_from as network_from
from course_tests.reference.digits import params_of as params_of
from course_tests.reference.digits import softmax_cross_entropy


def ae_loss_and_grads(X, params):
    """Mean squared error between X and what the network makes of it, and its slope in every weight and bias.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    params : list of dict
        An even number of layers: the first half encodes, the second half decodes.

    Returns
    -------
    loss : float
        Mean over all N * D entries.
    grads : list of dict
        W and b of each layer.
    """
    net = network_from(params)
    error = net.forward(X, training=True) - X
    net.backward(2 * error / error.size)
    return float(np.mean(error**2)), [layer.grads for layer in net.layers if layer.params]


def encode(X, params):
    """What comes out of the first half of the layers.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    params : list of dict

    Returns
    -------
    ndarray of shape (N, k)
    """
    return network_from(params[: len(params) // 2]).forward(X)


def pca(X, k):
    """The mean and the k directions in which X varies most, the first most of all.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    k : int

    Returns
    -------
    mean : ndarray of shape (D,)
    components : ndarray of shape (k, D)
        Orthonormal rows; each may have either sign.
    """
    mean = np.mean(X, axis=0)
    return mean, np.linalg.svd(X - mean, full_matrices=False)[2][:k]


def pca_error(X, k):
    """Mean squared error, over all entries, of X rebuilt from its mean and k numbers a sample.

    Parameters
    ----------
    X : ndarray of shape (N, D)
    k : int

    Returns
    -------
    float
    """
    mean, components = pca(X, k)
    centred = X - mean
    return float(np.mean((centred - centred @ components.T @ components) ** 2))


def denoise(X, rng, sigma):
    """A copy of X with normal noise of standard deviation sigma in every entry; nothing is clipped.

    Parameters
    ----------
    X : ndarray of any shape
    rng : numpy.random.Generator
    sigma : float
    """
    return X + sigma * rng.standard_normal(np.shape(X))


def reparameterize(mu, logvar, rng):
    """A draw from normal distributions with these means and logarithms of variances (Kingma and Welling 2014).

    Parameters
    ----------
    mu, logvar : ndarray of shape (N, k)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (N, k)
    """
    return mu + np.exp(0.5 * np.asarray(logvar)) * rng.standard_normal(np.shape(mu))


def train_head(net, X, y, lr, epochs, rng):
    """A copy of a net whose last layer with params has learned from X and y; all other layers are as they were.

    Parameters
    ----------
    net : Network
    X : ndarray of shape (N, D)
    y : ndarray of shape (N,)
    lr : float
    epochs : int
        Each is one step down the slope of the mean cross-entropy of all samples.
    rng : numpy.random.Generator
        Nothing is drawn: all samples are in one step.

    Returns
    -------
    Network
    """
    net = copy.deepcopy(net)
    last = max(k for k, layer in enumerate(net.layers) if layer.params)
    for layer in net.layers[:last]:
        X = layer.forward(X)
    for _ in range(epochs):
        scores = X
        for layer in net.layers[last:]:
            scores = layer.forward(scores)
        dout = softmax_cross_entropy(scores, y)[1]
        for layer in reversed(net.layers[last:]):
            dout = layer.backward(dout)
        for name, array in net.layers[last].params.items():
            array -= lr * net.layers[last].grads[name]
    return net


def distill_targets(logits, T):
    """Soft labels: the shares of the scores divided by the temperature T (Hinton, Vinyals and Dean 2015).

    Parameters
    ----------
    logits : ndarray of shape (N, C)
    T : float

    Returns
    -------
    ndarray of shape (N, C)
    """
    scores = np.asarray(logits) / T
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def distill_loss(student_logits, targets, T):
    """Mean cross-entropy between soft labels and the student's shares at the same temperature, without a factor T**2.

    Parameters
    ----------
    student_logits : ndarray of shape (N, C)
    targets : ndarray of shape (N, C)
        Rows that sum to 1.
    T : float

    Returns
    -------
    float
    """
    scores = np.asarray(student_logits) / T
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return float(-np.mean(np.sum(targets * logs, axis=1)))


def nearest(codes, query, k):
    """The rows of `codes` that lie closest to `query`, the closest first; of equal distances the smaller index.

    Parameters
    ----------
    codes : ndarray of shape (N, d)
    query : ndarray of shape (d,)
    k : int

    Returns
    -------
    ndarray of shape (k,)
    """
    distances = np.sum((np.asarray(codes, float) - query) ** 2, axis=1)
    return np.argsort(distances, kind="stable")[:k]


def softplus(s):
    """log(1 + exp(s)), without overflow.

    Parameters
    ----------
    s : ndarray of any shape
    """
    return np.logaddexp(0, s)


def sigmoid(s):
    """1 / (1 + exp(-s)), without overflow.

    Parameters
    ----------
    s : ndarray of any shape
    """
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(s))


def gan_d_loss(s_real, s_fake):
    """How wrong the detective is: the mean of -log of the share "real" for what is real, plus that of -log of the share
    "forged" for what is forged (Goodfellow and others 2014).

    Parameters
    ----------
    s_real : ndarray of shape (N,) or (N, 1)
        Scores before the sigmoid.
    s_fake : ndarray of shape (M,) or (M, 1)

    Returns
    -------
    float
    """
    return float(np.mean(softplus(-np.asarray(s_real))) + np.mean(softplus(s_fake)))


def gan_g_loss(s_fake):
    """How far the forger is from success: the mean of -log of the share "real" for what is forged.

    Parameters
    ----------
    s_fake : ndarray of shape (M,) or (M, 1)

    Returns
    -------
    float
    """
    return float(np.mean(softplus(-np.asarray(s_fake))))


def gan_step(G, D, x, z, lr):
    """One step of the detective, then one of the forger against the detective that has moved; changes both nets.

    Parameters
    ----------
    G, D : Network
        D ends in one score for each sample.
    x : ndarray of shape (N, d)
        What is real.
    z : ndarray of shape (M, k)
        What the forger starts from.
    lr : float

    Returns
    -------
    d_loss : float
        Before D's step.
    g_loss : float
        After D's step, before G's.
    """
    forged = G.forward(z, training=True)
    scores = D.forward(np.concatenate([x, forged]), training=True)
    s_real, s_fake = scores[: len(x)], scores[len(x) :]
    D.backward(np.concatenate([-sigmoid(-s_real) / len(x), sigmoid(s_fake) / len(z)]))
    _step(D, lr)
    moved = D.forward(forged, training=True)
    G.backward(D.backward(-sigmoid(-moved) / len(z)))
    _step(G, lr)
    return gan_d_loss(s_real, s_fake), gan_g_loss(moved)


def _step(net, lr):
    """Each array of `net` a little against its slope, in place.

    Parameters
    ----------
    net : Network
    lr : float
    """
    for layer in net.layers:
        for name, array in layer.params.items():
            array -= lr * layer.grads[name]


answers = {1: "b", 2: "d", 3: "a", 4: "c", 5: "b", 6: "d", 7: "a", 8: "c"}
