// Functions that are expressions of others, element by element: values against doubles, gradients against differences.
import { ops } from '../../src/index.ts'
import {
  B,
  F,
  type FunctionCase,
  one,
  range,
  T,
  testFunctions,
  total,
  two,
} from '../support/checkFunction.ts'

type Fn = FunctionCase['fn']

/** A function of one tensor, entry by entry. */
const each = (fn: Fn, exact: (x: number) => number, isStep = false): FunctionCase => ({
  fn,
  x: one,
  shape: [B, T, F],
  exact: (at, x) => exact(x(...at)),
  isStep,
})
/** A function of two. */
const pair = (fn: Fn, exact: (x: number, y: number) => number, isStep = false): FunctionCase => ({
  fn,
  x: two,
  shape: [B, T, F],
  exact: (at, x, y) => exact(x(...at), y(...at)),
  isStep,
})

/** 2/√π times the integral of e^(−t²), by Simpson's rule. */
const erf = (x: number): number => {
  const h = x / 200
  const sum = total(201, (i) => (i === 0 || i === 200 ? 1 : i % 2 ? 4 : 2) * Math.exp(-((i * h) ** 2)))
  return ((2 / Math.sqrt(Math.PI)) * h * sum) / 3
}
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const nan = Number.NaN

testFunctions({
  'round to decimals': each(
    (x) => ops.round(x, 1),
    (x) => Math.round(Math.fround(10 * x)) / 10,
    true,
  ),
  'squareplus of another b': each(
    (x) => ops.squareplus(x, 2),
    (x) => (x + Math.sqrt(x * x + 2)) / 2,
  ),
  cbrt: each(
    (x) => ops.cbrt(ops.add(x, -2)),
    (x) => Math.cbrt(x - 2),
  ),
  exp2: each(
    (x) => ops.exp2(x),
    (x) => 2 ** x,
  ),
  'deg2rad and rad2deg': each((x) => ops.deg2rad(ops.rad2deg(ops.fabs(x))), Math.abs),
  sinc: each(
    (x) => ops.sinc(ops.copy(x)),
    (x) => Math.sin(Math.PI * x) / (Math.PI * x),
  ),
  erfc: each(
    (x) => ops.erfc(x),
    (x) => 1 - erf(x),
  ),
  celu: each(
    (x) => ops.celu(x, 0.5),
    (x) => (x > 0 ? x : 0.5 * Math.expm1(x / 0.5)),
  ),
  softShrink: each(
    (x) => ops.softShrink(x, 0.3),
    (x) => Math.sign(x) * Math.max(0, Math.abs(x) - 0.3),
  ),
  hardShrink: each(
    (x) => ops.hardShrink(x, 0.3),
    (x) => (Math.abs(x) > 0.3 ? x : 0),
    true,
  ),
  threshold: each(
    (x) => ops.threshold(x, 0.2, 7),
    (x) => (x > 0.2 ? x : 7),
    true,
  ),
  sparseSigmoid: each(
    (x) => ops.sparseSigmoid(x),
    (x) => 0.5 * x + 0.5,
  ),
  sparsePlus: each(
    (x) => ops.sparsePlus(x),
    (x) => ((x + 1) / 2) ** 2,
  ),
  fmod: each(
    (x) => ops.fmod(ops.multiply(x, 5), 0.7),
    (x) => Math.fround(5 * x) % 0.7,
  ),
  logaddexp: pair(
    (x, y) => ops.logaddexp(x, y),
    (x, y) => Math.log(Math.exp(x) + Math.exp(y)),
  ),
  logaddexp2: pair(
    (x, y) => ops.logaddexp2(x, y),
    (x, y) => Math.log2(2 ** x + 2 ** y),
  ),
  hypot: pair((x, y) => ops.hypot(x, y), Math.hypot),
  ldexp: pair(
    (x, y) => ops.ldexp(x, y),
    (x, y) => x * 2 ** y,
  ),
  glu: {
    fn: (x) => ops.glu(x),
    x: one,
    shape: [B, T, F / 2],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t, f) * sigmoid(x(b, t, f + F / 2)),
  },
  isclose: pair(
    (x, y) => ops.isclose(x, y, 0.5, 0.1),
    (x, y) => Number(Math.abs(x - y) <= 0.1 + 0.5 * Math.abs(y)),
    true,
  ),
  'isclose of NaN and infinity': each(
    (x) =>
      ops.isclose(
        ops.where(ops.less(x, 0), nan, Infinity),
        ops.where(ops.less(x, 0), nan, Infinity),
        0,
        0,
        true,
      ),
    () => 1,
    true,
  ),
  allclose: {
    fn: (x) => ops.allclose(x, ops.add(x, 1e-9)),
    x: one,
    shape: [],
    exact: () => 1,
    isStep: true,
  },
  isin: each(
    (x) => ops.isin(ops.sign(x), [0, 1]),
    (x) => Number(x > 0),
    true,
  ),
  heaviside: each(
    (x) => ops.heaviside(ops.maximum(x, 0), 0.5),
    (x) => (x > 0 ? 1 : 0.5),
    true,
  ),
  fmax: pair(
    (x, y) => ops.fmax(ops.where(ops.less(x, 0), nan, x), y),
    (x, y) => (x < 0 ? y : Math.max(x, y)),
  ),
  fmin: pair(
    (x, y) => ops.fmin(ops.where(ops.less(x, 0), nan, x), y),
    (x, y) => (x < 0 ? y : Math.min(x, y)),
  ),
  nanToNum: each(
    (x) => ops.nanToNum(ops.where(ops.less(x, -0.5), nan, ops.where(ops.less(x, 0), -Infinity, x)), 3, 4, 5),
    (x) => (x < -0.5 ? 3 : x < 0 ? 5 : x),
    true,
  ),
  divideNoNan: pair(
    (x, y) => ops.divideNoNan(x, ops.multiply(ops.sign(y), ops.maximum(y, 0))),
    (x, y) => (y > 0 ? x / y : 0),
    true,
  ),
  select: pair(
    (x, y) => ops.select([ops.less(x, -0.5), ops.less(x, 0.5)], [y, x], 2),
    (x, y) => (x < -0.5 ? y : x < 0.5 ? x : 2),
    true,
  ),
  searchsorted: each(
    (x) => ops.searchsorted([-0.6, -0.1, 0.4], x),
    (x) => range(3).filter((i) => -0.6 + i * 0.5 < x).length,
    true,
  ),
  digitize: each(
    (x) => ops.digitize(x, [-0.6, -0.1, 0.4]),
    (x) => range(3).filter((i) => -0.6 + i * 0.5 <= x).length,
    true,
  ),
})
