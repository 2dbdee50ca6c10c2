"""Values of libraries that cross by value: containers of the standard library, NumPy's and SciPy's special arrays,
pandas.

Only exact classes, only plain contents, never pickle: what arrives is built by the library's own constructors from
plain values.
A library is used only where the value shows that it is there.
"""

from __future__ import annotations

import collections
import pathlib
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

from . import symbolic
from .values import Extension, Unsendable, pack, unpack

PATHS = {pathlib.PosixPath, pathlib.WindowsPath, pathlib.PurePosixPath, pathlib.PureWindowsPath}
CONTAINERS = {
    collections.Counter: "counter",
    collections.OrderedDict: "ordered",
    collections.defaultdict: "defaultdict",
    collections.deque: "deque",
    bytearray: "bytearray",
}
NUMPY = {np.ma.MaskedArray: "masked", np.poly1d: "poly1d", np.matrix: "matrix"}
MOST_LABELS = 1 << 20
LONGEST_SIDE = 1 << 24  # of a sparse array: its index alone takes memory


def parts_of(x: Any) -> Extension | None:
    """An Extension for a value of a library that crosses by value; None for anything else, or for what is not plain
    inside.
    """
    cls: Any = type(x)
    if cls in CONTAINERS:
        return Extension((CONTAINERS[cls], *_container(x, cls)))
    if cls in PATHS:
        return Extension(("path", str(x)))
    try:
        if cls in NUMPY:
            return Extension((NUMPY[cls], *_numpy(x, cls)))
        if x is np.ma.masked:
            return Extension(("masked_constant",))
        module = getattr(cls, "__module__", "")
        if "sympy" in sys.modules and (expression := symbolic.parts_of(x)) is not None:
            return expression
        if (
            type(module) is str
            and module.startswith(("pandas", "scipy.sparse"))
            and module.split(".")[0] in sys.modules
        ):
            return _pandas(x, cls) if module.startswith("pandas") else _sparse(x, cls)
    except (Unsendable, AttributeError, TypeError, ValueError):
        pass
    return None


def value_of(parts: tuple) -> Any:
    """The value behind such an Extension; None for any other. Raises ValueError for impossible values."""
    build: Any = _BUILD.get(parts[0])
    if build is None:
        return None
    try:
        return build(*parts[1:])
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # of any library
        raise ValueError(f"an impossible {parts[0]}: {error}") from None


def frames() -> tuple:
    """pandas' DataFrame and Series, if it is there."""
    pandas: Any = sys.modules.get("pandas")
    return (pandas.DataFrame, pandas.Series) if hasattr(pandas, "Series") else ()


def contents(x: Any) -> Iterable | None:
    """What a value holds that may hold more; None if it holds nothing but numbers and text."""
    if isinstance(x, dict):
        return x.values()
    if type(x) is collections.deque:
        return list(x)
    if type(x) in frames():
        columns = [x] if x.ndim == 1 else [x.iloc[:, i] for i in range(x.shape[1])]
        return [item for column in columns if column.dtype == object for item in column.tolist()]
    return None


# ---- containers


def _container(x, cls):
    if cls is bytearray:
        return (bytes(x),)
    if cls is collections.deque:
        return tuple(x), x.maxlen
    pairs = tuple(dict.items(x))
    return (pairs, x.default_factory) if cls is collections.defaultdict else (pairs,)


def _defaultdict(pairs, factory):
    if factory is not None and not callable(factory):
        raise ValueError("no factory")
    return collections.defaultdict(factory, _pairs(pairs))


def _pairs(pairs):
    if type(pairs) is not tuple or any(type(pair) is not tuple or len(pair) != 2 for pair in pairs):
        raise ValueError("no pairs")
    return dict(pairs)


def _counter(pairs):
    counter = collections.Counter()
    dict.update(counter, _pairs(pairs))
    return counter


def _deque(items, maxlen):
    if type(items) is not tuple or type(maxlen) not in (int, type(None)):
        raise ValueError("no items")
    return collections.deque(items, maxlen)


def _bytearray(data):
    if type(data) is not bytes:
        raise ValueError("no bytes")
    return bytearray(data)


def _path(text):
    if type(text) is not str or len(text) > 4096 or "\0" in text:
        raise ValueError("no path")
    return pathlib.Path(text)


# ---- NumPy and SciPy; arrays inside other values as bytes, so that neither side takes them for shared


def _raw(x) -> bytes:
    if x.dtype.kind not in "biufcSUMm":
        raise Unsendable("not plain")
    return pack(np.ascontiguousarray(x) if x.ndim else np.asarray(x))


def _array(data) -> np.ndarray:
    array = unpack(data) if type(data) is bytes else None
    if array is None or type(array) is not np.ndarray or array.dtype.kind == "O":
        raise ValueError("no array")
    return array


def _numpy(x, cls):
    if cls is np.poly1d:
        return _raw(x.coeffs), str(x.variable)[:20]
    if cls is np.matrix:
        return (_raw(x.A),)
    mask = np.ma.getmask(x)
    return _raw(x.data.view(np.ndarray)), None if mask is np.ma.nomask else _raw(np.asarray(mask))


def _matrix(data):
    return np.matrix(_array(data))


def _poly1d(data, variable):
    if type(variable) is not str:
        raise ValueError("no name")
    return np.poly1d(_array(data), variable=variable)


def _masked(data, mask):
    data = _array(data)
    mask = np.ma.nomask if mask is None else _array(mask)
    if mask is not np.ma.nomask and (mask.dtype != bool or mask.shape != data.shape):
        raise ValueError("no mask")
    return np.ma.MaskedArray(data, mask)


def _sparse(x, cls):
    sparse = sys.modules["scipy.sparse"]
    if not sparse.issparse(x) or getattr(sparse, cls.__name__, None) is not cls or x.ndim != 2:
        return None
    coo = x.tocoo()
    return Extension(("sparse", cls.__name__, tuple(map(int, x.shape)), _raw(coo.data), _raw(coo.row), _raw(coo.col)))


def _sparse_of(name, shape, data, row, col):
    from scipy import sparse

    if (
        type(name) is not str
        or type(shape) is not tuple
        or len(shape) != 2
        or any(type(n) is not int or not 0 <= n <= LONGEST_SIDE for n in shape)
    ):
        raise ValueError("no shape")
    cls = getattr(sparse, name, None)
    data, row, col = map(_array, (data, row, col))
    if not (isinstance(cls, type) and sparse.issparse(cls((1, 1)))) or any(
        array.ndim != 1 or array.dtype.kind not in "biufc" for array in (data, row, col)
    ):
        raise ValueError("no sparse array")
    if (
        row.dtype.kind not in "iu"
        or col.dtype.kind not in "iu"
        or name.startswith("dia")
        and data.size * max(shape, default=0) > 1 << 24
    ):
        raise ValueError("no sparse array")
    return cls(sparse.coo_array((data, (row, col)), shape=shape))


# ---- pandas


def _pandas(x, cls):
    pd = sys.modules["pandas"]
    if x is pd.NaT or x is pd.NA:
        return Extension(("missing", "NaT" if x is pd.NaT else "NA"))
    if cls is pd.Timestamp:
        return Extension(("timestamp", x.asm8.view("i8").item(), x.unit, None if x.tz is None else str(x.tz)))
    if cls is pd.Timedelta:
        return Extension(("pandas_timedelta", x.asm8.view("i8").item(), x.unit))
    if cls is pd.DataFrame:
        dtypes = set(x.dtypes)
        if (
            len(dtypes) == 1
            and x.shape[1] > 4
            and next(iter(dtypes)).kind in "biufc"
            and isinstance(next(iter(dtypes)), np.dtype)
        ):
            columns = _raw(x.to_numpy())
        else:
            columns = tuple(_column(x.iloc[:, i].array) for i in range(x.shape[1]))
        return Extension(("dataframe", _index(x.columns), _index(x.index), columns))
    if cls is pd.Series:
        return Extension(("series", _index(x.index), _column(x.array), _label(x.name)))
    if isinstance(x, pd.Index):
        return Extension(("index", *_index(x)))
    if cls is pd.Categorical:
        return Extension(("array", *_column(x)))
    return None


def _label(name):
    return name.item() if isinstance(name, np.generic) else name


def _column(array) -> tuple:
    """The parts of one column of one dtype."""
    pd = sys.modules["pandas"]
    dtype = array.dtype
    if isinstance(dtype, pd.StringDtype):
        return (
            "text",
            str(dtype),
            *(
                None if missing else str(item)
                for item, missing in zip(array.to_numpy(dtype=object), np.asarray(pd.isna(array)))
            ),
        )
    if isinstance(dtype, np.dtype) or isinstance(array, pd.arrays.NumpyExtensionArray):
        values = np.asarray(array)
        return ("object", *values.tolist()) if values.dtype.kind == "O" else ("numpy", _raw(values))
    if isinstance(dtype, pd.CategoricalDtype):
        return ("category", _raw(np.asarray(array.codes)), bool(dtype.ordered), _index(dtype.categories))
    if isinstance(dtype, pd.DatetimeTZDtype):
        return ("zone", _raw(np.asarray(array.asi8)), dtype.unit, str(dtype.tz))
    if str(dtype) in NULLABLE:
        missing = np.asarray(pd.isna(array))
        plain = NULLABLE[str(dtype)]
        return ("nullable", str(dtype), _raw(array.to_numpy(dtype=plain, na_value=plain(0))), _raw(missing))
    raise Unsendable("a column of an unusual dtype")


NULLABLE = {
    name: getattr(np, name.lower())
    for name in ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64")
}
NULLABLE["boolean"] = np.bool_


def _column_of(parts):
    import pandas as pd

    if type(parts) is not tuple or not parts or len(parts) > MOST_LABELS:
        raise ValueError("no column")
    tag, *rest = parts
    if tag == "numpy":
        (data,) = rest
        column = _array(data)
        if column.ndim != 1:
            raise ValueError("no column")
        return column
    if tag == "object":
        column = np.empty(len(rest), object)
        for i, item in enumerate(rest):  # an assignment of the whole would look into lists
            column[i] = item
        return column
    if tag == "text":
        name, *texts = rest
        if name not in ("str", "string") or any(type(item) not in (str, type(None)) for item in texts):
            raise ValueError("no texts")
        return pd.array(texts, dtype=name)
    if tag == "category":
        codes, ordered, categories = rest
        return pd.Categorical.from_codes(_array(codes), _index_of(categories), ordered=ordered is True)
    if tag == "zone":
        data, unit, zone = rest
        return _times(pd, data, unit).tz_localize("UTC").tz_convert(_zone(zone)).array
    if tag == "nullable":
        name, data, missing = rest
        if name not in NULLABLE:
            raise ValueError("no dtype")
        column = pd.array(_array(data), dtype=name)
        missing = _array(missing)
        if missing.dtype != bool or missing.shape != (len(column),):
            raise ValueError("no mask")
        column[missing] = pd.NA
        return column
    raise ValueError("no column")


def _times(pd, data, unit):
    if unit not in ("s", "ms", "us", "ns"):
        raise ValueError("no unit")
    return pd.DatetimeIndex(_array(data).astype("i8").view(f"M8[{unit}]"))


def _zone(name):
    import zoneinfo

    if type(name) is not str or len(name) > 60:
        raise ValueError("no zone")
    if name.startswith("UTC") and name != "UTC":
        return name  # an offset, which pandas reads itself
    zoneinfo.ZoneInfo(name)
    return name


def _index(index) -> tuple:
    pd = sys.modules["pandas"]
    if type(index) is pd.RangeIndex:
        return ("range", index.start, index.stop, index.step, _label(index.name))
    if type(index) is pd.MultiIndex:
        return (
            "multi",
            tuple(_column(index.get_level_values(i).array) for i in range(index.nlevels)),
            tuple(_label(name) for name in index.names),
        )
    if type(index) not in (pd.Index, pd.DatetimeIndex, pd.CategoricalIndex, pd.TimedeltaIndex):
        raise Unsendable("an unusual index")
    return ("plain", _column(index.array), _label(index.name), getattr(index, "freqstr", None))


def _index_of(parts):
    import pandas as pd

    kind, *rest = parts
    if kind == "range":
        start, stop, step, name = rest
        if any(type(n) is not int or abs(n) > 1 << 60 for n in (start, stop, step)):
            raise ValueError("no range")
        return pd.RangeIndex(start, stop, step, name=name)
    if kind == "multi":
        columns, names = rest
        if type(columns) is not tuple or type(names) is not tuple or not 0 < len(columns) == len(names) <= 20:
            raise ValueError("no levels")
        return pd.MultiIndex.from_arrays([_column_of(one) for one in columns], names=names)
    column, name, freq = rest
    if kind != "plain" or type(freq) not in (str, type(None)) or freq is not None and len(freq) > 20:
        raise ValueError("no index")
    values = _column_of(column)
    found = pd.Index(values, dtype=values.dtype, name=name)
    if freq is not None and isinstance(found, (pd.DatetimeIndex, pd.TimedeltaIndex)) and len(found) <= MOST_LABELS:
        found.freq = freq
    return found


def _dataframe(columns, index, values):
    import pandas as pd

    columns, index = _index_of(columns), _index_of(index)
    if type(values) is bytes:
        block = _array(values)
        if block.ndim != 2 or block.shape != (len(index), len(columns)):
            raise ValueError("no block")
        return pd.DataFrame(block, index=index, columns=columns)
    if type(values) is not tuple or len(values) != len(columns):
        raise ValueError("no columns")
    made = [_column_of(column) for column in values]
    if any(len(column) != len(index) for column in made) or not made and len(index) > MOST_LABELS:
        raise ValueError("columns of different lengths")
    frame = pd.DataFrame(
        {i: pd.Series(column, index=index, dtype=column.dtype) for i, column in enumerate(made)}, index=index
    )
    frame.columns = columns
    return frame


def _series(index, column, name):
    import pandas as pd

    index, column = _index_of(index), _column_of(column)
    return pd.Series(column, index=index, name=name, dtype=column.dtype)


def _timestamp(value, unit, zone):
    import pandas as pd

    timestamp = pd.Timestamp(np.datetime64(_int64(value), _unit(unit)))
    return timestamp if zone is None or timestamp is pd.NaT else timestamp.tz_localize("UTC").tz_convert(_zone(zone))


def _pandas_timedelta(value, unit):
    import pandas as pd

    return pd.Timedelta(np.timedelta64(_int64(value), _unit(unit)))


def _int64(value):
    if type(value) is not int or not -(1 << 63) <= value < 1 << 63:
        raise ValueError("no number")
    return value


def _unit(unit):
    if unit not in ("s", "ms", "us", "ns"):
        raise ValueError("no unit")
    return unit


def _missing(name):
    import pandas as pd

    return {"NaT": pd.NaT, "NA": pd.NA}[name]


def _pandas_array(*parts):
    return _column_of(parts)


_BUILD = {
    "counter": _counter,
    "ordered": lambda pairs: collections.OrderedDict(_pairs(pairs)),
    "defaultdict": _defaultdict,
    "deque": _deque,
    "bytearray": _bytearray,
    "path": _path,
    "poly1d": _poly1d,
    "masked": _masked,
    "matrix": _matrix,
    "masked_constant": lambda: np.ma.masked,
    "sparse": _sparse_of,
    "dataframe": _dataframe,
    "series": _series,
    "index": lambda *parts: _index_of(parts),
    "timestamp": _timestamp,
    "pandas_timedelta": _pandas_timedelta,
    "sympy": symbolic.value_of,
    "missing": _missing,
    "array": _pandas_array,
}
