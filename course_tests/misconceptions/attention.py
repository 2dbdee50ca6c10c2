"""Mistakes that learners make in 16_attention."""

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference.attention import (
    answers,
    as_tensor,
    attention_flops,
    causal_mask,
    embed,
    embed_backward,
    generate,
    gpt_loss,
    gpt_scores,
    layer_norm,
    merge_heads,
    multi_head_attention,
    new_gpt,
    positional_encoding,
    scaled_dot_product_attention,
    split_heads,
    swap_last,
    tensors_of,
    train_gpt,
    transformer_block,
)
from course_tests.reference.autograd import Tensor, cross_entropy, train_step
from course_tests.reference.optimizers import Optimizer

MASK = ["test_causal_mask_basic", "test_causal_mask_is_bool", "test_causal_mask_craft"]
ATTEND = [
    "test_scaled_dot_product_attention_basic",
    "test_scaled_dot_product_attention_any_mask",
    "test_scaled_dot_product_attention_slopes",
    "test_scaled_dot_product_attention_craft",
]
SPLIT = ["test_split_heads_basic", "test_split_heads_any_heads", "test_split_heads_craft"]
MERGE = ["test_merge_heads_basic", "test_merge_heads_undoes_split_heads", "test_merge_heads_craft"]
HEADS = ["test_multi_head_attention_basic", "test_multi_head_attention_any_mask", "test_multi_head_attention_craft"]
PLACES = ["test_positional_encoding_basic", "test_positional_encoding_odd_width", "test_positional_encoding_craft"]
EMBED = ["test_embed_basic", "test_embed_any_tokens", "test_embed_craft"]
UNEMBED = ["test_embed_backward_basic", "test_embed_backward_any_tokens", "test_embed_backward_craft"]
BLOCK = [
    "test_transformer_block_basic",
    "test_transformer_block_any_params",
    "test_transformer_block_slopes",
    "test_transformer_block_craft",
]
LOSS = ["test_gpt_loss_basic", "test_gpt_loss_any_gpt", "test_gpt_loss_slopes", "test_gpt_loss_craft"]
TRAIN = ["test_train_gpt_basic", "test_train_gpt_any_task", "test_train_gpt_craft"]
WRITE = ["test_generate_basic", "test_generate_by_chance", "test_generate_any_length", "test_generate_craft"]
FLOPS = ["test_attention_flops_basic", "test_attention_flops_any_size", "test_attention_flops_craft"]

# ---------------------------------------------------------------- causal_mask


@misconception(
    "causal_mask",
    caught_by=MASK,
    hint="Your mask is True for what is forbidden, as in PyTorch's MultiheadAttention. Here True means: may look.",
)
def marks_what_is_forbidden(T):
    return ~np.tri(T, dtype=bool)


@misconception(
    "causal_mask",
    caught_by=MASK,
    hint="Rows and columns are exchanged: with you place 0 sees all, and the last one only itself. Row i is who looks.",
)
def looks_ahead_only(T):
    return np.tri(T, dtype=bool).T


@misconception(
    "causal_mask", caught_by=MASK, hint="A place may look at itself: the diagonal belongs to it. Row 0 sees nobody now."
)
def forbids_oneself(T):
    return np.tri(T, k=-1, dtype=bool)


@misconception(
    "causal_mask", caught_by=MASK, hint="Each place sees one place of the future as well: the first diagonal above."
)
def sees_one_step_ahead(T):
    return np.tri(T, k=1, dtype=bool)


@misconception(
    "causal_mask",
    caught_by=MASK,
    hint="0 and -inf are numbers to add to the scores. Asked for is a mask of True and False.",
)
def gives_numbers_to_add(T):
    return np.where(np.tri(T, dtype=bool), 0.0, -np.inf)


@misconception(
    "causal_mask", caught_by=MASK[1], hint="1.0 and 0.0 are numbers; ~mask and mask & other would fail. Make it bool."
)
def gives_ones_and_zeros(T):
    return np.tri(T)


@misconception("causal_mask", caught_by=MASK, hint="Everybody sees everybody: that is no mask at all.")
def forbids_nothing(T):
    return np.ones((T, T), dtype=bool)


@misconception(
    "causal_mask", caught_by=MASK, hint="Each place sees itself and the one before, no further. ALL earlier ones count."
)
def sees_one_step_back(T):
    return np.tri(T, dtype=bool) & ~np.tri(T, k=-2, dtype=bool)


@misconception(
    "causal_mask",
    caught_by=[MASK[0], MASK[2]],
    hint="The second call gives the same array as the first: who changes one changes the other. Make a new one.",
)
def keeps_one_mask(T, made={}):  # noqa: B006
    return made.setdefault(T, np.tri(T, dtype=bool))


# ---------------------------------------------------------------- scaled_dot_product_attention


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND,
    hint="The scores are not scaled: divide Q K^T by the root of d, or the softmax becomes hard as d grows.",
)
def forgets_to_scale(Q, K, V, mask=None):
    return scaled_dot_product_attention(as_tensor(Q) * Q.shape[-1] ** 0.5, K, V, mask)


@misconception(
    "scaled_dot_product_attention", caught_by=ATTEND, hint="You divide the scores by d. It is the ROOT of d."
)
def divides_by_d(Q, K, V, mask=None):
    return scaled_dot_product_attention(as_tensor(Q) * Q.shape[-1] ** -0.5, K, V, mask)


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND,
    hint="You scale by the number of keys. It is the width of a key, its last axis, that counts.",
)
def scales_by_the_number_of_keys(Q, K, V, mask=None):
    return scaled_dot_product_attention(as_tensor(Q) * (Q.shape[-1] / K.shape[-2]) ** 0.5, K, V, mask)


@misconception("scaled_dot_product_attention", caught_by=ATTEND, hint="The mask has no effect in your function.")
def ignores_the_mask(Q, K, V, mask=None):
    return scaled_dot_product_attention(Q, K, V)


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND,
    hint="You look where the mask is False. True means: may look (torch's MultiheadAttention has it the other way).",
)
def takes_the_mask_the_other_way(Q, K, V, mask=None):
    return scaled_dot_product_attention(Q, K, V, None if mask is None else ~mask)


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND,
    hint="The rows of your weights sum to less than 1: you masked after the softmax. Mask the scores before it.",
)
def masks_after_the_softmax(Q, K, V, mask=None):
    _, weights = scaled_dot_product_attention(Q, K, V)
    weights = weights * (1.0 if mask is None else mask)
    return weights @ as_tensor(V), weights


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND,
    hint="Forbidden scores became 0. But exp(0) is 1, so they still count: it is exp(score) that must be 0.",
)
def sets_forbidden_scores_to_0(Q, K, V, mask=None):
    scores = as_tensor(Q) @ swap_last(as_tensor(K)) * Q.shape[-1] ** -0.5
    scores = scores * (1.0 if mask is None else mask)
    e = (scores - scores.data.max(axis=-1, keepdims=True)).exp()
    weights = e / e.sum(axis=-1, keepdims=True)
    return weights @ as_tensor(V), weights


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND,
    hint="Your COLUMNS sum to 1. Each query shares out its attention over the keys: softmax along the last axis.",
)
def shares_out_over_the_queries(Q, K, V, mask=None):
    _, weights = scaled_dot_product_attention(K, Q, Q, None if mask is None else np.swapaxes(mask, -1, -2))
    weights = swap_last(as_tensor(weights))
    return weights @ as_tensor(V), weights


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND[1:3],
    hint="A row that may look nowhere got weights all the same (a large negative number cancels in the softmax). "
    "Its weights must be 0.",
)
def looks_everywhere_where_it_is_blind(Q, K, V, mask=None):
    if mask is not None:
        mask = mask | ~mask.any(axis=-1, keepdims=True)
    return scaled_dot_product_attention(Q, K, V, mask)


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND[1:3],
    hint="A row that may look nowhere becomes nan: 0 divided by 0. Its weights must be 0.",
)
def divides_by_0_where_it_is_blind(Q, K, V, mask=None):
    out, weights = scaled_dot_product_attention(Q, K, V, mask)
    rows = 1.0 if mask is None else np.where(mask.any(axis=-1, keepdims=True), 1.0, np.nan)
    return out * rows, weights * rows


@misconception(
    "scaled_dot_product_attention",
    caught_by=[ATTEND[1], ATTEND[3]],
    hint="Scores of 1000 overflow in exp. Subtract the largest score of each row first.",
)
def overflows(Q, K, V, mask=None):
    e = (as_tensor(Q) @ swap_last(as_tensor(K)) * Q.shape[-1] ** -0.5).exp() * (1.0 if mask is None else mask)
    blind = 0.0 if mask is None else ~mask.any(axis=-1, keepdims=True)
    weights = e / (e.sum(axis=-1, keepdims=True) + blind)
    return weights @ as_tensor(V), weights


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND[1:],
    hint="You subtract the largest score of ALL, also of forbidden ones. Where that one is 1000, exp of all others is "
    "0. Take the maximum of each row, among the places that it may see.",
)
def subtracts_a_forbidden_maximum(Q, K, V, mask=None):
    scores = as_tensor(Q) @ swap_last(as_tensor(K)) * Q.shape[-1] ** -0.5
    e = (scores - scores.data.max(axis=-1, keepdims=True)).exp() * (1.0 if mask is None else mask)
    weights = e / (e.sum(axis=-1, keepdims=True) + 1e-300)
    return weights @ as_tensor(V), weights


@misconception(
    "scaled_dot_product_attention",
    caught_by=[ATTEND[0], ATTEND[1], ATTEND[3]],
    hint="Two things are asked for, out and weights: return both.",
)
def returns_out_alone(Q, K, V, mask=None):
    return scaled_dot_product_attention(Q, K, V, mask)[0]


@misconception(
    "scaled_dot_product_attention", caught_by=ATTEND, hint="The order is out, weights; yours is the other way round."
)
def returns_weights_first(Q, K, V, mask=None):
    return scaled_dot_product_attention(Q, K, V, mask)[::-1]


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND,
    hint="You mix the keys. The keys only say how well something fits; what is mixed are the values V.",
)
def mixes_the_keys(Q, K, V, mask=None):
    return scaled_dot_product_attention(Q, K, K, mask)


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND[:2],
    hint="The second thing you return are the scores. The weights are their softmax: rows that sum to 1.",
)
def returns_the_scores(Q, K, V, mask=None):
    out, _ = scaled_dot_product_attention(Q, K, V, mask)
    return out, as_tensor(Q) @ swap_last(as_tensor(K)) * Q.shape[-1] ** -0.5


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND[2],
    hint="No slope comes back: on the way you computed with `.data`, and the tape does not see that.",
)
def loses_the_slopes(Q, K, V, mask=None):
    out, weights = scaled_dot_product_attention(Q, K, V, mask)
    return as_tensor(out.data), weights


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND[2],
    hint="The weights count as constants: values get slopes, queries and keys get none. Keep the softmax on the tape.",
)
def takes_the_weights_for_constants(Q, K, V, mask=None):
    _, weights = scaled_dot_product_attention(Q, K, V, mask)
    weights = Tensor(weights.data)
    return weights @ as_tensor(V), weights


@misconception(
    "scaled_dot_product_attention",
    caught_by=ATTEND[3],
    hint="The mask of the caller is another one afterwards. Write to a copy.",
)
def changes_the_callers_mask(Q, K, V, mask=None):
    answer = scaled_dot_product_attention(Q, K, V, mask)
    if mask is not None:
        mask[...] = ~mask
    return answer


# ---------------------------------------------------------------- split_heads


@misconception(
    "split_heads",
    caught_by=SPLIT,
    hint="reshape alone cuts through the places. Reshape to (N, T, h, M/h) first, then bring the heads forward.",
)
def splits_by_reshape_alone(X, h):
    N, T, M = X.shape
    return as_tensor(X).reshape(N, h, T, M // h)


@misconception(
    "split_heads",
    caught_by=SPLIT,
    hint="Each head got every h-th column. Its columns stand side by side: reshape to (N, T, h, M/h), h before M/h.",
)
def deals_out_the_columns(X, h):
    N, T, M = X.shape
    return as_tensor(X).reshape(N, T, M // h, h).transpose(0, 3, 1, 2)


@misconception(
    "split_heads", caught_by=SPLIT, hint="The heads stand behind the places: shape (N, T, h, M/h). Move them forward."
)
def leaves_heads_behind_places(X, h):
    return split_heads(X, h).transpose(0, 2, 1, 3)


@misconception("split_heads", caught_by=SPLIT, hint="The heads come before the samples. The order is (N, h, T, M/h).")
def puts_heads_before_samples(X, h):
    return split_heads(X, h).transpose(1, 0, 2, 3)


@misconception(
    "split_heads", caught_by=SPLIT[:2], hint="You made heads of h columns. There are h heads, each with M/h columns."
)
def makes_heads_of_h_columns(X, h):
    return split_heads(X, X.shape[2] // h)


@misconception(
    "split_heads", caught_by=SPLIT, hint="Places and columns of each head are exchanged: (N, h, T, M/h), T before M/h."
)
def turns_each_head(X, h):
    return swap_last(split_heads(X, h))


@misconception(
    "split_heads",
    caught_by=SPLIT[1],
    hint="Your heads do not remember X: use reshape and transpose of the Tensor itself.",
)
def splits_the_data(X, h):
    return as_tensor(split_heads(X, h).data)


# ---------------------------------------------------------------- merge_heads


@misconception(
    "merge_heads",
    caught_by=MERGE,
    hint="reshape alone mixes places and heads. Bring the places before the heads first, then reshape.",
)
def merges_by_reshape_alone(X):
    N, h, T, d = X.shape
    return as_tensor(X).reshape(N, T, h * d)


@misconception(
    "merge_heads",
    caught_by=MERGE,
    hint="The columns of the heads alternate. Head 0 comes first as a whole, then head 1.",
)
def merges_in_turn(X):
    N, h, T, d = X.shape
    return as_tensor(X).transpose(0, 2, 3, 1).reshape(N, T, h * d)


@misconception("merge_heads", caught_by=MERGE, hint="You added the heads up. They stand side by side: M is h times d.")
def adds_the_heads(X):
    return as_tensor(X).sum(axis=1)


@misconception("merge_heads", caught_by=MERGE, hint="Only the first head is left. All of them stand side by side.")
def keeps_the_first_head(X):
    return as_tensor(X)[:, 0]


@misconception("merge_heads", caught_by=MERGE, hint="Places and columns are exchanged: the shape is (N, T, h d).")
def merges_into_columns(X):
    return swap_last(merge_heads(X))


@misconception("merge_heads", caught_by=MERGE, hint="The heads are in the reverse order. Head 0 has the first columns.")
def merges_backwards(X):
    return merge_heads(as_tensor(X)[:, ::-1])


@misconception(
    "merge_heads", caught_by=MERGE[1], hint="What you merged does not remember the heads: no slope goes back to them."
)
def merges_the_data(X):
    return as_tensor(merge_heads(X).data)


# ---------------------------------------------------------------- multi_head_attention


@misconception("multi_head_attention", caught_by=HEADS, hint="Wo is missing: it mixes what the heads have found.")
def forgets_Wo(X, Wq, Wk, Wv, Wo, h, mask=None):
    return multi_head_attention(X, Wq, Wk, Wv, np.eye(X.shape[2]), h, mask)


@misconception("multi_head_attention", caught_by=HEADS, hint="h has no effect: all is one head. Split Q, K and V.")
def has_one_head(X, Wq, Wk, Wv, Wo, h, mask=None):
    return multi_head_attention(X, Wq, Wk, Wv, Wo, 1, mask)


@misconception(
    "multi_head_attention",
    caught_by=HEADS,
    hint="Scaled by the root of M. Each head has its own width, M/h: split first, and let the attention scale.",
)
def scales_by_the_whole_width(X, Wq, Wk, Wv, Wo, h, mask=None):
    return multi_head_attention(X, as_tensor(Wq) * h**-0.5, Wk, Wv, Wo, h, mask)


@misconception("multi_head_attention", caught_by=HEADS, hint="The mask does not reach the attention: hand it on.")
def hands_on_no_mask(X, Wq, Wk, Wv, Wo, h, mask=None):
    return multi_head_attention(X, Wq, Wk, Wv, Wo, h)


@misconception(
    "multi_head_attention",
    caught_by=HEADS[1],
    hint="A mask (N, T, T) met scores (N, h, T, T), and NumPy lines up from the right: N met h. Write mask[:, None].",
)
def takes_samples_for_heads(X, Wq, Wk, Wv, Wo, h, mask=None):
    Q, K, V = (split_heads(as_tensor(X) @ as_tensor(W), h) for W in (Wq, Wk, Wv))
    out, weights = scaled_dot_product_attention(Q, K, V, mask)
    return merge_heads(out) @ as_tensor(Wo), weights


@misconception(
    "multi_head_attention", caught_by=HEADS[1], hint="All samples get the mask of the first one. Each has its own."
)
def takes_the_first_mask(X, Wq, Wk, Wv, Wo, h, mask=None):
    return multi_head_attention(X, Wq, Wk, Wv, Wo, h, mask[0] if np.ndim(mask) == 3 else mask)


@misconception("multi_head_attention", caught_by=HEADS, hint="The weights are transposed: it is X @ W, W is (M, M).")
def transposes_the_weights(X, Wq, Wk, Wv, Wo, h, mask=None):
    return multi_head_attention(X, *(swap_last(as_tensor(W)) for W in (Wq, Wk, Wv, Wo)), h, mask)


@misconception("multi_head_attention", caught_by=HEADS, hint="Queries and keys are exchanged: Wq belongs to who looks.")
def exchanges_queries_and_keys(X, Wq, Wk, Wv, Wo, h, mask=None):
    return multi_head_attention(X, Wk, Wq, Wv, Wo, h, mask)


@misconception(
    "multi_head_attention", caught_by=HEADS, hint="The values come from Wk. They have weights of their own, Wv."
)
def takes_the_keys_for_values(X, Wq, Wk, Wv, Wo, h, mask=None):
    return multi_head_attention(X, Wq, Wk, Wk, Wo, h, mask)


@misconception(
    "multi_head_attention",
    caught_by=HEADS[:2],
    hint="The weights are averaged over the heads. Return those of each: (N, h, T, T).",
)
def averages_the_weights(X, Wq, Wk, Wv, Wo, h, mask=None):
    out, weights = multi_head_attention(X, Wq, Wk, Wv, Wo, h, mask)
    return out, as_tensor(weights).mean(axis=1)


@misconception("multi_head_attention", caught_by=HEADS[:2], hint="The weights are missing: return out, weights.")
def returns_no_weights(X, Wq, Wk, Wv, Wo, h, mask=None):
    return multi_head_attention(X, Wq, Wk, Wv, Wo, h, mask)[0]


@misconception(
    "multi_head_attention",
    caught_by=HEADS,
    hint="The heads are put together by reshape alone, which mixes places and heads. Use merge_heads.",
)
def puts_heads_together_by_reshape(X, Wq, Wk, Wv, Wo, h, mask=None):
    out, weights = multi_head_attention(X, Wq, Wk, Wv, np.eye(X.shape[2]), h, mask)
    return split_heads(out, h).reshape(*X.shape) @ as_tensor(Wo), weights


@misconception(
    "multi_head_attention", caught_by=HEADS, hint="X is added to out. That is the residual of the block, later on."
)
def adds_the_residual_already(X, Wq, Wk, Wv, Wo, h, mask=None):
    out, weights = multi_head_attention(X, Wq, Wk, Wv, Wo, h, mask)
    return out + as_tensor(X), weights


@misconception(
    "multi_head_attention",
    caught_by=HEADS[2],
    hint="Nothing of what you return remembers X and the weights: use no `.data`.",
)
def listens_without_memory(X, Wq, Wk, Wv, Wo, h, mask=None):
    return tuple(as_tensor(one.data) for one in multi_head_attention(X, Wq, Wk, Wv, Wo, h, mask))


# ---------------------------------------------------------------- positional_encoding


@misconception("positional_encoding", caught_by=PLACES, hint="Sine and cosine are exchanged: column 0 is a sine.")
def begins_with_the_cosine(T, M):
    angles = np.arange(T)[:, None] / 10000 ** (np.arange(M) // 2 * 2 / M)
    return np.where(np.arange(M) % 2, np.sin(angles), np.cos(angles))


@misconception(
    "positional_encoding",
    caught_by=PLACES,
    hint="Every column has a wave of its own. Two neighbours, sine and cosine, share one: exponent 2i/M for both.",
)
def gives_each_column_its_wave(T, M):
    angles = np.arange(T)[:, None] / 10000 ** (np.arange(M) / M)
    return np.where(np.arange(M) % 2, np.cos(angles), np.sin(angles))


@misconception(
    "positional_encoding",
    caught_by=PLACES,
    hint="All sines come first, then all cosines. They alternate: sine, cosine, ...",
)
def puts_all_sines_first(T, M):
    P = positional_encoding(T, M)
    return np.concatenate([P[:, 0::2], P[:, 1::2]], axis=1)


@misconception(
    "positional_encoding", caught_by=PLACES, hint="The places begin at 1. The first place is 0: sine 0, cosine 1."
)
def counts_places_from_1(T, M):
    return positional_encoding(T + 1, M)[1:]


@misconception("positional_encoding", caught_by=PLACES, hint="The factor is 1000; it must be 10000.")
def takes_1000(T, M):
    angles = np.arange(T)[:, None] / 1000 ** (np.arange(M) // 2 * 2 / M)
    return np.where(np.arange(M) % 2, np.cos(angles), np.sin(angles))


@misconception(
    "positional_encoding",
    caught_by=PLACES,
    hint="The exponent is twice too large: column 2i has the exponent 2i/M, that is its own number divided by M.",
)
def doubles_the_exponent(T, M):
    angles = np.arange(T)[:, None] / 10000 ** (np.arange(M) // 2 * 4 / M)
    return np.where(np.arange(M) % 2, np.cos(angles), np.sin(angles))


@misconception(
    "positional_encoding", caught_by=PLACES, hint="The waves grow shorter. DIVIDE the place by 10000^(2i/M)."
)
def multiplies_the_angles(T, M):
    angles = np.arange(T)[:, None] * 10000.0 ** (np.arange(M) // 2 * 2 / M)
    return np.where(np.arange(M) % 2, np.cos(angles), np.sin(angles))


@misconception(
    "positional_encoding",
    caught_by=PLACES[1],
    hint="An odd width has one sine more than cosines; your cosines do not fit. Cut their angles to M // 2 columns.",
)
def fails_at_odd_widths(T, M):
    P, angles = np.zeros((T, M)), np.arange(T)[:, None] / 10000 ** (np.arange(0, M, 2) / M)
    P[:, 0::2], P[:, 1::2] = np.sin(angles), np.cos(angles)
    return P


@misconception(
    "positional_encoding",
    caught_by=PLACES[1],
    hint="For an odd width you took the table of M + 1 and cut it off. But then all waves are those of M + 1.",
)
def cuts_a_wider_table(T, M):
    return positional_encoding(T, M + M % 2)[:, :M]


# ---------------------------------------------------------------- embed


@misconception("embed", caught_by=EMBED[:2], hint="You took COLUMNS of E. A token's code is its row: E[tokens].")
def takes_columns(tokens, E):
    return as_tensor(E).transpose()[tokens % E.shape[1]]


@misconception("embed", caught_by=EMBED[:2], hint="Off by one: token 0 has row 0.")
def counts_tokens_from_1(tokens, E):
    return embed(tokens - 1, E)


@misconception(
    "embed", caught_by=EMBED[:2], hint="The places of a string are summed: their order is lost. Keep (N, T, M)."
)
def sums_over_the_places(tokens, E):
    return embed(tokens, E).sum(axis=1)


@misconception("embed", caught_by=EMBED[:2], hint="All strings stand in one long row. Keep the shape (N, T, M).")
def puts_all_into_one_row(tokens, E):
    return embed(tokens.ravel(), E)


@misconception(
    "embed",
    caught_by=EMBED[:2],
    hint="The rows are multiplied by the root of M, as in the paper of 2017. Here they are not.",
)
def scales_by_the_root_of_M(tokens, E):
    return embed(tokens, E) * E.shape[1] ** 0.5


@misconception("embed", caught_by=EMBED[1], hint="E is a Tensor, and its slope stays 0: index E itself, not E.data.")
def embeds_the_data(tokens, E):
    return as_tensor(as_tensor(E).data[tokens])


@misconception("embed", caught_by=EMBED[:2], hint="Only the first token of each string is looked up.")
def embeds_the_first_only(tokens, E):
    return embed(tokens[:, :1] + 0 * tokens, E)


# ---------------------------------------------------------------- embed_backward


@misconception(
    "embed_backward",
    caught_by=UNEMBED,
    hint="dE[tokens] += dout counts a token that comes twice only once. Use np.add.at, or a loop.",
)
def counts_repeats_once(dout, tokens, V):
    dE = np.zeros((V, dout.shape[2]))
    dE[tokens] += dout
    return dE


@misconception(
    "embed_backward",
    caught_by=UNEMBED,
    hint="Strings add up, but a token that comes twice in ONE string counts once there. Use np.add.at for all.",
)
def counts_repeats_once_in_a_string(dout, tokens, V):
    dE = np.zeros((V, dout.shape[2]))
    for slopes, string in zip(dout, tokens):
        dE[string] += slopes
    return dE


@misconception("embed_backward", caught_by=UNEMBED, hint="You took the mean over the places of a token. Slopes add.")
def averages_over_the_places(dout, tokens, V):
    counts = np.bincount(tokens.ravel(), minlength=V)
    return embed_backward(dout, tokens, V) / np.maximum(counts, 1)[:, None]


@misconception(
    "embed_backward",
    caught_by=UNEMBED,
    hint="Your table ends at the largest token that came. It has V rows, some of them 0.",
)
def forgets_rows_that_never_came(dout, tokens, V):
    return embed_backward(dout, tokens, V)[: tokens.max() + 1]


@misconception(
    "embed_backward", caught_by=UNEMBED, hint="Rows and columns are exchanged: dE has the shape of E, (V, M)."
)
def gives_M_rows(dout, tokens, V):
    return embed_backward(dout, tokens, V).T


@misconception("embed_backward", caught_by=UNEMBED, hint="Only the first string counts.")
def takes_the_first_string(dout, tokens, V):
    return embed_backward(dout[:1], tokens[:1], V)


@misconception(
    "embed_backward", caught_by=UNEMBED, hint="These are the slopes of the places, (N, T, M): dE belongs to E."
)
def returns_dout(dout, tokens, V):
    return dout[:, :, :]


@misconception(
    "embed_backward", caught_by=UNEMBED, hint="Every row gets the slopes of all places. Row v: those of token v."
)
def gives_all_to_everyone(dout, tokens, V):
    return np.ones((V, 1)) * dout.sum(axis=(0, 1))


# ---------------------------------------------------------------- transformer_block


@misconception(
    "transformer_block",
    caught_by=BLOCK[:3],
    hint="You norm after the sum (post-norm, as in the paper of 2017). Here each half norms what goes IN: pre-norm.",
)
def norms_afterwards(X, params, h, mask=None):
    p = {key: as_tensor(value) for key, value in params.items()}
    heard, _ = multi_head_attention(X, p["Wq"], p["Wk"], p["Wv"], p["Wo"], h, mask)
    X = layer_norm(as_tensor(X) + heard, p["g1"], p["b1"])
    return layer_norm(X + (X @ p["W1"] + p["c1"]).relu() @ p["W2"] + p["c2"], p["g2"], p["b2"])


@misconception(
    "transformer_block", caught_by=BLOCK[:3], hint="The first residual is missing: X + attention(...), not attention."
)
def forgets_the_first_residual(X, params, h, mask=None):
    middle = transformer_block(X, params | {"W2": 0 * params["W2"], "c2": 0 * params["c2"]}, h, mask)
    return transformer_block(middle - as_tensor(X), params | {"Wo": 0 * params["Wo"]}, h, mask)


@misconception(
    "transformer_block",
    caught_by=BLOCK[:3],
    hint="The second residual is missing: what was heard is lost behind the two layers.",
)
def forgets_the_second_residual(X, params, h, mask=None):
    middle = transformer_block(X, params | {"W2": 0 * params["W2"], "c2": 0 * params["c2"]}, h, mask)
    return transformer_block(X, params, h, mask) - middle


@misconception(
    "transformer_block",
    caught_by=BLOCK[:2],
    hint="The second half reads the old X. It reads the sum of X and what was heard.",
)
def thinks_about_the_old_X(X, params, h, mask=None):
    middle = transformer_block(X, params | {"W2": 0 * params["W2"], "c2": 0 * params["c2"]}, h, mask)
    return transformer_block(X, params | {"Wo": 0 * params["Wo"]}, h, mask) + middle - as_tensor(X)


@misconception(
    "transformer_block", caught_by=BLOCK[:3], hint="Both norms use g1 and b1. The second has its own, g2 and b2."
)
def norms_twice_with_g1(X, params, h, mask=None):
    return transformer_block(X, params | {"g2": params["g1"], "b2": params["b1"]}, h, mask)


@misconception(
    "transformer_block", caught_by=BLOCK[:3], hint="The attention hears X as it is. Norm it first, with g1 and b1."
)
def listens_without_norm(X, params, h, mask=None):
    p = {key: as_tensor(value) for key, value in params.items()}
    heard, _ = multi_head_attention(X, p["Wq"], p["Wk"], p["Wv"], p["Wo"], h, mask)
    return transformer_block(as_tensor(X) + heard, params | {"Wo": 0 * params["Wo"]}, h, mask)


@misconception(
    "transformer_block", caught_by=BLOCK[:3], hint="The two layers read X without a norm: g2 and b2 are not used."
)
def thinks_without_norm(X, params, h, mask=None):
    p = {key: as_tensor(value) for key, value in params.items()}
    middle = transformer_block(X, params | {"W2": 0 * params["W2"], "c2": 0 * params["c2"]}, h, mask)
    return middle + (middle @ p["W1"] + p["c1"]).relu() @ p["W2"] + p["c2"]


@misconception(
    "transformer_block",
    caught_by=BLOCK[:3],
    hint="The residual is the NORMED X. It carries X itself past the attention.",
)
def adds_the_normed_X(X, params, h, mask=None):
    p = {key: as_tensor(value) for key, value in params.items()}
    X = layer_norm(X, p["g1"], p["b1"])
    heard, _ = multi_head_attention(X, p["Wq"], p["Wk"], p["Wv"], p["Wo"], h, mask)
    return transformer_block(X + heard, params | {"Wo": 0 * params["Wo"]}, h, mask)


@misconception(
    "transformer_block", caught_by=BLOCK[:3], hint="The relu is missing: two layers without a bend are one layer."
)
def forgets_the_relu(X, params, h, mask=None):
    p = {key: as_tensor(value) for key, value in params.items()}
    middle = transformer_block(X, params | {"W2": 0 * params["W2"], "c2": 0 * params["c2"]}, h, mask)
    return middle + (layer_norm(middle, p["g2"], p["b2"]) @ p["W1"] + p["c1"]) @ p["W2"] + p["c2"]


@misconception(
    "transformer_block", caught_by=BLOCK[:3], hint="The relu stands behind W2. It belongs between the two layers."
)
def bends_at_the_end(X, params, h, mask=None):
    p = {key: as_tensor(value) for key, value in params.items()}
    middle = transformer_block(X, params | {"W2": 0 * params["W2"], "c2": 0 * params["c2"]}, h, mask)
    return middle + ((layer_norm(middle, p["g2"], p["b2"]) @ p["W1"] + p["c1"]) @ p["W2"] + p["c2"]).relu()


@misconception("transformer_block", caught_by=BLOCK[:3], hint="The bias c1 of the first layer is missing.")
def forgets_c1(X, params, h, mask=None):
    return transformer_block(X, params | {"c1": 0 * params["c1"]}, h, mask)


@misconception("transformer_block", caught_by=BLOCK[:3], hint="The bias c2 of the second layer is missing.")
def forgets_c2(X, params, h, mask=None):
    return transformer_block(X, params | {"c2": 0 * params["c2"]}, h, mask)


@misconception(
    "transformer_block", caught_by=BLOCK[:3], hint="The mask does not reach the attention: all see the future."
)
def hears_the_future(X, params, h, mask=None):
    return transformer_block(X, params, h)


@misconception("transformer_block", caught_by=BLOCK[:3], hint="h does not reach the attention: it has one head only.")
def listens_with_one_head(X, params, h, mask=None):
    return transformer_block(X, params, 1, mask)


@misconception(
    "transformer_block", caught_by=BLOCK[2], hint="What comes out does not remember what went in: slopes end here."
)
def thinks_off_the_tape(X, params, h, mask=None):
    return as_tensor(transformer_block(X, params, h, mask).data)


@misconception(
    "transformer_block", caught_by=BLOCK[3], hint="The caller's X is another one afterwards: write X = X + ..., not +=."
)
def adds_to_the_callers_X(X, params, h, mask=None):
    out = transformer_block(X, params, h, mask)
    if isinstance(X, np.ndarray):
        X += 1
    return out


# ---------------------------------------------------------------- gpt_loss


@misconception(
    "gpt_loss",
    caught_by=LOSS[:3],
    hint="You count all places. What stands before the mark is chance and cannot be told: only what follows it counts.",
)
def counts_every_place(tokens, params):
    scores = gpt_scores(tokens[:, :-1], params)
    return cross_entropy(scores.reshape(-1, scores.shape[-1]), tokens[:, 1:].ravel())


@misconception(
    "gpt_loss",
    caught_by=LOSS[:3],
    hint="The targets are not shifted: each place tells the token that stands there. It must tell the NEXT one.",
)
def tells_what_it_sees(tokens, params):
    n = tokens.shape[1] // 2
    scores = gpt_scores(tokens[:, :-1], params)[:, n:]
    return cross_entropy(scores.reshape(-1, scores.shape[-1]), tokens[:, n:-1].ravel())


@misconception(
    "gpt_loss",
    caught_by=LOSS[:3],
    hint="The mark itself counts as a target. Begin AT the mark: its place tells the first letter.",
)
def tells_the_mark_as_well(tokens, params):
    n = tokens.shape[1] // 2
    scores = gpt_scores(tokens[:, :-1], params)[:, n - 1 :]
    return cross_entropy(scores.reshape(-1, scores.shape[-1]), tokens[:, n:].ravel())


@misconception(
    "gpt_loss", caught_by=LOSS[:3], hint="The first letter behind the mark is left out: the place of the mark tells it."
)
def begins_one_place_late(tokens, params):
    n = min(tokens.shape[1] // 2 + 1, tokens.shape[1] - 2)
    scores = gpt_scores(tokens[:, :-1], params)[:, n:]
    return cross_entropy(scores.reshape(-1, scores.shape[-1]), tokens[:, n + 1 :].ravel())


@misconception("gpt_loss", caught_by=LOSS[:3], hint="Only the last letter counts. All n letters behind the mark do.")
def counts_the_last_letter_only(tokens, params):
    return cross_entropy(gpt_scores(tokens[:, :-1], params)[:, -1], tokens[:, -1])


@misconception(
    "gpt_loss", caught_by=LOSS[:3], hint="n times too large: letters are summed. Take the mean over all of them."
)
def sums_over_the_letters(tokens, params):
    return gpt_loss(tokens, params) * (tokens.shape[1] // 2)


@misconception("gpt_loss", caught_by=LOSS[:3], hint="softmax is taken twice: cross_entropy takes scores, not shares.")
def takes_softmax_twice(tokens, params):
    n = tokens.shape[1] // 2
    e = gpt_scores(tokens[:, :-1], params)[:, n:].exp()
    shares = e / e.sum(axis=-1, keepdims=True)
    return cross_entropy(shares.reshape(-1, shares.shape[-1]), tokens[:, n + 1 :].ravel())


@misconception("gpt_loss", caught_by=LOSS[:3], hint="The places have no effect: add the rows of P to the embeddings.")
def forgets_the_places(tokens, params):
    return gpt_loss(tokens, params | {"P": 0 * params["P"]})


@misconception(
    "gpt_loss",
    caught_by=LOSS[:3],
    hint="Every place sees the future, and copies the answer from there. Hand the causal mask to the blocks.",
)
def copies_from_the_future(tokens, params):
    n, T = tokens.shape[1] // 2, tokens.shape[1] - 1
    X = embed(tokens[:, :-1], params["E"]) + params["P"][:T]
    for block in params["blocks"]:
        X = transformer_block(X, block, params["h"], None)
    scores = (layer_norm(X, params["g"], params["b"]) @ params["U"])[:, n:]
    return cross_entropy(scores.reshape(-1, scores.shape[-1]), tokens[:, n + 1 :].ravel())


@misconception("gpt_loss", caught_by=LOSS[:3], hint="The last norm, with g and b, is missing before U.")
def forgets_the_last_norm(tokens, params):
    n, T = tokens.shape[1] // 2, tokens.shape[1] - 1
    X = embed(tokens[:, :-1], params["E"]) + params["P"][:T]
    for block in params["blocks"]:
        X = transformer_block(X, block, params["h"], causal_mask(T))
    scores = (X @ params["U"])[:, n:]
    return cross_entropy(scores.reshape(-1, scores.shape[-1]), tokens[:, n + 1 :].ravel())


@misconception("gpt_loss", caught_by=LOSS[1], hint="Only the first of the blocks is used. Go through all of them.")
def uses_one_block(tokens, params):
    return gpt_loss(tokens, params | {"blocks": params["blocks"][:1]})


@misconception(
    "gpt_loss", caught_by=LOSS[1:3], hint="The number of heads, params['h'], is not used: all blocks have one head."
)
def forgets_the_heads(tokens, params):
    return gpt_loss(tokens, params | {"h": 1})


@misconception(
    "gpt_loss",
    caught_by=LOSS[2],
    hint="A plain number has no backward. Return the Tensor; float(loss.data) comes later.",
)
def returns_a_plain_number(tokens, params):
    return float(gpt_loss(tokens, params).data)


# ---------------------------------------------------------------- train_gpt


@misconception("train_gpt", caught_by=TRAIN[:2], hint="The GPT is as fresh as before: no step changes its parameters.")
def never_steps(task, steps, rng):
    return train_gpt(task, 0, rng)


@misconception("train_gpt", caught_by=TRAIN[:2], hint="`steps` has no effect: 10 steps, whatever is asked for.")
def makes_ten_steps(task, steps, rng):
    return train_gpt(task, min(steps, 10), rng)


@misconception(
    "train_gpt",
    caught_by=TRAIN[:2],
    hint="The same strings come back in every step, and are learned by heart. Ask the task for fresh ones each time.",
)
def learns_four_strings_by_heart(task, steps, rng):
    same = task(4, rng)
    return train_gpt(lambda n, rng: same, steps, rng)


@misconception(
    "train_gpt", caught_by=TRAIN[:2], hint="Plain gradient steps of 0.003 are far too small for 150 steps. Take Adam."
)
def takes_plain_small_steps(task, steps, rng):
    first = task(1, rng)
    params = new_gpt(first.max() + 1, first.shape[1] - 1, 32, 1, rng)
    optimizer = Optimizer("sgd", 3e-3)
    for _ in range(steps):
        batch = task(16, rng)
        train_step(tensors_of(params), lambda batch=batch: gpt_loss(batch, params), optimizer)
    return params


@misconception(
    "train_gpt", caught_by=TRAIN[:2], hint="The steps are so large that nothing is learned. Take Adam with 3e-3."
)
def jumps_about(task, steps, rng):
    first = task(1, rng)
    params = new_gpt(first.max() + 1, first.shape[1] - 1, 32, 1, rng)
    optimizer = Optimizer("adam", 1.0)
    for _ in range(steps):
        batch = task(16, rng)
        train_step(tensors_of(params), lambda batch=batch: gpt_loss(batch, params), optimizer)
    return params


@misconception(
    "train_gpt",
    caught_by=TRAIN[:2],
    hint="Eleven tokens and sixteen places, whatever the task: read both off the tokens that the task gives.",
)
def knows_one_task_only(task, steps, rng):
    params = new_gpt(11, 16, 32, 1, rng)
    optimizer = Optimizer("adam", 3e-3)
    for _ in range(steps):
        batch = task(32, rng)
        train_step(tensors_of(params), lambda batch=batch: gpt_loss(batch, params), optimizer)
    return params


@misconception(
    "train_gpt", caught_by=TRAIN[:2], hint="There is no row for the mark: letters 0 to V - 2 and the mark make V."
)
def forgets_the_mark(task, steps, rng):
    first = task(32, rng)
    return new_gpt(int(first[:, 0].max()) + 1, first.shape[1] - 1, 32, 1, rng)


@misconception(
    "train_gpt", caught_by=TRAIN[:2], hint="The places have no code: P is 0 and never moves. Train P as well."
)
def trains_without_places(task, steps, rng):
    first = task(1, rng)
    params = new_gpt(first.max() + 1, first.shape[1] - 1, 32, 1, rng)
    params["P"] = Tensor(0 * params["P"].data)
    optimizer = Optimizer("adam", 3e-3)
    for _ in range(steps):
        batch = task(16, rng)
        trained = [t for t in tensors_of(params) if t is not params["P"]]
        train_step(trained, lambda batch=batch: gpt_loss(batch, params), optimizer)
    return params


@misconception("train_gpt", caught_by=TRAIN, hint="The losses come back. Return the parameters: they are the GPT.")
def returns_the_losses(task, steps, rng):
    params = train_gpt(task, min(steps, 3), rng)
    return [float(gpt_loss(task(8, rng), params).data)]


@misconception("train_gpt", caught_by=TRAIN[2], hint="The chance is your own, from a fixed seed. Use the argument rng.")
def brings_its_own_chance(task, steps, rng):
    return train_gpt(task, steps, np.random.default_rng(0))


# ---------------------------------------------------------------- generate


@misconception("generate", caught_by=WRITE[:3], hint="Only the new tokens come back. The start belongs to the answer.")
def returns_the_new_ones_only(params, start, n, rng, temperature=1.0, top_k=None):
    return generate(params, start, n, rng, temperature, top_k)[len(start) :]


@misconception(
    "generate",
    caught_by=[WRITE[0], WRITE[2]],
    hint="Each token is told from the start alone. Put it behind the text, then tell the next.",
)
def never_reads_what_it_wrote(params, start, n, rng, temperature=1.0, top_k=None):
    new = [generate(params, start, 1, rng, temperature, top_k)[-1] for _ in range(n)]
    return np.array([*start, *new], dtype=int)


@misconception(
    "generate", caught_by=WRITE[1:], hint="P has no row for a place beyond its end: read the last len(P) tokens only."
)
def outgrows_its_places(params, start, n, rng, temperature=1.0, top_k=None):
    most = params["P"].shape[0]
    if len(start) > most or n > most - len(start) + 1:
        raise ValueError(f"operands could not be broadcast together: {len(start) + n} and {most} places")
    return generate(params, start, n, rng, temperature, top_k)


@misconception(
    "generate",
    caught_by=WRITE[2],
    hint="When the text is too long you read its BEGINNING. Read its end: tokens[-most:].",
)
def reads_the_beginning(params, start, n, rng, temperature=1.0, top_k=None):
    tokens, most = list(start), params["P"].shape[0]
    for _ in range(n):
        tokens.append(generate(params, np.array(tokens[:most]), 1, rng, temperature, top_k)[-1])
    return np.array(tokens)


@misconception(
    "generate", caught_by=WRITE[2], hint="One row of P stays unused: the context is len(P) tokens, not one less."
)
def reads_one_too_few(params, start, n, rng, temperature=1.0, top_k=None):
    return generate(params | {"P": params["P"][: params["P"].shape[0] - 1]}, start, n, rng, temperature, top_k)


@misconception(
    "generate", caught_by=WRITE[1], hint="You multiply by the temperature. Divide: a high one makes shares alike."
)
def multiplies_by_the_temperature(params, start, n, rng, temperature=1.0, top_k=None):
    return generate(params, start, n, rng, temperature and 1 / temperature, top_k)


@misconception(
    "generate", caught_by=WRITE[1], hint="The temperature has no effect on the shares. Divide the scores by it."
)
def ignores_the_temperature(params, start, n, rng, temperature=1.0, top_k=None):
    return generate(params, start, n, rng, 1.0 if temperature else 0, top_k)


@misconception(
    "generate", caught_by=[WRITE[0], WRITE[2]], hint="Temperature 0 is a division by 0. It means: take the best token."
)
def divides_by_temperature_0(params, start, n, rng, temperature=1.0, top_k=None):
    if n and not temperature:
        raise ValueError("probabilities contain NaN")
    return generate(params, start, n, rng, temperature, top_k)


@misconception(
    "generate",
    caught_by=[WRITE[1], WRITE[3]],
    hint="Always the best token, at every temperature. Draw, with rng.choice(V, p=...).",
)
def always_takes_the_best(params, start, n, rng, temperature=1.0, top_k=None):
    return generate(params, start, n, rng, 0)


@misconception(
    "generate", caught_by=WRITE[1:3], hint="top_k has no effect: tokens beyond the k best are drawn as well."
)
def ignores_top_k(params, start, n, rng, temperature=1.0, top_k=None):
    return generate(params, start, n, rng, temperature)


@misconception(
    "generate", caught_by=WRITE[1:3], hint="You draw from the k WORST. np.sort and argsort begin with the smallest."
)
def draws_from_the_worst(params, start, n, rng, temperature=1.0, top_k=None):
    return generate(params | {"U": params["U"] * (-1.0 if top_k else 1.0)}, start, n, rng, temperature, top_k)


@misconception(
    "generate", caught_by=WRITE[1], hint="Among the k best all are equally likely with you. Their shares still count."
)
def draws_evenly_from_the_best(params, start, n, rng, temperature=1.0, top_k=None):
    return generate(params, start, n, rng, 1e6 if top_k and temperature else temperature, top_k)


@misconception(
    "generate",
    caught_by=[WRITE[0], WRITE[2]],
    hint="The scores of the FIRST place are read. The next token is told at the last one.",
)
def reads_the_first_place(params, start, n, rng, temperature=1.0, top_k=None):
    tokens = list(start)
    for _ in range(n):
        tokens.append(generate(params, np.array(tokens[:1]), 1, rng, temperature, top_k)[-1])
    return np.array(tokens)


@misconception("generate", caught_by=WRITE[:3], hint="n counts the NEW tokens; your whole text has n.")
def counts_the_start_too(params, start, n, rng, temperature=1.0, top_k=None):
    return generate(params, start, max(0, n - len(start)), rng, temperature, top_k)


@misconception(
    "generate", caught_by=WRITE[3], hint="The same rng is set back each time: every rng writes the same text."
)
def writes_with_one_seed(params, start, n, rng, temperature=1.0, top_k=None):
    return generate(params, start, n, np.random.default_rng(0), temperature, top_k)


# ---------------------------------------------------------------- attention_flops


@misconception(
    "attention_flops",
    caught_by=FLOPS,
    hint="Half of it: either additions or the second product are missing. There are "
    "two products, and each multiplication comes with an addition.",
)
def counts_half(T, M):
    return 2 * T * T * M


@misconception(
    "attention_flops",
    caught_by=FLOPS,
    hint="A quarter: one product, multiplications only. Count the other product, and additions.",
)
def counts_one_product_only(T, M):
    return T * T * M


@misconception("attention_flops", caught_by=FLOPS, hint="T and M are exchanged: the weights are a table of T times T.")
def squares_the_width(T, M):
    return 4 * T * M * M


@misconception(
    "attention_flops", caught_by=FLOPS, hint="T counts once. Each of T queries meets each of T keys: T squared."
)
def forgets_that_all_meet_all(T, M):
    return 4 * T * M


@misconception(
    "attention_flops",
    caught_by=FLOPS,
    hint="You counted the four products with Wq, Wk, Wv and Wo as well. "
    "Asked for are the two products of the attention alone.",
)
def counts_the_projections_too(T, M):
    return attention_flops(T, M) + 8 * T * M * M


@misconception("attention_flops", caught_by=FLOPS[2], hint="A count is a whole number: int, no float.")
def counts_in_floats(T, M):
    return 4.0 * T**2 * M


# ---------------------------------------------------------------- quiz

add_wrong_options(
    "attention",
    {
        1: {
            "a": "With d = 64 the product of two random keys has a standard deviation of 8. Is that a matter of speed?",
            "c": "The softmax makes rows sum to 1 with or without it.",
            "d": "The length of the text plays no part in it: d is the width of a key.",
        },
        2: {
            "a": "exp(0) is 1, not 0: such a place still gets weight.",
            "b": "Then the row sums to less than 1, and the values are mixed with too little weight.",
            "c": "The mask is about who looks at whom, not about what is in a value. A zero key still has a score.",
        },
        3: {
            "b": "Queries and keys are linear in X; nothing in them knows a place.",
            "c": "The causal mask tells how many came before, which is little, and here there is none.",
            "d": "The scores of a place change with what it holds, wherever it stands.",
        },
        4: {
            "a": "At test time there is no future to look at: what did it lean on in training?",
            "b": "It falls, and quickly: the answer stands right there to be copied.",
            "d": "Nothing breaks. The shapes are the same with and without a mask.",
        },
        5: {
            "a": "The table of weights is T times T. How many times T times T is that?",
            "c": "Twice would be right if each place met one other place. Each meets all.",
            "d": "Eight would be three factors of two. Count: T queries, T keys.",
        },
        6: {
            "a": "Each head's work is smaller by the factor h; h heads cost about the same as one.",
            "b": "All heads see all places, as far as the mask allows.",
            "c": "Wo is still there. It mixes what the heads have found.",
        },
        7: {
            "b": "That is a temperature far above 1: shares become alike.",
            "c": "Shares below 1 are normal. What happens to the DIFFERENCES of the scores, divided by 0.01?",
            "d": "Scores are divided by it, not the number of tokens.",
        },
        8: {
            "a": "A GRU sees every letter, one after the other.",
            "b": "It learns, slowly: its exactness was still rising when we stopped.",
            "d": "The sizes were chosen alike on purpose.",
        },
    },
    answers,
)
