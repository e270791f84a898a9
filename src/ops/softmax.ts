// y = softmax(x) over the last axis, or its logarithm.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { softmaxGradient as gradientKernel, softmax as kernel } from './kernels.gen.ts'

interface SoftmaxAttributes {
  readonly logarithm?: boolean
}

export const softmaxGradient = defineOp({
  kernel: gradientKernel,
  dims: { y: '...rows C', dy: '...rows C' },
  shape: ({ y }) => ({ dx: y }),
  params: ({ rows, C }, { logarithm }: SoftmaxAttributes) => ({
    size: sizeOf(rows),
    columns: C,
    logarithm: Number(logarithm ?? false),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 5 * LOAD_FLOPS * columns,
  cpu({ y, dy, dx }, { size, columns, logarithm }) {
    for (let first = 0; first < size * columns; first += columns) {
      let total = 0
      for (let j = first; j < first + columns; j++) total += logarithm ? dy[j]! : y[j]! * dy[j]!
      for (let j = first; j < first + columns; j++) {
        dx[j] = logarithm ? dy[j]! - Math.exp(y[j]!) * total : y[j]! * (dy[j]! - total)
      }
    }
  },
})

export const softmax = defineOp({
  kernel,
  dims: { x: '...rows C' },
  shape: ({ x }) => ({ y: x }),
  params: ({ rows, C }, { logarithm }: SoftmaxAttributes) => ({
    size: sizeOf(rows),
    columns: C,
    logarithm: Number(logarithm ?? false),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 4 * LOAD_FLOPS * columns,
  cpu({ x, y }, { size, columns, logarithm }) {
    for (let first = 0; first < size * columns; first += columns) {
      let largest = -Infinity
      for (let j = first; j < first + columns; j++) largest = Math.max(largest, x[j]!)
      let total = 0
      for (let j = first; j < first + columns; j++) total += Math.exp(x[j]! - largest)
      for (let j = first; j < first + columns; j++) {
        const shifted = x[j]! - largest
        y[j] = logarithm ? shifted - Math.log(total) : Math.exp(shifted) / total
      }
    }
  },
  gradient({ graph, outputs: { y }, attrs }, { y: dy }) {
    return dy === undefined ? {} : { x: softmaxGradient(graph, { y, dy }, attrs).dx }
  },
})
