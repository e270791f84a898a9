// Operations that make distributions and unit vectors along an axis.

import { onLastAxes } from '../layers/axes.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { l2Normalize } from '../ops/l2Normalize.ts'
import { softmax as softmaxRows } from '../ops/softmax.ts'
import { alongAxis, type Operand } from './operation.ts'

/* @__NO_SIDE_EFFECTS__ */
function distribution(name: string, className: string, logarithm: boolean) {
  const apply = alongAxis(name, { className, module: 'nn' }, (graph, x, axis) =>
    onLastAxes(graph, x, [axis], (rows) => softmaxRows(graph, { x: rows }, { logarithm }).y),
  )
  return (x: Operand, axis = -1): SymbolicTensor => apply(x, axis, {})
}

/** eˣ divided by its sum along an axis, the last by default. */
export const softmax = distribution('softmax', 'Softmax', false)
/** The logarithm of {@link softmax}. */
export const logSoftmax = distribution('logSoftmax', 'LogSoftmax', true)

const units = alongAxis<{ readonly epsilon: number }>(
  'normalize',
  { className: 'Normalize', module: 'nn' },
  (graph, x, axis, { epsilon }) => l2Normalize(graph, { x }, { axis, most: 1 / epsilon }).y,
)

/** x divided by its Euclidean norm along an axis, the last by default, or by `epsilon` (1e-12) where that is larger. */
export const normalize = (x: Operand, axis = -1, epsilon = 1e-12): SymbolicTensor =>
  units(x, axis, { epsilon })
