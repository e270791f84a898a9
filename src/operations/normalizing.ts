// Operations that make distributions and unit vectors along an axis.

import { checkFinite } from '../errors.ts'
import { onLastAxes } from '../layers/axes.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as l2Sides from '../ops/l2Normalize.cpu.ts'
import { l2Normalize } from '../ops/l2Normalize.ts'
import * as softmaxSides from '../ops/softmax.cpu.ts'
import { softmax as softmaxRows } from '../ops/softmax.ts'
import { divide, maximum } from './elementwise.ts'
import { defineOperation, type Operand, shapeOfOperand, single, tensorOf } from './operation.ts'
import { operation } from './operationLayer.ts'
import { type Axes, axesOf, norm } from './reductions.ts'

/* @__NO_SIDE_EFFECTS__ */
function distribution(name: string, className: string, logarithm: boolean) {
  const where = `ops.${name}`
  const apply = defineOperation<{ readonly axes: readonly number[] }>({
    name,
    sides: softmaxSides,
    outputShapes: ([shape = []]) => [shape],
    lower: (graph, [x], { axes }) => [
      onLastAxes(graph, tensorOf(x, where), axes, (rows) => softmaxRows(graph, { x: rows }, { logarithm }).y),
    ],
  })
  return operation(
    'nn',
    className,
    'x axis=-1',
    (x: Operand, axis: number | readonly number[] = -1): SymbolicTensor =>
      single(apply(where, [x], { axes: axesOf(where, axis, shapeOfOperand(x, where).length) })),
  )
}

/** eˣ divided by its sum along an axis, the last by default, or over several. */
export const softmax = distribution('softmax', 'Softmax', false)
/** The logarithm of {@link softmax}. */
export const logSoftmax = distribution('logSoftmax', 'LogSoftmax', true)

const units = defineOperation<{ readonly axes: readonly number[]; readonly epsilon: number }>({
  name: 'normalize',
  sides: l2Sides,
  outputShapes: ([shape = []]) => [shape],
  lower: (graph, [operand], { axes, epsilon }) => {
    const x = tensorOf(operand, 'ops.normalize')
    const most = 1 / epsilon
    const [only] = axes
    return [
      only !== undefined && axes.length === 1
        ? l2Normalize(graph, { x }, { axis: only, most }).y
        : onLastAxes(graph, x, axes, (rows) => l2Normalize(graph, { x: rows }, { axis: 1, most }).y),
    ]
  },
})

/**
 * x divided by its norm of an order along an axis, the last by default, or by `epsilon` (1e-7) where that is larger. Over several axes,
 * or all, null, the norm is that of all entries.
 */
export const normalize = operation(
  'nn',
  'Normalize',
  'x axis=-1 order=2 epsilon=null',
  (x: Operand, axis: Axes = -1, order = 2, epsilon: number | null = null): SymbolicTensor => {
    const where = 'ops.normalize'
    const least = checkFinite(where, 'epsilon', epsilon ?? 1e-7, { min: 0 })
    if (order !== 2) return divide(x, maximum(norm(x, order, axis, true), least))
    const axes = axesOf(where, axis, shapeOfOperand(x, where).length)
    return single(units(where, [x], { axes, epsilon: least }))
  },
)
