// The slopes of activations as expressions of functions that have gradients themselves, from the number that is stored of each:
// activationSlope of shaders/lib/activation.wgsl, to be differentiated.

import type { Graph, Value } from '../graph/graph.ts'
import { activations } from './activations.ts'
import { type Operand, point } from './pointwise.ts'
import { ACTIVATIONS, type PointwiseName } from './pointwiseFunctions.ts'
import { SELU_ALPHA, SELU_SCALE } from './selu.ts'

/** Whose root is far below what rounding leaves of 1, and has a slope that is finite. */
const TINY = 1e-30

type Slope = (s: Value, of: (fn: PointwiseName | number, ...operands: readonly Operand[]) => Value) => Operand

/** 1 between two numbers, else 0. */
const between =
  (low: number, high: number): Slope =>
  (s, of) =>
    of('multiply', of('less', low, s), of('less', s, high))
const outside: Slope = (s, of) => of('less', 0.5, of('absolute', s))
const scaled =
  (slope: Slope, factor: number): Slope =>
  (s, of) =>
    of('multiply', slope(s, of), factor)
/** One number above 0, another slope below. */
const split =
  (above: number, below: Slope): Slope =>
  (s, of) =>
    of('where', of('less', 0, s), above, below(s, of))

const slopes: Readonly<Record<number, Slope>> = {
  [activations.linear.code]: () => 1,
  [activations.relu.code]: (s, of) => of('less', 0, s),
  [activations.sigmoid.code]: (s, of) => of('multiply', s, of('subtract', 1, s)),
  [activations.tanh.code]: (s, of) => of('subtract', 1, of('square', s)),
  [activations.hard_sigmoid.code]: scaled(between(0, 1), 1 / 6),
  [activations.softplus.code]: (s, of) => of('negative', of('expm1', of('negative', s))),
  [activations.softsign.code]: (s, of) => of('square', of('subtract', 1, of('absolute', s))),
  [activations.elu.code]: split(1, (s, of) => of('add', s, 1)),
  [activations.selu.code]: split(SELU_SCALE, (s, of) => of('add', s, SELU_SCALE * SELU_ALPHA)),
  [activations.exponential.code]: (s) => s,
  [activations.leaky_relu.code]: split(1, () => 0.2),
  [activations.relu6.code]: between(0, 6),
  [activations.hard_tanh.code]: between(-1, 1),
  [activations.log_sigmoid.code]: (s, of) => of('negative', of('expm1', s)),
  [activations.sparse_plus.code]: (s, of) => of('minimum', of('sqrt', of('maximum', s, TINY)), 1),
  [activations.sparse_sigmoid.code]: scaled(between(0, 1), 0.5),
  [activations.keras2_hard_sigmoid.code]: scaled(between(0, 1), 0.2),
  [activations.silu.code]: (s, of) => {
    const g = of(ACTIVATIONS + activations.sigmoid.code, s)
    return of('multiply', g, of('add', 1, of('multiply', s, of('subtract', 1, g))))
  },
  [activations.gelu.code]: (s, of) => {
    const cumulative = of('multiply', 0.5, of('add', 1, of('erf', of('multiply', s, Math.SQRT1_2))))
    const density = of(
      'multiply',
      of('exp', of('multiply', -0.5, of('square', s))),
      1 / Math.sqrt(2 * Math.PI),
    )
    return of('add', cumulative, of('multiply', s, density))
  },
  [activations.mish.code]: (s, of) => {
    const t = of('tanh', of(ACTIVATIONS + activations.softplus.code, s))
    const g = of(ACTIVATIONS + activations.sigmoid.code, s)
    return of('add', t, of('multiply', of('multiply', s, g), of('subtract', 1, of('square', t))))
  },
  [activations.hard_silu.code]: (s, of) =>
    of(
      'add',
      of(ACTIVATIONS + activations.hard_sigmoid.code, s),
      of('multiply', of('multiply', s, 1 / 6), between(-3, 3)(s, of)),
    ),
  [activations.tanh_shrink.code]: (s, of) => of('square', of('tanh', s)),
  [activations.soft_shrink.code]: outside,
  [activations.hard_shrink.code]: outside,
  [activations.squareplus.code]: (s, of) =>
    of('multiply', 0.5, of('add', 1, of('divide', s, of('sqrt', of('add', of('square', s), 4))))),
}

/** The slope of an activation by its code. */
export const slopeExpression = (graph: Graph, code: number, stored: Value): Operand =>
  (slopes[code] ?? (() => 1))(stored, (fn, ...operands) => point(graph, fn, ...operands))
