"""Expressions of SymPy by value: as trees of names and plain numbers, built without evaluation and never from text."""

from __future__ import annotations

import sys
from typing import Any

from .values import Extension

LARGEST_EXPONENT = 10_000  # 10**10**10 would take all memory when a test simplifies it
GROWING = {
    "factorial",
    "factorial2",
    "subfactorial",
    "gamma",
    "binomial",
    "fibonacci",
    "lucas",
    "bell",
    "catalan",
    "harmonic",
    "RisingFactorial",
    "FallingFactorial",
}
CONSTANTS = (
    "Pi",
    "Exp1",
    "ImaginaryUnit",
    "Infinity",
    "NegativeInfinity",
    "ComplexInfinity",
    "NaN",
    "BooleanTrue",
    "BooleanFalse",
    "EulerGamma",
    "GoldenRatio",
    "EmptySet",
    "Reals",
    "Integers",
    "Naturals",
)
RELATIONS = ("Equality", "Unequality", "LessThan", "StrictLessThan", "GreaterThan", "StrictGreaterThan")
KINDS = (
    "Add",
    "Mul",
    "Pow",
    "Tuple",
    "Derivative",
    "Integral",
    "Sum",
    "Product",
    "Limit",
    "Piecewise",
    "ExprCondPair",
    "FiniteSet",
    "Interval",
    "Union",
    "And",
    "Or",
    "Not",
    *RELATIONS,
)
MATRICES = ("MutableDenseMatrix", "ImmutableDenseMatrix")


def parts_of(x: Any) -> Extension | None:
    """An Extension for an expression, a set or a matrix of SymPy; None for anything else."""
    sympy: Any = sys.modules.get("sympy")
    kind = type(x)
    if not hasattr(sympy, "MatrixBase") or not isinstance(x, (sympy.Basic, sympy.MatrixBase)):
        return None
    name = kind.__name__
    if isinstance(x, sympy.Integer):
        return Extension(("sympy", "Integer", int(x)))
    if isinstance(x, sympy.Rational) and x.is_finite:
        return Extension(("sympy", "Rational", int(x.p), int(x.q)))
    if kind is sympy.Float:
        return Extension(("sympy", "Float", tuple(int(part) for part in x._mpf_), int(x._prec)))
    if kind is sympy.Symbol:
        given = getattr(x, "_assumptions_orig", None) or getattr(x._assumptions, "_generator", {})
        return Extension(
            (
                "sympy",
                "Symbol",
                x.name,
                tuple(
                    (key, value)
                    for key, value in given.items()
                    if type(value) is bool and (key, value) != ("commutative", True)
                ),
            )
        )
    if name in CONSTANTS and not x.args:
        return Extension(("sympy", name))
    if name in MATRICES and isinstance(x, sympy.MatrixBase):
        return Extension(("sympy", name, *map(int, x.shape), *x))
    if isinstance(x, sympy.core.function.AppliedUndef):
        return Extension(("sympy", "AppliedUndef", name, *x.args))
    if _class(sympy, name) is kind:
        return Extension(("sympy", name, *x.args))
    return None


def value_of(name: str, *parts: Any) -> Any:
    """The expression behind such an Extension. Raises whatever SymPy raises for impossible ones."""
    import sympy

    if name == "Integer":
        return sympy.Integer(_of(int, *parts))
    if name == "Rational":
        return sympy.Rational(*(_of(int, part) for part in parts))
    if name == "Float":
        (sign, man, exp, bits), precision = parts
        if (
            any(type(one) is not int for one in (sign, man, exp, bits, precision))
            or abs(exp) > LARGEST_EXPONENT
            or not 0 < precision < 10_000
        ):
            raise ValueError("no number")
        return sympy.Float((sign, man, exp, man.bit_length()), precision=precision)
    if name == "Symbol":
        text, given = parts
        if any(type(key) is not str or type(value) is not bool for key, value in given):
            raise ValueError("no assumptions")
        return sympy.Symbol(
            _of(str, text), **{key: value for key, value in given if key.isidentifier() and key != "cls"}
        )
    if name in CONSTANTS and not parts:
        return (
            {"BooleanTrue": sympy.true, "BooleanFalse": sympy.false}[name]
            if name.startswith("Boolean")
            else getattr(sympy.S, name)
        )
    if name == "AppliedUndef":
        function, *arguments = parts
        return sympy.Function(_of(str, function))(*_all(sympy, arguments), evaluate=False)
    if name in MATRICES:
        rows, columns, *entries = parts
        return getattr(sympy.matrices, name)(_of(int, rows), _of(int, columns), _all(sympy, entries))
    kind, parts = _class(sympy, name), _all(sympy, parts)
    if (
        kind is None
        or name in GROWING
        and any(isinstance(one, sympy.Integer) and abs(one) > LARGEST_EXPONENT for one in parts)
    ):
        raise ValueError("no expression")
    if name in ("Add", "Mul"):
        if not all(isinstance(one, sympy.Expr) for one in parts):
            raise ValueError("no expression")
        return kind._from_args(parts)
    if name == "Pow" and isinstance(parts[1], sympy.Rational) and abs(parts[1]) > LARGEST_EXPONENT:
        raise ValueError("too large a power")
    if name in ("Tuple", "Interval", "Integral", "Sum", "Product", "Limit", "ExprCondPair"):
        return kind(*parts)
    return kind(*parts, evaluate=False)


def _class(sympy, name):
    found = getattr(sympy, name, None) or (
        getattr(sympy.functions.elementary.piecewise, name, None) if name == "ExprCondPair" else None
    )
    if name in KINDS:
        return found
    return (
        found
        if isinstance(found, type)
        and issubclass(found, sympy.Function)
        and found.__module__.startswith("sympy.functions.")
        else None
    )


def _of(kind, value):
    if type(value) is not kind:
        raise ValueError(f"no {kind.__name__}")
    return value


def _all(sympy, parts):
    if not all(isinstance(one, sympy.Basic) for one in parts):
        raise ValueError("no expressions")
    return list(parts)
