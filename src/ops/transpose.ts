// y = x with its axes in another order: y.shape[k] = x.shape[permutation[k]]. The compiler
// removes two transpositions that undo each other.

import { fail } from '../errors.ts'
import { defineOp, type Gradients, type Operation } from '../graph/operation.ts'
import { extentOf, type Shape, showShape, sizeOf } from '../util/shape.ts'
import { transpose as kernel } from './kernels.gen.ts'

export interface TransposeAttributes {
  /** For each axis of y, the axis of x that becomes it; each axis once. */
  readonly permutation: readonly number[]
}

/** The kernel's axes, those of y, outermost first: an index more along an axis is `stride` entries of x. */
interface Axis {
  readonly extent: number
  readonly stride: number
}

const MOST_AXES = 5

/** The axes for the kernel, without axes of extent 1; neighbouring axes of x that stay neighbours are merged. */
function axesOf(x: Shape, permutation: readonly number[]): readonly Axis[] {
  const axes: Axis[] = []
  for (const k of permutation) {
    const [extent = 1, ...behind] = x.slice(k)
    const stride = sizeOf(behind)
    const last = axes.at(-1)
    if (extent === 1) continue
    if (last?.stride === extent * stride) axes.splice(-1, 1, { extent: last.extent * extent, stride })
    else axes.push({ extent, stride })
  }
  return axes
}

const isIdentity = (permutation: readonly number[]): boolean => permutation.every((k, axis) => k === axis)

export const transpose = defineOp({
  kernel,
  dims: { x: '...' },
  shape({ x }, { permutation }: TransposeAttributes) {
    if (!isIdentity([...permutation].sort((a, b) => a - b)) || permutation.length !== x.length) {
      fail('transpose', {
        expected: `a permutation of the axes of ${showShape(x)}`,
        got: showShape(permutation),
      })
    }
    if (axesOf(x, permutation).length > MOST_AXES) {
      fail('transpose', {
        expected: `at most ${MOST_AXES} axes that move apart`,
        got: `${showShape(permutation)} of ${showShape(x)}`,
      })
    }
    return { y: permutation.map((k) => extentOf(x, k)) }
  },
  params({ x }, { permutation }) {
    const moved = axesOf(x, permutation)
    const still = Array<Axis>(MOST_AXES - moved.length).fill({ extent: 1, stride: 0 })
    const [outer, ...axes] = [...still, ...moved]
    return {
      size: sizeOf(x),
      outerStride: outer?.stride ?? 0,
      shape: axes.map(({ extent }) => extent),
      strides: axes.map(({ stride }) => stride),
    }
  },
  threads: ({ size }) => size,
  gradient({ graph, attrs: { permutation } }, { y: dy }): Gradients<'x'> {
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis))
    return dy === undefined ? {} : { x: transpose(graph, { x: dy }, { permutation: inverse }).y }
  },
  simplify({ x }, { permutation }) {
    if (isIdentity(permutation)) return { y: x }
    const before = x.node
    const self: Operation = transpose.operation
    if (before?.op !== self) return null
    const first = (before.attrs as TransposeAttributes).permutation
    const { x: original } = before.inputs
    return original && isIdentity(permutation.map((k) => first[k] ?? k)) ? { y: original } : null
  },
})
