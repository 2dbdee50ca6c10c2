"""Mistakes that learners make in 01_pixels."""

import numpy as np

from course_tests.bank import add_wrong_options, misconception
from course_tests.reference.pixels import add_noise, answers, dot, make_line

# ---------------------------------------------------------------- make_line


@misconception(
    "make_line",
    caught_by=["test_make_line_basic", "test_make_line_every_size", "test_make_line_craft"],
    hint="Vertical and horizontal are exchanged. img[:, index] is a column (upright), img[index, :] is a row (lying).",
)
def exchanges_the_two_kinds(kind, index, size=3):
    if kind not in ("vertical", "horizontal"):
        raise ValueError("unknown kind")
    img = np.zeros((size, size))
    if kind == "vertical":
        img[index, :] = 1
    else:
        img[:, index] = 1
    return img


@misconception(
    "make_line",
    caught_by=["test_make_line_basic", "test_make_line_every_size", "test_make_line_craft"],
    hint="The line always lies in the middle: use index, not a fixed 1.",
)
def always_draws_the_middle(kind, index, size=3):
    if kind not in ("vertical", "horizontal"):
        raise ValueError("unknown kind")
    img = np.zeros((size, size))
    if kind == "vertical":
        img[:, 1] = 1
    else:
        img[1, :] = 1
    return img


@misconception(
    "make_line",
    caught_by=["test_make_line_basic", "test_make_line_every_size", "test_make_line_craft"],
    hint="You count from one. In NumPy index 0 is the first column; index - 1 turns 0 into -1, which is the last one.",
)
def counts_from_one(kind, index, size=3):
    if kind not in ("vertical", "horizontal"):
        raise ValueError("unknown kind")
    img = np.zeros((size, size))
    if kind == "vertical":
        img[:, index - 1] = 1
    else:
        img[index - 1, :] = 1
    return img


@misconception(
    "make_line",
    caught_by=["test_make_line_every_size", "test_make_line_craft"],
    hint="The image is always 3x3: use the argument size, np.zeros((size, size)).",
)
def ignores_the_size(kind, index, size=3):
    if kind not in ("vertical", "horizontal"):
        raise ValueError("unknown kind")
    img = np.zeros((3, 3))
    if kind == "vertical":
        img[:, index % 3] = 1
    else:
        img[index % 3, :] = 1
    return img


@misconception(
    "make_line",
    caught_by=["test_make_line_every_size"],
    hint="Every kind that is not 'vertical' becomes horizontal, a spelling mistake too. Raise a ValueError for a kind "
    "you do not know.",
)
def takes_any_other_kind_as_horizontal(kind, index, size=3):
    img = np.zeros((size, size))
    if kind == "vertical":
        img[:, index] = 1
    else:
        img[index, :] = 1
    return img


@misconception(
    "make_line",
    caught_by=["test_make_line_every_size"],
    hint="For an unknown kind you print a text and return a black image. raise ValueError(...) stops the caller; a "
    "print does not.",
)
def prints_instead_of_raising(kind, index, size=3):
    img = np.zeros((size, size))
    if kind == "vertical":
        img[:, index] = 1
    elif kind == "horizontal":
        img[index, :] = 1
    else:
        print("unknown kind", kind)
    return img


@misconception(
    "make_line",
    caught_by=["test_make_line_basic", "test_make_line_every_size", "test_make_line_craft"],
    hint="Only one pixel is set. A colon takes the whole column: img[:, index] = 1.",
)
def sets_one_pixel_only(kind, index, size=3):
    if kind not in ("vertical", "horizontal"):
        raise ValueError("unknown kind")
    img = np.zeros((size, size))
    if kind == "vertical":
        img[0, index] = 1
    else:
        img[index, 0] = 1
    return img


@misconception(
    "make_line",
    caught_by=["test_make_line_basic", "test_make_line_every_size", "test_make_line_craft"],
    hint="You drew a black line on white: start from np.zeros and set the line to 1.",
)
def draws_black_on_white(kind, index, size=3):
    if kind not in ("vertical", "horizontal"):
        raise ValueError("unknown kind")
    img = np.ones((size, size))
    if kind == "vertical":
        img[:, index] = 0
    else:
        img[index, :] = 0
    return img


@misconception(
    "make_line",
    caught_by=["test_make_line_basic", "test_make_line_every_size", "test_make_line_craft"],
    hint="The line has the value 255. In this course a pixel runs from 0 (black) to 1 (white).",
)
def paints_with_255(kind, index, size=3):
    if kind not in ("vertical", "horizontal"):
        raise ValueError("unknown kind")
    img = np.zeros((size, size))
    if kind == "vertical":
        img[:, index] = 255
    else:
        img[index, :] = 255
    return img


@misconception(
    "make_line",
    caught_by=["test_make_line_craft"],
    hint="The image is made of whole numbers (dtype=int): a pixel of 0.3 would become 0. Leave dtype out, np.zeros "
    "makes floats.",
)
def makes_whole_numbers(kind, index, size=3):
    if kind not in ("vertical", "horizontal"):
        raise ValueError("unknown kind")
    img = np.zeros((size, size), dtype=int)
    if kind == "vertical":
        img[:, index] = 1
    else:
        img[index, :] = 1
    return img


@misconception(
    "make_line",
    caught_by=["test_make_line_basic", "test_make_line_every_size", "test_make_line_craft"],
    hint="The image is printed, not returned: end with return img.",
)
def prints_the_image(kind, index, size=3):
    if kind not in ("vertical", "horizontal"):
        raise ValueError("unknown kind")
    img = np.zeros((size, size))
    if kind == "vertical":
        img[:, index] = 1
    else:
        img[index, :] = 1
    print(img)


# ---------------------------------------------------------------- add_noise


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng"],
    hint="Nothing keeps the pixels between 0 and 1: put np.clip(..., 0, 1) around the sum.",
)
def forgets_to_clip(img, sigma, rng):
    return img + rng.normal(0, sigma, img.shape)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng"],
    hint="Only the upper end is cut off: noise can also be negative, so a pixel can fall below 0.",
)
def clips_the_top_only(img, sigma, rng):
    return np.minimum(img + rng.normal(0, sigma, img.shape), 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng"],
    hint="You clip the noise, not the noisy image: negative noise is lost and the sum may still pass 1. Clip last.",
)
def clips_the_noise(img, sigma, rng):
    return img + np.clip(rng.normal(0, sigma, img.shape), 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng"],
    hint="One random number is added to all pixels: the photo gets brighter or darker, not noisy. Give rng.normal the "
    "size img.shape.",
)
def adds_one_number_to_all_pixels(img, sigma, rng):
    return np.clip(img + rng.normal(0, sigma), 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng"],
    hint="All rows get the same noise: size img.shape[1] draws one number for each column only. Use size img.shape.",
)
def draws_one_row_of_noise(img, sigma, rng):
    return np.clip(img + rng.normal(0, sigma, img.shape[1]), 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng"],
    hint="The noise has standard deviation 1 whatever sigma is: rng.normal(0, sigma, img.shape).",
)
def ignores_sigma(img, sigma, rng):
    return np.clip(img + rng.normal(0, 1, img.shape), 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng"],
    hint="sigma is passed as the mean: rng.normal(sigma, ...) shifts all pixels up. The first argument is the mean "
    "(0), the second the spread.",
)
def takes_sigma_as_the_mean(img, sigma, rng):
    return np.clip(img + rng.normal(sigma, 1, img.shape), 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic"],
    hint="You use sigma squared as the spread. rng.normal takes the standard deviation, which is sigma itself.",
)
def passes_the_variance(img, sigma, rng):
    return np.clip(img + rng.normal(0, sigma**2, img.shape), 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng"],
    hint="rng.random draws between 0 and 1, never below 0: such noise only brightens. Use rng.normal(0, sigma, "
    "img.shape).",
)
def draws_uniform_noise(img, sigma, rng):
    return np.clip(img + sigma * rng.random(img.shape), 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng"],
    hint="The noise is multiplied with the image, so black pixels never get any. Noise is added.",
)
def multiplies_by_the_noise(img, sigma, rng):
    return np.clip(img * (1 + rng.normal(0, sigma, img.shape)), 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_uses_rng", "test_add_noise_craft"],
    hint="img += ... writes into the caller's image (and fails for whole numbers). Write noisy = img + ...",
)
def adds_in_place(img, sigma, rng):
    img += rng.normal(0, sigma, img.shape)
    return np.clip(img, 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_uses_rng", "test_add_noise_craft"],
    hint="A new generator with a fixed seed is made inside, so the noise is the same every time. Draw from the "
    "argument rng.",
)
def seeds_its_own_generator(img, sigma, rng):
    rng = np.random.default_rng(0)
    return np.clip(img + rng.normal(0, sigma, img.shape), 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_uses_rng"],
    hint="np.random.normal does not listen to rng, so nobody can repeat your picture. Write rng.normal.",
)
def draws_from_the_global_generator(img, sigma, rng):
    return np.clip(img + np.random.normal(0, sigma, img.shape), 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_uses_rng"],
    hint="The result is turned back into the type of the image: with whole numbers all noise is rounded away.",
)
def casts_back_to_the_type_of_the_image(img, sigma, rng):
    return np.clip(img + rng.normal(0, sigma, img.shape), 0, 1).astype(img.dtype)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng", "test_add_noise_craft"],
    hint="The shape of the noise is written as 3x3. Take it from the image: img.shape.",
)
def draws_three_by_three(img, sigma, rng):
    return np.clip(img + rng.normal(0, sigma, (3, 3)), 0, 1)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng"],
    hint="The pixels are cut off at 255. In this course a pixel runs from 0 to 1: np.clip(..., 0, 1).",
)
def clips_noise_at_255(img, sigma, rng):
    return np.clip(img + rng.normal(0, sigma, img.shape), 0, 255)


@misconception(
    "add_noise",
    caught_by=["test_add_noise_basic", "test_add_noise_uses_rng"],
    hint="You multiply the noise by the spread of the image, so a grey image gets none. sigma alone says how large the "
    "noise is.",
)
def makes_noise_as_large_as_the_contrast(img, sigma, rng):
    return np.clip(img + sigma * img.std() * rng.normal(0, 1, img.shape), 0, 1)


# ---------------------------------------------------------------- brighten


@misconception(
    "brighten",
    caught_by=["test_brighten_basic", "test_brighten_whole_numbers", "test_brighten_craft"],
    hint="Pixels pass 1: put np.clip(..., 0, 1) around the product, as the last step.",
)
def lets_pixels_pass_one(img, k):
    return np.asarray(img, float) * k


@misconception(
    "brighten",
    caught_by=["test_brighten_basic", "test_brighten_whole_numbers", "test_brighten_craft"],
    hint="You add k. Brightening multiplies: black must stay black.",
)
def adds_k(img, k):
    return np.clip(np.asarray(img, float) + k, 0, 1)


@misconception(
    "brighten",
    caught_by=["test_brighten_basic", "test_brighten_whole_numbers", "test_brighten_craft"],
    hint="You divide by the brightest pixel. That is scaling; here what is too bright is only cut off at 1.",
)
def divides_by_the_brightest(img, k):
    product = np.asarray(img, float) * k
    return product / max(product.max(), 1)


@misconception(
    "brighten",
    caught_by=["test_brighten_whole_numbers", "test_brighten_craft"],
    hint="img *= k writes into the caller's image (and fails for whole numbers times 0.5). Write a new array: img * k.",
)
def multiplies_in_place(img, k):
    img *= k
    return np.clip(img, 0, 1)


@misconception(
    "brighten",
    caught_by=["test_brighten_whole_numbers"],
    hint="Bytes wrapped around: for uint8, 128 * 2 is 0. Make floats first: img.astype(float) * k.",
)
def lets_bytes_wrap(img, k):
    return np.clip(img * k, 0, 1)


@misconception(
    "brighten",
    caught_by=["test_brighten_whole_numbers"],
    hint="The result is turned back into the type of the image: half of 1 became 0. Pixels are floats, leave them so.",
)
def casts_back_to_whole_numbers(img, k):
    return np.clip(img.astype(float) * k, 0, 1).astype(img.dtype)


@misconception(
    "brighten",
    caught_by=["test_brighten_basic", "test_brighten_whole_numbers", "test_brighten_craft"],
    hint="img ** k is a power. Multiply: k * img.",
)
def raises_to_the_power(img, k):
    return np.clip(np.asarray(img, float) ** k, 0, 1)


@misconception(
    "brighten",
    caught_by=["test_brighten_basic", "test_brighten_whole_numbers", "test_brighten_craft"],
    hint="The photo gets darker when k grows: you divide. Multiply by k.",
)
def divides_by_k(img, k):
    return np.clip(np.asarray(img, float) / k if k else np.zeros(img.shape), 0, 1)


@misconception(
    "brighten",
    caught_by=["test_brighten_basic", "test_brighten_whole_numbers", "test_brighten_craft"],
    hint="The product is cut off at 255. In this course a pixel runs from 0 to 1: np.clip(..., 0, 1).",
)
def clips_at_255(img, k):
    return np.clip(np.asarray(img, float) * k, 0, 255)


# ---------------------------------------------------------------- flatten_images


@misconception(
    "flatten_images",
    caught_by=["test_flatten_images_basic", "test_flatten_images_not_square", "test_flatten_images_craft"],
    hint="All images ended up in one long row. Keep the first axis: reshape(N, H * W).",
)
def flattens_everything(imgs):
    return imgs.flatten()


@misconception(
    "flatten_images",
    caught_by=["test_flatten_images_basic", "test_flatten_images_not_square", "test_flatten_images_craft"],
    hint="The pixels are read column by column (order='F', or a transpose before). Read them row by row: plain "
    "reshape.",
)
def reads_column_by_column(imgs):
    return imgs.transpose(0, 2, 1).reshape(len(imgs), -1)


@misconception(
    "flatten_images",
    caught_by=["test_flatten_images_basic", "test_flatten_images_not_square", "test_flatten_images_craft"],
    hint="Nine pixels are written into the code: reshape(-1, 9). Images may have other sizes; take them from "
    "imgs.shape.",
)
def assumes_nine_pixels(imgs):
    return imgs.reshape(-1, 9)


@misconception(
    "flatten_images",
    caught_by=["test_flatten_images_basic", "test_flatten_images_not_square", "test_flatten_images_craft"],
    hint="Each image became a column. Rows are samples: the result has shape (N, H*W).",
)
def puts_images_in_columns(imgs):
    return imgs.reshape(len(imgs), -1).T


@misconception(
    "flatten_images",
    caught_by=["test_flatten_images_basic", "test_flatten_images_not_square", "test_flatten_images_craft"],
    hint="The shape is right, the pixels are mixed up: reshape(H*W, N).T takes pixels of different images into one "
    "row.",
)
def mixes_the_images(imgs):
    n, h, w = imgs.shape
    return imgs.reshape(h * w, n).T


@misconception(
    "flatten_images",
    caught_by=["test_flatten_images_basic", "test_flatten_images_not_square", "test_flatten_images_craft"],
    hint="Only the first image came back. All N images are wanted, one row each.",
)
def takes_the_first_image_only(imgs):
    return imgs[0].reshape(1, -1)


@misconception(
    "flatten_images",
    caught_by=["test_flatten_images_basic", "test_flatten_images_not_square", "test_flatten_images_craft"],
    hint="Each image row became a row of its own, shape (N*H, W). One row for each IMAGE: reshape(N, H * W).",
)
def keeps_the_image_rows(imgs):
    return imgs.reshape(-1, imgs.shape[2])


@misconception(
    "flatten_images",
    caught_by=["test_flatten_images_basic", "test_flatten_images_not_square", "test_flatten_images_craft"],
    hint="The rows of each image are added up. Nothing is computed here: all H*W pixels stay, in another shape.",
)
def adds_up_the_rows(imgs):
    return imgs.sum(axis=1)


@misconception(
    "flatten_images",
    caught_by=["test_flatten_images_craft"],
    hint="imgs.shape = ... changes the caller's images. Return imgs.reshape(...), which leaves imgs as it is.",
)
def sets_the_shape_in_place(imgs):
    imgs.shape = (imgs.shape[0], imgs.shape[1] * imgs.shape[2])
    return imgs


@misconception(
    "flatten_images",
    caught_by=["test_flatten_images_craft"],
    hint="Right, but every pixel is copied by Python. reshape does it at once.",
)
def copies_pixel_by_pixel(imgs):
    rows = []
    for i in range(imgs.shape[0]):
        row = []
        for r in range(imgs.shape[1]):
            for c in range(imgs.shape[2]):
                row.append(imgs[i][r][c])
        rows.append(row)
    return np.array(rows)


# ---------------------------------------------------------------- min_max_scale


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_basic", "test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="You divide by the largest value only. Subtract the smallest first: the darkest pixel became {got}, not "
    "{want}.",
)
def divides_by_the_largest_only(x):
    x = np.asarray(x, float)
    return x / x.max() if x.max() != x.min() else np.zeros(x.shape)


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_basic", "test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="255 is written into the code. It fits photos from 0 to 255 only; take the range from x itself.",
)
def divides_by_255(x):
    return np.asarray(x, float) / 255


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_basic", "test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="Each row is scaled by itself, so a dark row and a bright row look alike. Take one minimum and one maximum "
    "of the whole array.",
)
def scales_each_row(x):
    x = np.asarray(x, float)
    low, high = x.min(axis=-1, keepdims=True), x.max(axis=-1, keepdims=True)
    return (x - low) / np.where(high > low, high - low, 1)


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_basic", "test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="Each column is scaled by itself (axis=0). Take one minimum and one maximum of the whole array.",
)
def scales_each_column(x):
    x = np.asarray(x, float)
    low, high = x.min(axis=0), x.max(axis=0)
    return (x - low) / np.where(high > low, high - low, 1)


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="A constant image gave 0 / 0 = nan: look whether max equals min before you divide.",
)
def divides_zero_by_zero(x):
    return (x - np.min(x)) / (np.max(x) - np.min(x))


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_constant_and_bytes"],
    hint="A constant image came back as it was. It shows nothing, so it becomes all zeros.",
)
def returns_a_constant_image_unchanged(x):
    x = np.asarray(x, float)
    if x.max() == x.min():
        return x
    return (x - x.min()) / (x.max() - x.min())


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_constant_and_bytes"],
    hint="A constant image became all ones. x - min is 0 everywhere, so zeros are wanted.",
)
def returns_ones_for_a_constant_image(x):
    x = np.asarray(x, float)
    if x.max() == x.min():
        return np.ones(x.shape)
    return (x - x.min()) / (x.max() - x.min())


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="x -= ... and x /= ... write into the caller's array (and fail for whole numbers). Write x = x - ...",
)
def scales_in_place(x):
    x -= x.min()
    if x.max() > 0:
        x /= x.max()
    return x


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_basic", "test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="Brackets are missing: division comes before subtraction. Write (x - low) / (high - low).",
)
def forgets_the_brackets(x):
    x = np.asarray(x, float)
    if x.max() == x.min():
        return np.zeros(x.shape)
    return x - x.min() / (x.max() - x.min())


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_basic", "test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="After the subtraction the largest value is max - min, no longer max: divide by the range.",
)
def divides_by_the_old_maximum(x):
    x = np.asarray(x, float)
    if x.max() == x.min():
        return np.zeros(x.shape)
    return (x - x.min()) / x.max()


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_basic", "test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="Dark and bright are exchanged: subtract the minimum from x, not x from the maximum.",
)
def turns_dark_into_bright(x):
    x = np.asarray(x, float)
    if x.max() == x.min():
        return np.zeros(x.shape)
    return (x.max() - x) / (x.max() - x.min())


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_basic", "test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="Your result has its mean at 0: you subtract the mean. Min-max scaling subtracts the minimum.",
)
def subtracts_the_mean(x):
    x = np.asarray(x, float)
    if x.max() == x.min():
        return np.zeros(x.shape)
    return (x - x.mean()) / (x.max() - x.min())


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_basic", "test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="Your result runs from -1 to 1. Here it runs from 0 to 1: no factor 2 and no - 1.",
)
def scales_from_minus_one_to_one(x):
    x = np.asarray(x, float)
    if x.max() == x.min():
        return np.zeros(x.shape)
    return 2 * (x - x.min()) / (x.max() - x.min()) - 1


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_basic", "test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="// and int() cut off everything behind the point, so only 0 and 1 are left. Use /.",
)
def divides_whole_numbers(x):
    x = np.asarray(x, float)
    if x.max() == x.min():
        return np.zeros(x.shape)
    return (x - x.min()) // (x.max() - x.min())


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_craft"],
    hint="A small number added to the range spoils very dim images: their brightest pixel does not reach 1. Ask if "
    "max equals min instead.",
)
def adds_a_small_number_to_the_range(x):
    return (x - np.min(x)) / (np.max(x) - np.min(x) + 1e-8)


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_craft"],
    hint="The values are right, but you divide by zero on the way: np.where computes both of its sides. Use if, or "
    "change the divisor.",
)
def divides_first_and_chooses_later(x):
    x = np.asarray(x, float)
    span = x.max() - x.min()
    return np.where(span == 0, 0.0, (x - x.min()) / span)


@misconception(
    "min_max_scale",
    caught_by=["test_min_max_scale_basic", "test_min_max_scale_constant_and_bytes", "test_min_max_scale_craft"],
    hint="Your result runs from 0 to 255, not from 0 to 1: leave out the factor 255 at the end.",
)
def scales_from_0_to_255(x):
    x = np.asarray(x, float)
    return 255 * (x - x.min()) / (x.max() - x.min()) if x.max() != x.min() else np.zeros(x.shape)


# ---------------------------------------------------------------- standardize


@misconception(
    "standardize",
    caught_by=["test_standardize_basic", "test_standardize_constant_column", "test_standardize_craft"],
    hint="You centred each sample (axis=1). Features are the columns: axis=0 goes down the samples.",
)
def standardizes_each_row(X):
    X = np.asarray(X, float)
    std = X.std(axis=1, keepdims=True)
    return (X - X.mean(axis=1, keepdims=True)) / np.where(std == 0, 1, std)


@misconception(
    "standardize",
    caught_by=["test_standardize_basic", "test_standardize_constant_column", "test_standardize_craft"],
    hint="One mean and one standard deviation for the whole array. Each column needs its own: axis=0.",
)
def takes_one_mean_for_all(X):
    X = np.asarray(X, float)
    return (X - X.mean()) / (X.std() if X.std() > 0 else 1)


@misconception(
    "standardize",
    caught_by=["test_standardize_basic", "test_standardize_constant_column", "test_standardize_craft"],
    hint="You divide by the variance. Take its square root: the standard deviation, X.std(axis=0).",
)
def divides_by_the_variance(X):
    X = np.asarray(X, float)
    var = X.var(axis=0)
    return (X - X.mean(axis=0)) / np.where(var == 0, 1, var)


@misconception(
    "standardize",
    caught_by=["test_standardize_basic", "test_standardize_constant_column", "test_standardize_craft"],
    hint="You only subtract the mean; the columns still have different spreads. Divide by the standard deviation too.",
)
def only_subtracts_the_mean(X):
    X = np.asarray(X, float)
    return X - X.mean(axis=0)


@misconception(
    "standardize",
    caught_by=["test_standardize_basic", "test_standardize_constant_column", "test_standardize_craft"],
    hint="You only divide by the standard deviation; subtract the mean of each column first.",
)
def only_divides_by_the_spread(X):
    X = np.asarray(X, float)
    std = X.std(axis=0)
    return X / np.where(std == 0, 1, std)


@misconception(
    "standardize",
    caught_by=["test_standardize_basic", "test_standardize_constant_column", "test_standardize_craft"],
    hint="You divide by N - 1 (ddof=1). In this course the standard deviation divides by N, NumPy's default.",
)
def divides_by_n_minus_one(X):
    X = np.asarray(X, float)
    if len(X) == 1:
        return np.zeros(X.shape)
    std = X.std(axis=0, ddof=1)
    return (X - X.mean(axis=0)) / np.where(std == 0, 1, std)


@misconception(
    "standardize",
    caught_by=["test_standardize_constant_column", "test_standardize_craft"],
    hint="A column that never changes gave 0 / 0 = nan. Where the standard deviation is 0, divide by 1 instead.",
)
def has_no_guard_for_a_constant_column(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


@misconception(
    "standardize",
    caught_by=["test_standardize_constant_column"],
    hint="One constant column stopped the whole work: you return zeros for ALL columns. Guard each column by itself.",
)
def gives_up_when_one_column_is_constant(X):
    X = np.asarray(X, float)
    if (X.std(axis=0) == 0).any():
        return np.zeros(X.shape)
    return (X - X.mean(axis=0)) / X.std(axis=0)


@misconception(
    "standardize",
    caught_by=["test_standardize_constant_column"],
    hint="A constant column came back as it was. Its distance from the mean is 0: it becomes zeros.",
)
def leaves_a_constant_column_unchanged(X):
    X = np.asarray(X, float)
    std = X.std(axis=0)
    return np.where(std == 0, X, (X - X.mean(axis=0)) / np.where(std == 0, 1, std))


@misconception(
    "standardize",
    caught_by=["test_standardize_constant_column", "test_standardize_craft"],
    hint="X -= ... and X /= ... write into the caller's array (and fail for whole numbers). Write X = X - ...",
)
def standardizes_in_place(X):
    X -= X.mean(axis=0)
    std = X.std(axis=0)
    X /= np.where(std == 0, 1, std)
    return X


@misconception(
    "standardize",
    caught_by=["test_standardize_basic", "test_standardize_constant_column", "test_standardize_craft"],
    hint="You used min-max scaling on each column. Here: minus the mean, divided by the standard deviation.",
)
def scales_columns_by_their_range(X):
    X = np.asarray(X, float)
    span = np.ptp(X, axis=0)
    return (X - X.min(axis=0)) / np.where(span == 0, 1, span)


@misconception(
    "standardize",
    caught_by=["test_standardize_basic", "test_standardize_constant_column", "test_standardize_craft"],
    hint="You subtract the median, the middle value. The mean is wanted.",
)
def subtracts_the_median(X):
    X = np.asarray(X, float)
    std = X.std(axis=0)
    return (X - np.median(X, axis=0)) / np.where(std == 0, 1, std)


@misconception(
    "standardize",
    caught_by=["test_standardize_basic", "test_standardize_constant_column", "test_standardize_craft"],
    hint="Brackets are missing: X - mean / std divides only the mean. Write (X - mean) / std.",
)
def divides_only_the_mean(X):
    X = np.asarray(X, float)
    std = X.std(axis=0)
    return X - X.mean(axis=0) / np.where(std == 0, 1, std)


@misconception(
    "standardize",
    caught_by=["test_standardize_craft"],
    hint="Mean of squares minus square of the mean loses digits when the numbers are large. Take the mean of (X - "
    "mean)**2, or X.std.",
)
def subtracts_two_large_numbers(X):
    X = np.asarray(X, float)
    mean = X.mean(axis=0)
    var = np.maximum((X**2).mean(axis=0) - mean**2, 0)
    return (X - mean) / np.where(var < 1e-13, 1, np.sqrt(var))


@misconception(
    "standardize",
    caught_by=["test_standardize_constant_column", "test_standardize_craft"],
    hint="The values are right, but 0 is divided by 0 on the way: np.nan_to_num hides the nan after the warning. "
    "Guard the divisor.",
)
def hides_the_nan(X):
    return np.nan_to_num((X - X.mean(axis=0)) / X.std(axis=0), nan=0.0)


@misconception(
    "standardize",
    caught_by=["test_standardize_constant_column"],
    hint="A column of 0.1 never changes, but rounding gives it a standard deviation of about 1e-17, not 0, and you "
    "divided by it. Ask for std > 1e-12, not for std == 0.",
)
def asks_for_exactly_zero(X):
    std = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(std == 0, 1, std)


@misconception(
    "standardize",
    caught_by=["test_standardize_constant_column"],
    hint="A column that changes only a little counts as constant with you. Ask for a standard deviation above 1e-12, "
    "which is far below all that is not rounding.",
)
def takes_a_small_spread_for_none(X):
    std = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(std > 1e-3, std, 1)


# ---------------------------------------------------------------- dot


@misconception(
    "dot",
    caught_by=["test_dot_refuses_different_lengths"],
    hint="zip stops at the shorter vector, so numbers are lost without a word. Compare the lengths first and raise a "
    "ValueError.",
)
def stops_at_the_shorter(a, b):
    return float(sum(x * y for x, y in zip(a, b)))


@misconception(
    "dot",
    caught_by=["test_dot_refuses_different_lengths"],
    hint="range(len(a)) runs over a only: a longer b is cut off, a longer a ends in an IndexError. Compare the "
    "lengths first and raise a ValueError.",
)
def runs_over_the_first_vector(a, b):
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@misconception(
    "dot",
    caught_by=["test_dot_basic", "test_dot_refuses_different_lengths", "test_dot_craft"],
    hint="You return all the products. Agreement is ONE number: add them up.",
)
def returns_the_products(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    return np.asarray(a) * np.asarray(b)


@misconception(
    "dot",
    caught_by=["test_dot_basic", "test_dot_refuses_different_lengths", "test_dot_craft"],
    hint="Only the last product is left: total = ... overwrites. Add to it: total += ...",
)
def keeps_the_last_product(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    total = 0.0
    for x, y in zip(a, b):
        total = x * y
    return total


@misconception(
    "dot",
    caught_by=["test_dot_basic", "test_dot_refuses_different_lengths", "test_dot_craft"],
    hint="return stands inside the loop, so only the first product is counted. Move it to the left, below the loop.",
)
def returns_inside_the_loop(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    total = 0.0
    for x, y in zip(a, b):
        total += x * y
        return total


@misconception(
    "dot",
    caught_by=["test_dot_basic", "test_dot_refuses_different_lengths", "test_dot_craft"],
    hint="You add the two numbers of each pair. Multiply them, then add the products up.",
)
def adds_instead_of_multiplying(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    return float(sum(x + y for x, y in zip(a, b)))


@misconception(
    "dot",
    caught_by=["test_dot_basic", "test_dot_refuses_different_lengths", "test_dot_craft"],
    hint="You divide by the number of entries: that is an average. The dot product is the sum.",
)
def takes_the_average(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    return float(sum(x * y for x, y in zip(a, b))) / len(a)


@misconception(
    "dot",
    caught_by=["test_dot_basic", "test_dot_refuses_different_lengths", "test_dot_craft"],
    hint="You divide by the lengths of the vectors: that is the cosine of the angle. Here the plain sum is wanted.",
)
def returns_the_cosine(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    products, squares_a, squares_b = 0.0, 0.0, 0.0
    for x, y in zip(a, b):
        products, squares_a, squares_b = products + x * y, squares_a + x * x, squares_b + y * y
    return products / (squares_a * squares_b) ** 0.5


@misconception(
    "dot",
    caught_by=["test_dot_basic", "test_dot_refuses_different_lengths", "test_dot_craft"],
    hint="The first entries are skipped: range(1, n) begins at the second. Python counts from 0.",
)
def skips_the_first_entry(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    total = 0.0
    for i in range(1, len(a)):
        total += a[i] * b[i]
    return total


@misconception(
    "dot",
    caught_by=["test_dot_basic", "test_dot_refuses_different_lengths", "test_dot_craft"],
    hint="The last entries are missing: range(n) already ends at n - 1, so range(n - 1) stops too early.",
)
def skips_the_last_entry(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    total = 0.0
    for i in range(len(a) - 1):
        total += a[i] * b[i]
    return total


@misconception(
    "dot",
    caught_by=["test_dot_basic", "test_dot_refuses_different_lengths", "test_dot_craft"],
    hint="total starts at 1. A sum starts at 0; only a product starts at 1.",
)
def starts_at_one(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    total = 1.0
    for x, y in zip(a, b):
        total += x * y
    return total


@misconception(
    "dot",
    caught_by=["test_dot_refuses_different_lengths"],
    hint="You return a text or False when the lengths differ. raise ValueError(...) tells the caller that something "
    "is wrong.",
)
def returns_false_for_different_lengths(a, b):
    if len(a) != len(b):
        return False
    return float(sum(x * y for x, y in zip(a, b)))


@misconception(
    "dot",
    caught_by=["test_dot_craft"],
    hint="np.dot is right, and you will use it from the next assignment on. Here the point is to write the loop once "
    "yourself.",
)
def lets_numpy_do_it(a, b):
    return float(np.dot(a, b))


@misconception(
    "dot",
    caught_by=["test_dot_craft"],
    hint="The products are written back into a: the caller's vector is changed. Keep them in a variable of your own.",
)
def writes_the_products_into_a(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    for i in range(len(a)):
        a[i] = a[i] * b[i]
    return float(sum(a))


@misconception(
    "dot",
    caught_by=["test_dot_basic", "test_dot_refuses_different_lengths", "test_dot_craft"],
    hint="One loop inside the other multiplies EVERY entry of a with EVERY entry of b. Go through both together: one "
    "loop, a[i] * b[i].",
)
def multiplies_all_pairs(a, b):
    if len(a) != len(b):
        raise ValueError("lengths differ")
    total = 0.0
    for one in a:
        for other in b:
            total += one * other
    return total


# ---------------------------------------------------------------- my_detector


@misconception(
    "my_detector",
    caught_by=["test_my_detector_prefers_vertical"],
    value=True,
    hint="All nine weights are 0: this detector listens to no pixel, so every image gets the score 0.",
)
def listens_to_nothing():
    return np.zeros(9)


@misconception(
    "my_detector",
    caught_by=["test_my_detector_prefers_vertical"],
    value=True,
    hint="All nine weights are the same, so every line of three pixels gets the same score. Reward some pixels, "
    "punish others.",
)
def likes_every_pixel_the_same():
    return np.ones(9)


@misconception(
    "my_detector",
    caught_by=["test_my_detector_prefers_vertical"],
    value=True,
    hint="This is a detector for the horizontal line: the weights run along the middle row. Turn it by a quarter.",
)
def detects_the_horizontal_line():
    return np.array([-1.0, -1, -1, 2, 2, 2, -1, -1, -1])


@misconception(
    "my_detector",
    caught_by=["test_my_detector_prefers_vertical"],
    value=True,
    hint="Only the centre pixel counts, and both centre lines go through it. Look at the pixels where the two lines "
    "differ.",
)
def looks_at_the_centre_only():
    return np.array([0.0, 0, 0, 0, 4, 0, 0, 0, 0])


@misconception(
    "my_detector",
    caught_by=["test_my_detector_prefers_vertical"],
    value=True,
    hint="The idea is right, but the weights are too small: the two scores are less than 2 apart. Make the weights "
    "larger.",
)
def whispers():
    return np.array([0.0, 0.25, 0, -0.25, 0, -0.25, 0, 0.25, 0])


@misconception(
    "my_detector",
    caught_by=["test_my_detector_prefers_vertical"],
    value=True,
    hint="This detector looks for a line in the left column. The vertical centre line stands in the middle: pixels 1, "
    "4 and 7.",
)
def watches_the_left_column():
    return np.array([1.0, 0, 0, 1, 0, 0, 1, 0, 0])


@misconception(
    "my_detector",
    caught_by=["test_my_detector_prefers_vertical"],
    value=True,
    hint="The nine weights stand in a 3x3 block. A flat image has shape (9,), so the detector needs that shape too.",
)
def writes_a_block_of_three_by_three():
    return np.array([[-1.0, 2, -1], [-1, 2, -1], [-1, 2, -1]])


# ---------------------------------------------------------------- matmul


@misconception(
    "matmul",
    caught_by=["test_matmul_basic", "test_matmul_shapes", "test_matmul_craft"],
    hint="A * B multiplies entry by entry. A matrix product takes row times column: dot(A[i], B[:, j]).",
)
def multiplies_entry_by_entry(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    return A * B


@misconception(
    "matmul",
    caught_by=["test_matmul_basic", "test_matmul_shapes", "test_matmul_craft"],
    hint="You take row i of A and row j of B. The second one must be a COLUMN of B: B[:, j].",
)
def takes_rows_of_both(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    return np.array([[dot(A[i], B[j]) for j in range(B.shape[0])] for i in range(A.shape[0])])


@misconception(
    "matmul",
    caught_by=["test_matmul_basic", "test_matmul_shapes", "test_matmul_craft"],
    hint="Right numbers, but rows and columns of the result are exchanged: the shape must be (M, P), with C[i, j] "
    "from row i of A.",
)
def exchanges_rows_and_columns(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    return np.array([[dot(A[i], B[:, j]) for i in range(A.shape[0])] for j in range(B.shape[1])])


@misconception(
    "matmul",
    caught_by=["test_matmul_basic", "test_matmul_shapes", "test_matmul_craft"],
    hint="The order is exchanged: you compute B times A. Rows come from A, columns from B.",
)
def multiplies_in_the_other_order(A, B):
    if A.shape[0] != B.shape[1]:
        raise ValueError("inner sizes differ")
    return np.array([[dot(B[i], A[:, j]) for j in range(A.shape[1])] for i in range(B.shape[0])])


@misconception(
    "matmul",
    caught_by=["test_matmul_basic", "test_matmul_shapes", "test_matmul_craft"],
    hint="[[0] * P] * M makes the SAME row M times: what you write into one row appears in all. Use np.zeros((M, P)).",
)
def repeats_the_same_row(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    C = [[0.0] * B.shape[1]] * A.shape[0]
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i][j] = dot(A[i], B[:, j])
    return np.array(C)


@misconception(
    "matmul",
    caught_by=["test_matmul_basic", "test_matmul_shapes", "test_matmul_craft"],
    hint="Each entry keeps only its last product: C[i, j] = ... overwrites in the inner loop. Write C[i, j] += ...",
)
def overwrites_in_the_inner_loop(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                C[i, j] = A[i, k] * B[k, j]
    return C


@misconception(
    "matmul",
    caught_by=["test_matmul_shapes"],
    hint="C has the type of A: with whole numbers in A the result is cut off behind the point. Use np.zeros((M, P)).",
)
def takes_the_type_of_A(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    C = np.zeros((A.shape[0], B.shape[1]), dtype=A.dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = dot(A[i], B[:, j])
    return C


@misconception(
    "matmul",
    caught_by=["test_matmul_shapes"],
    hint="When the inner sizes differ, numbers are dropped without a word. Compare A.shape[1] with B.shape[0] and "
    "raise a ValueError.",
)
def drops_what_does_not_fit(A, B):
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = sum(x * y for x, y in zip(A[i], B[:, j]))
    return C


@misconception(
    "matmul",
    caught_by=["test_matmul_basic", "test_matmul_shapes"],
    hint="You make a square result of M by M. Its columns come from B: shape (A.shape[0], B.shape[1]).",
)
def makes_the_result_square(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    C = np.zeros((A.shape[0], A.shape[0]))
    for i in range(A.shape[0]):
        for j in range(min(A.shape[0], B.shape[1])):
            C[i, j] = dot(A[i], B[:, j])
    return C


@misconception(
    "matmul",
    caught_by=["test_matmul_basic", "test_matmul_shapes", "test_matmul_craft"],
    hint="Only the first column of B is used, so each row of A gave one number. Loop over all columns of B too.",
)
def uses_the_first_column_only(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    return np.array([dot(row, B[:, 0]) for row in A])


@misconception(
    "matmul",
    caught_by=["test_matmul_craft"],
    hint="@ is right, and you will use it from the next assignment on. Here build it once from your own dot.",
)
def uses_the_operator(A, B):
    return A @ B


@misconception(
    "matmul",
    caught_by=["test_matmul_craft"],
    hint="np.dot does the work here. Call the dot that you wrote yourself, for each row of A and each column of B.",
)
def calls_the_dot_of_numpy(A, B):
    return np.dot(A, B)


# ---------------------------------------------------------------- make_lines


@misconception(
    "make_lines",
    caught_by=["test_make_lines_options"],
    hint="All vertical lines come first, then all horizontal ones. Mix X and y with the same order: order = "
    "rng.permutation(n).",
)
def leaves_them_sorted(n, rng, positions=(0, 1, 2), noise=0.0):
    y = np.array([1] * (n // 2) + [0] * (n - n // 2))
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng).ravel()
        for label in y
    ]
    return np.array(X), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_basic", "test_make_lines_options", "test_make_lines_craft"],
    hint="Only X is mixed, so images and labels no longer belong together. Use the same order for both: X[order], "
    "y[order].",
)
def shuffles_only_the_images(n, rng, positions=(0, 1, 2), noise=0.0):
    y = np.array([1] * (n // 2) + [0] * (n - n // 2))
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng).ravel()
        for label in y
    ]
    return np.array(X)[rng.permutation(n)], y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_basic", "test_make_lines_options", "test_make_lines_craft"],
    hint="Images and labels are mixed by two different orders. Draw ONE order and use it for both.",
)
def shuffles_twice(n, rng, positions=(0, 1, 2), noise=0.0):
    y = np.array([1] * (n // 2) + [0] * (n - n // 2))
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng).ravel()
        for label in y
    ]
    return np.array(X)[rng.permutation(n)], y[rng.permutation(n)]


@misconception(
    "make_lines",
    caught_by=["test_make_lines_basic", "test_make_lines_craft"],
    hint="The kind of each line is drawn by tossing a coin, so the halves are only roughly equal. Make n // 2 of one "
    "kind, then mix.",
)
def tosses_a_coin(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.integers(0, 2, n)
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng).ravel()
        for label in y
    ]
    return np.array(X), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_basic", "test_make_lines_options", "test_make_lines_craft"],
    hint="Vertical and horizontal labels are exchanged: 1 means vertical, 0 means horizontal.",
)
def exchanges_the_labels(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.permutation(np.arange(n) % 2)
    X = [
        add_noise(make_line("horizontal" if label else "vertical", rng.choice(positions)), noise, rng).ravel()
        for label in y
    ]
    return np.array(X), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_options"],
    hint="The argument positions is ignored: lines appear at places that were not asked for. Choose with "
    "rng.choice(positions).",
)
def ignores_the_positions(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.permutation(np.arange(n) % 2)
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.integers(3)), noise, rng).ravel() for label in y
    ]
    return np.array(X), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_options"],
    hint="You draw a number below len(positions) and use it as the place itself. Look it up: positions[number], or "
    "rng.choice(positions).",
)
def takes_the_number_as_the_place(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.permutation(np.arange(n) % 2)
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.integers(len(positions))), noise, rng).ravel()
        for label in y
    ]
    return np.array(X), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_options"],
    hint="The place is drawn once, before the loop, so all lines lie at the same place. Draw it for each image.",
)
def draws_the_place_once(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.permutation(np.arange(n) % 2)
    place = rng.choice(positions)
    X = [add_noise(make_line("vertical" if label else "horizontal", place), noise, rng).ravel() for label in y]
    return np.array(X), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_options", "test_make_lines_craft"],
    hint="The argument noise is never used: all images are clean. Call add_noise(img, noise, rng).",
)
def ignores_the_noise(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.permutation(np.arange(n) % 2)
    X = [make_line("vertical" if label else "horizontal", rng.choice(positions)).ravel() for label in y]
    return np.array(X), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_options", "test_make_lines_craft"],
    hint="The noise is added without cutting off, so pixels leave the range from 0 to 1. Use add_noise, which clips.",
)
def adds_noise_without_clipping(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.permutation(np.arange(n) % 2)
    X = np.array([make_line("vertical" if label else "horizontal", rng.choice(positions)).ravel() for label in y])
    return X + rng.normal(0, noise, X.shape), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_options", "test_make_lines_craft"],
    hint="One pattern of noise is drawn and given to all images. Call add_noise inside the loop, once for each image.",
)
def gives_all_images_the_same_noise(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.permutation(np.arange(n) % 2)
    X = np.array([make_line("vertical" if label else "horizontal", rng.choice(positions)).ravel() for label in y])
    return np.clip(X + rng.normal(0, noise, 9), 0, 1), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_basic", "test_make_lines_options", "test_make_lines_craft"],
    hint="The images are still 3x3 blocks. Each must be a row of nine pixels: flatten_images, or img.ravel().",
)
def forgets_to_flatten(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.permutation(np.arange(n) % 2)
    X = [add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng) for label in y]
    return np.array(X), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_basic", "test_make_lines_options", "test_make_lines_craft"],
    hint="Only X is returned; the labels are lost. End with return X, y.",
)
def returns_the_images_only(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.permutation(np.arange(n) % 2)
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng).ravel()
        for label in y
    ]
    return np.array(X)


@misconception(
    "make_lines",
    caught_by=["test_make_lines_basic", "test_make_lines_options", "test_make_lines_craft"],
    hint="y is a column of shape (n, 1). One label for each image is shape (n,).",
)
def makes_a_column_of_labels(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.permutation(np.arange(n) % 2)
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng).ravel()
        for label in y
    ]
    return np.array(X), y.reshape(-1, 1)


@misconception(
    "make_lines",
    caught_by=["test_make_lines_options", "test_make_lines_craft"],
    hint="A generator with a fixed seed is made inside: everybody gets the same data every time. Use the argument rng.",
)
def makes_its_own_generator(n, rng, positions=(0, 1, 2), noise=0.0):
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(n) % 2)
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng).ravel()
        for label in y
    ]
    return np.array(X), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_options"],
    hint="Vertical and horizontal lines take turns: a learner of patterns would only have to count. Mix them with "
    "rng.permutation.",
)
def lets_them_take_turns(n, rng, positions=(0, 1, 2), noise=0.0):
    y = np.arange(n) % 2
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng).ravel()
        for label in y
    ]
    return np.array(X), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_craft"],
    hint="n // 2 of each kind are one image short when n is odd: give the odd one to either kind.",
)
def loses_one_when_n_is_odd(n, rng, positions=(0, 1, 2), noise=0.0):
    y = rng.permutation([1] * (n // 2) + [0] * (n // 2))
    X = [
        add_noise(make_line("vertical" if label else "horizontal", rng.choice(positions)), noise, rng).ravel()
        for label in y
    ]
    return np.array(X), y


@misconception(
    "make_lines",
    caught_by=["test_make_lines_basic", "test_make_lines_options", "test_make_lines_craft"],
    hint="X[i], X[j] = X[j], X[i] exchanges two numbers of a list, but not two rows of an array: a row is a view, so "
    "one image is lost and the other is there twice. Mix by an order: X[order], y[order].",
)
def swaps_rows_as_in_a_list(n, rng, positions=(0, 1, 2), noise=0.0):
    y = np.array([1] * (n // 2) + [0] * (n - n // 2))
    X = np.array(
        [add_noise(make_line("vertical" if k else "horizontal", rng.choice(positions)), noise, rng).ravel() for k in y]
    )
    for i in range(n - 1, 0, -1):
        j = rng.integers(0, i + 1)
        X[i], X[j] = X[j], X[i]
        y[i], y[j] = y[j], y[i]
    return X, y


# ---------------------------------------------------------------- quiz

add_wrong_options(
    "pixels",
    {
        1: {
            "a": "A program of fixed rules never changes, however many examples it sees. What in the program could "
            "the examples change?",
            "c": "Looking up stored images fails on the first image that is a little different. What could work on "
            "images never seen before?",
            "d": "Speed has nothing to do with it: a slow program can learn and a fast one can stay ignorant. What "
            "must get better, and by changing what?",
        },
        2: {
            "a": "The brain gave the idea and the names, but nobody copies one here. Look at what a single unit of "
            "the network computes.",
            "b": "After training, the pictures themselves can be thrown away. Think of what is kept instead, and of "
            "what is done with it.",
            "c": "Nobody writes the rules of a network by hand. Think of the committee: what does each member do with "
            "the numbers it gets?",
        },
        3: {
            "b": "You put the images into the columns. In this course rows are samples: one image, one row.",
            "c": "All pixels in one long row would lose where one image ends and the next begins. The first axis "
            "stays.",
            "d": "That is the shape before flattening. What becomes of the two last axes?",
        },
        4: {
            "a": "You divided by the largest value, 6/10. First subtract the smallest value, from 6 and from 10.",
            "b": "You subtracted the smallest value but did not divide by the range. The result must lie between 0 "
            "and 1.",
            "d": "You subtracted the mean, as standardize does. Min-max scaling measures the distance from the "
            "smallest value.",
        },
        5: {
            "a": "You lost a sign: 2 times -1 is negative. Do the three products again and then add.",
            "b": "These are the three products. One step is missing: agreement is a single number.",
            "c": "You added all six numbers. Multiply within each pair first.",
        },
        6: {
            "a": "Image and member are exchanged. The row index comes from the left matrix: what are its rows?",
            "c": "A matrix product does not multiply entries at the same place; W has no row for each image. Which "
            "row meets which column?",
            "d": "The second index picks a column of W, not a row. Rows of W belong to pixels.",
        },
        7: {
            "a": "This happens without a guard (0 divided by 0). What should your function do instead, so that the "
            "column does no harm?",
            "b": "Ask how far each value lies from the mean of its column. Is that distance 1?",
            "d": "The mean is subtracted from every column, from this one too. What is left?",
        },
        8: {
            "b": "Equal arrays give a large score, but so do many others. A positive score asks for much less than "
            "equality.",
            "c": "Brightness alone is not enough: pixels with negative weights pull the score down. Which pixels push "
            "it up?",
            "d": "A score is an opinion, and a detector may be wrong or look for something else. Say only what the "
            "sum itself tells.",
        },
    },
    answers,
)
