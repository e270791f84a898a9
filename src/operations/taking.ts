// Operations that take entries by indices, which are numbers or tensors.

import { checkExtent } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { point } from '../ops/pointwise.ts'
import * as takeSides from '../ops/take.cpu.ts'
import { take as takeEntries } from '../ops/take.ts'
import { reshape as view } from '../ops/view.ts'
import { sizeOf } from '../util/shape.ts'
import { asType } from './casting.ts'
import { getItem } from './indexing.ts'
import { axisOf, defineOperation, type Operand, shapeOfOperand, single, tensorOf } from './operation.ts'
import { operation } from './operationLayer.ts'
import { ravel } from './shapes.ts'

const taken = defineOperation<{ readonly axis: number; readonly isAlong: boolean }>({
  name: 'take',
  sides: takeSides,
  outputShapes: ([shape = [], indices = []], { axis, isAlong }) => [
    isAlong ? indices : [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)],
  ],
  lower: (graph, [operand, given], { axis, isAlong }) => {
    // Data without axes come as their number.
    const indices = typeof given === 'number' ? graph.constant(Float32Array.of(given), []) : given
    const tensors = { x: tensorOf(operand, 'ops.take'), indices: tensorOf(indices, 'ops.take') }
    return [takeEntries(graph, tensors, { axis, isAlong }).y]
  },
})

/** Entries along an axis by their indices, below 0 from the end; without an axis those of the tensor as a row. */
export const take = operation(
  'numpy',
  'Take',
  'x indices axis=null',
  (x: Operand, indices: Operand, axis: number | null = null): SymbolicTensor => {
    const where = 'ops.take'
    if (axis === null) return take(ravel(x), indices, 0)
    const shape = shapeOfOperand(x, where)
    const at = axisOf(where, axis, shape.length)
    if (typeof indices === 'number')
      return getItem(
        x,
        shape.map((_, i) => (i === at ? indices : null)),
      )
    return single(taken(where, [x, indices], { axis: at, isAlong: false }))
  },
)

/**
 * Entries along an axis, each by an index of its own: `indices` have the shape of x but for that axis. Without an axis the entries of
 * both as rows.
 */
export const takeAlongAxis = operation(
  'numpy',
  'TakeAlongAxis',
  'x indices axis=null',
  (x: Operand, indices: Operand, axis: number | null = null): SymbolicTensor => {
    const where = 'ops.takeAlongAxis'
    if (axis === null) return takeAlongAxis(ravel(x), ravel(indices), 0)
    const { length: rank } = shapeOfOperand(x, where)
    return single(taken(where, [x, indices], { axis: axisOf(where, axis, rank), isAlong: true }))
  },
)

const oneHots = defineOperation<{ readonly axis: number; readonly numClasses: number }>({
  name: 'oneHot',
  outputShapes: ([shape = []], { axis, numClasses }) => [
    [...shape.slice(0, axis), numClasses, ...shape.slice(axis)],
  ],
  lower: (graph, [operand, classes], { axis }) => {
    const x = tensorOf(operand, 'ops.oneHot')
    const shape = [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]
    const numbers = tensorOf(classes, 'ops.oneHot')
    const along = view(graph, numbers, {
      shape: [sizeOf(numbers.shape), ...x.shape.slice(axis).map(() => 1)],
    })
    return [point(graph, 'equal', view(graph, x, { shape }), along)]
  },
})

/** 1 at the place of a class along a new axis, the last by default, else 0: `[batch, steps]` → `[batch, steps, numClasses]`. */
export const oneHot = operation(
  'nn',
  'OneHot',
  'x numClasses= axis=-1 dtype=null !sparse=false',
  (x: Operand, numClasses: number, axis = -1, dtype: string | null = null): SymbolicTensor => {
    const where = 'ops.oneHot'
    const count = checkExtent(where, 'numClasses', numClasses)
    const { length: rank } = shapeOfOperand(x, where)
    const classes = Float32Array.from({ length: count }, (_, i) => i)
    const args = { axis: axisOf(where, axis, rank + 1), numClasses: count }
    return asType(single(oneHots(where, [x, classes], args)), dtype)
  },
)
