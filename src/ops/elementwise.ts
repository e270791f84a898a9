// Elementwise operations of two tensors with broadcasting. The kernel has four axes, so that
// broadcasting may change at most three times from axis to axis.

import { fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { broadcastShapes } from '../util/broadcastShapes.ts'
import { type Shape, showShape, sizeOf } from '../util/shape.ts'
import { affine } from './affine.ts'
import { sumTo } from './broadcasting.ts'
import { binary as binaryKernel, maximumGradient as maximumGradientKernel } from './kernels.gen.ts'

export const binaryCodes = { add: 0, subtract: 1, multiply: 2, divide: 3, maximum: 4, minimum: 5 } as const
export type BinaryFunction = keyof typeof binaryCodes

/** The shape that a and b broadcast to, by NumPy's rule. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const shape = broadcastShapes('elementwise operation', [a, b]) as Shape
  if (merged(a, b, shape).length > MOST_AXES)
    fail('elementwise operation', {
      expected: 'at most four axes that broadcast in turn',
      got: `${showShape(a)} and ${showShape(b)}`,
    })
  return shape
}

const MOST_AXES = 4

/** The extents of a, b and y along each axis; neighbouring axes that broadcast the same inputs are merged. */
function merged(a: Shape, b: Shape, y: Shape): readonly (readonly [a: number, b: number, y: number])[] {
  const axes: [a: number, b: number, y: number][] = []
  y.forEach((extent, axis) => {
    if (extent === 1) return
    const [p = 1, q = 1] = [a, b].map((shape) => shape[axis - y.length + shape.length] ?? 1)
    const last = axes.at(-1)
    if (last && (last[0] === 1) === (p === 1) && (last[1] === 1) === (q === 1)) {
      last[0] *= p
      last[1] *= q
      last[2] *= extent
    } else axes.push([p, q, extent])
  })
  return axes
}

const padded = (shape: Shape): number[] => [...Array<number>(MOST_AXES - shape.length).fill(1), ...shape]

function strides(shape: Shape): number[] {
  const [p = 1, q = 1, r = 1, s = 1] = padded(shape)
  return [q * r * s, r * s, s, 1].map((stride, axis) => ([p, q, r, s][axis] === 1 ? 0 : stride))
}

/** The kernels' axes: those of y, and what an index more along each is in a and in b. */
function axesOf(a: Shape, b: Shape, y: Shape) {
  const axes = merged(a, b, y)
  return {
    size: sizeOf(y),
    shape: padded(axes.map(([, , extent]) => extent)),
    aStrides: strides(axes.map(([extent]) => extent)),
    bStrides: strides(axes.map(([, extent]) => extent)),
  }
}

/** The gradients of a maximum, or of a minimum, in the shape of dy. */
export const maximumGradient = defineOp({
  kernel: maximumGradientKernel,
  dims: { a: '...', b: '...', dy: '...S' },
  discardable: ['da', 'db'],
  shape: ({ dy }) => ({ da: dy, db: dy }),
  params: ({ a, b, dy, da, db }, { isMinimum }: { readonly isMinimum: boolean }) => ({
    ...axesOf(a, b, dy),
    isMinimum: Number(isMinimum),
    kept: Number(da !== undefined) + 2 * Number(db !== undefined),
  }),
  threads: ({ size }) => size,
})

/** y = a ∘ b by NumPy's broadcasting. */
export const binary = defineOp({
  kernel: binaryKernel,
  dims: { a: '...', b: '...' },
  shape: ({ a, b }) => ({ y: broadcastShape(a, b) }),
  params: ({ a, b, y }, { fn }: { readonly fn: BinaryFunction }) => ({
    ...axesOf(a, b, y),
    code: binaryCodes[fn],
  }),
  threads: ({ size }) => size,
  gradient(
    { graph, inputs: { a, b }, outputs: { y }, attrs: { fn }, wants },
    { y: dy },
  ): Gradients<'a' | 'b'> {
    if (dy === undefined) return {}
    const by = (p: Value, q: Value, f: BinaryFunction): Value => binary(graph, { a: p, b: q }, { fn: f }).y
    const negative = (p: Value): Value => affine(graph, { x: p }, { scale: -1 }).y
    const chosen = (): readonly [() => Value, () => Value] => {
      const both = maximumGradient(graph, { a, b, dy }, { isMinimum: fn === 'minimum' })
      return [() => both.da, () => both.db]
    }
    // The gradients of a and b in the shape of y; broadcast axes are summed afterwards.
    const full: Partial<Record<BinaryFunction, readonly [() => Value, () => Value]>> = {
      add: [() => dy, () => dy],
      subtract: [() => dy, () => negative(dy)],
      multiply: [() => by(dy, b, 'multiply'), () => by(dy, a, 'multiply')],
      divide: [() => by(dy, b, 'divide'), () => negative(by(by(dy, y, 'multiply'), b, 'divide'))],
    }
    const [da, db] = full[fn] ?? chosen()
    return {
      a: wants('a') ? sumTo(graph, da(), a.shape) : undefined,
      b: wants('b') ? sumTo(graph, db(), b.shape) : undefined,
    }
  },
})

/** The sum of two tensors of one shape; autodiff adds gradients with it. */
export const add = (graph: Graph, a: Value, b: Value): Value => binary(graph, { a, b }, { fn: 'add' }).y
