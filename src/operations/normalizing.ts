// Operations that make distributions and unit vectors along an axis.

import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { point } from '../ops/pointwise.ts'
import { sum } from '../ops/reduce.ts'
import { softmax as softmaxRows } from '../ops/softmax.ts'
import { transpose } from '../ops/transpose.ts'
import { reshape as view } from '../ops/view.ts'
import { axisOf, defineOperation, type Operand, shapeOfOperand, single, tensorOf } from './operation.ts'

/* @__NO_SIDE_EFFECTS__ */
function distribution(name: string, className: string, logarithm: boolean) {
  const apply = defineOperation<{ readonly axis: number }>({
    className,
    module: 'nn',
    outputShapes: ([shape = []]) => [shape],
    lower: (graph, [operand], { axis }) => {
      const x = tensorOf(operand, `ops.${name}`)
      const last = x.shape.length - 1
      if (axis === last) return [softmaxRows(graph, { x }, { logarithm }).y]
      // Rows are the last axis of the kernel: the exchange of two axes is its own inverse.
      const permutation = x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i))
      const moved = transpose(graph, { x }, { permutation }).y
      return [transpose(graph, { x: softmaxRows(graph, { x: moved }, { logarithm }).y }, { permutation }).y]
    },
  })
  return (x: Operand, axis = -1): SymbolicTensor => {
    const where = `ops.${name}`
    return single(apply(where, [x], { axis: axisOf(where, axis, shapeOfOperand(x, where).length) }))
  }
}

/** eˣ divided by its sum along an axis, the last by default. */
export const softmax = distribution('softmax', 'Softmax', false)
/** The logarithm of {@link softmax}. */
export const logSoftmax = distribution('logSoftmax', 'LogSoftmax', true)

const units = defineOperation<{ readonly axis: number; readonly epsilon: number }>({
  className: 'Normalize',
  module: 'nn',
  outputShapes: ([shape = []]) => [shape],
  lower: (graph, [operand], { axis, epsilon }) => {
    const x = tensorOf(operand, 'ops.normalize')
    const squares = sum(graph, { x: point(graph, 'square', x) }, { axis }).y
    const shape = x.shape.map((extent, i) => (i === axis ? 1 : extent))
    const size = view(graph, point(graph, 'sqrt', squares), { shape })
    return [point(graph, 'divide', x, point(graph, 'maximum', size, epsilon))]
  },
})

/** x divided by its Euclidean norm along an axis, the last by default, or by `epsilon` (1e-12) where that is larger. */
export const normalize = (x: Operand, axis = -1, epsilon = 1e-12): SymbolicTensor => {
  const where = 'ops.normalize'
  return single(units(where, [x], { axis: axisOf(where, axis, shapeOfOperand(x, where).length), epsilon }))
}
