// Operations that make distributions and unit vectors along an axis.

import { checkFinite } from '../errors.ts'
import { onLastAxes } from '../layers/axes.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { l2Normalize } from '../ops/l2Normalize.ts'
import { softmax as softmaxRows } from '../ops/softmax.ts'
import { divide, maximum } from './elementwise.ts'
import { alongAxis, type Operand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { norm } from './reductions.ts'

/* @__NO_SIDE_EFFECTS__ */
function distribution(name: string, className: string, logarithm: boolean) {
  const apply = alongAxis(name, (graph, x, axis) =>
    onLastAxes(graph, x, [axis], (rows) => softmaxRows(graph, { x: rows }, { logarithm }).y),
  )
  return operation(
    'nn',
    className,
    'x axis=-1',
    (x: Operand, axis = -1): SymbolicTensor => apply(x, axis, {}),
  )
}

/** eˣ divided by its sum along an axis, the last by default. */
export const softmax = distribution('softmax', 'Softmax', false)
/** The logarithm of {@link softmax}. */
export const logSoftmax = distribution('logSoftmax', 'LogSoftmax', true)

const units = alongAxis<{ readonly epsilon: number }>(
  'normalize',
  (graph, x, axis, { epsilon }) => l2Normalize(graph, { x }, { axis, most: 1 / epsilon }).y,
)

/** x divided by its norm of an order along an axis, the last by default, or by `epsilon` (1e-12) where that is larger. */
export const normalize = operation(
  'nn',
  'Normalize',
  'x axis=-1 order=2 epsilon=null',
  (x: Operand, axis = -1, order = 2, epsilon: number | null = null): SymbolicTensor => {
    const least = checkFinite('ops.normalize', 'epsilon', epsilon ?? 1e-12, { min: 0 })
    return order === 2
      ? units(x, axis, { epsilon: least })
      : divide(x, maximum(norm(x, order, axis, true), least))
  },
)
