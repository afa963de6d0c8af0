"""CloudWatch metric math, as far as the alarms use it and AWS documents it.

Source: Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics". A form that
is not supported here raises NotDocumented: look up what AWS says about it, and add it with a test.
"""

import ast
import functools
import itertools
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

# The values of a metric or an expression by the position of their period; a missing value has none.
Series = dict[int, float]
Value = Series | float


class NotDocumented(ValueError):
    """AWS does not document what this form of an expression gives."""


class Reading(NamedTuple):
    """One way to read what AWS leaves open."""

    # Whether FILL with a number gives values for a metric that has none at all in the range.
    fills_empty: bool = True
    # Whether IF(series > number, other, ...) gives 0 where the condition is true and `other` has no
    # value, as documented for IF(series, other, ...), or drops the value.
    zero_if_missing: bool = True


_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Eq: operator.eq,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.NotEq: operator.ne,
}


def evaluate(
    expression: str, metrics: Mapping[str, Series], periods: Sequence[int], reading: Reading
) -> Series:
    """The value of `expression` in each of `periods`, oldest first; `metrics` are by their ids."""
    value = _value(_parsed(expression), metrics, periods, reading)
    if not isinstance(value, dict):
        raise NotDocumented(f"{expression} is not a time series")
    return value


@functools.cache
def _parsed(expression: str) -> ast.expr:
    try:
        return ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise NotDocumented(expression) from error


def _value(
    node: ast.expr, metrics: Mapping[str, Series], periods: Sequence[int], reading: Reading
) -> Value:
    def of(each: ast.expr) -> Value:
        return _value(each, metrics, periods, reading)

    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in metrics:
            return metrics[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _arithmetic(_ARITHMETIC[type(op)], of(left), of(right))
        case ast.Call(func=ast.Name(id="DIFF"), args=[of_what]):
            return _differences(_series(of(of_what)))
        case ast.Call(func=ast.Name(id="FILL"), args=[of_what, ast.Name(id="REPEAT")]):
            return _repeated(_series(of(of_what)), periods)
        case ast.Call(func=ast.Name(id="FILL"), args=[of_what, ast.Constant(value=int() as with_)]):
            series = _series(of(of_what))
            if not series and not reading.fills_empty:
                return {}
            return {each: series.get(each, float(with_)) for each in periods}
        case ast.Call(
            func=ast.Name(id="IF"),
            args=[ast.Compare(left=left, ops=[op], comparators=[right]), then, other],
        ):
            condition, limit = _series(of(left)), of(right)
            if isinstance(limit, dict):
                raise NotDocumented("only a comparison of a series with a number is used")
            compare = _COMPARISONS[type(op)]
            truth = {each: compare(value, limit) for each, value in condition.items()}
            return _if(truth, of(then), of(other), reading)
    raise NotDocumented(ast.unparse(node))


def _series(value: Value) -> Series:
    if isinstance(value, dict):
        return value
    raise NotDocumented(f"the number {value} stands where a series has to be")


def _arithmetic(apply: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """Of two series, a value that only one of them has counts as 0 in the other. A division by zero
    gives no value."""
    if not isinstance(left, dict) and not isinstance(right, dict):
        return apply(left, right)
    periods = {
        *(left if isinstance(left, dict) else ()),
        *(right if isinstance(right, dict) else ()),
    }
    pairs = {each: (_at(left, each), _at(right, each)) for each in periods}
    return {
        each: apply(*pair)
        for each, pair in pairs.items()
        if not (apply is operator.truediv and pair[1] == 0)
    }


def _at(value: Value, period: int) -> float:
    return value.get(period, 0.0) if isinstance(value, dict) else value


def _differences(series: Series) -> Series:
    """Each value less the value before it; the first has none before it."""
    periods = sorted(series)
    return {
        later: series[later] - series[earlier] for earlier, later in itertools.pairwise(periods)
    }


def _repeated(series: Series, periods: Sequence[int]) -> Series:
    """Missing values become the newest value before them. Before the first there is none."""
    filled: Series = {}
    for each in periods:
        if each in series:
            filled[each] = series[each]
        elif filled:
            filled[each] = filled[max(filled)]
    return filled


def _if(truth: Mapping[int, bool], then: Value, other: Value, reading: Reading) -> Series:
    """Without a condition there is no value, nor without the value for a false one."""
    chosen: Series = {}
    for each, true in truth.items():
        value = then if true else other
        if not isinstance(value, dict):
            chosen[each] = value
        elif each in value:
            chosen[each] = value[each]
        elif true and reading.zero_if_missing:
            chosen[each] = 0.0
    return chosen
