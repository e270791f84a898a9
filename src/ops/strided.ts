// Slices with steps, flips, paddings and croppings of any axes: y's entry i along an axis is x's entry (start + step·i) / spacing, or
// `value` where x has none. The gradient is the same with start, step and spacing of the inverse.

import { fail } from '../errors.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { type Shape, showShape, sizeOf } from '../util/shape.ts'
import { strided as kernel } from './kernels.gen.ts'

/** Which entries of x are those of y along one axis. */
export interface Lattice {
  /** Entries of y. */
  readonly count: number
  readonly start: number
  /** Not 0. */
  readonly step: number
  /** 1 where every entry in between is x's own; at least 1. */
  readonly spacing: number
}

export interface StridedAttributes {
  /** One an axis of x. */
  readonly axes: readonly Lattice[]
  /** What stands where x has no entry; 0 by default. */
  readonly value?: number
}

const MOST_AXES = 8

const isWhole = (extent: number, { count, start, step, spacing }: Lattice): boolean =>
  count === extent && start === 0 && step === 1 && spacing === 1

/** The axes of x with their lattices; an axis that is taken whole is one with the axis before it, if that has no steps. */
function mergedAxes(x: Shape, axes: readonly Lattice[]) {
  const found: { extent: number; lattice: Lattice }[] = []
  x.forEach((extent, axis) => {
    const lattice = axes[axis] as Lattice
    const last = found.at(-1)
    if (last?.lattice.step === 1 && last.lattice.spacing === 1 && isWhole(extent, lattice)) {
      const { count, start } = last.lattice
      last.extent *= extent
      last.lattice = { count: count * extent, start: start * extent, step: 1, spacing: 1 }
    } else found.push({ extent, lattice })
  })
  return found
}

export const strided = defineOp({
  kernel,
  dims: { x: '...' },
  shape: ({ x }, { axes }: StridedAttributes) => {
    if (axes.length !== x.length || mergedAxes(x, axes).length > MOST_AXES) {
      fail('strided', { expected: `one lattice an axis, at most ${MOST_AXES} in turn`, got: showShape(x) })
    }
    return { y: axes.map(({ count }) => count) }
  },
  params({ x, y }, { axes, value = 0 }) {
    const merged = mergedAxes(x, axes)
    const lattices = merged.flatMap(({ extent, lattice: { count, start, step, spacing } }, axis) => {
      const stride = sizeOf(merged.slice(axis + 1).map((inner) => inner.extent))
      return [count, extent, stride, 0, start, step, spacing, 0]
    })
    return {
      size: sizeOf(y),
      value,
      lattices: [...lattices, ...Array<number>(8 * MOST_AXES - lattices.length).fill(1)],
      AXES: merged.length,
      DENSE: Number(merged.every(({ lattice }) => lattice.step === 1 && lattice.spacing === 1)),
    }
  },
  threads: ({ size }) => size,
  gradient({ graph, inputs: { x }, attrs: { axes } }, { y: dy }): Gradients<'x'> {
    if (dy === undefined) return {}
    // Of j = (start + step·i) / spacing the inverse is i = (spacing·j − start) / step.
    const inverse = axes.map(({ start, step, spacing }, axis): Lattice => {
      const sign = Math.sign(step)
      return {
        count: x.shape[axis] ?? 1,
        start: -sign * start,
        step: sign * spacing,
        spacing: Math.abs(step),
      }
    })
    return { x: strided(graph, { x: dy }, { axes: inverse }).y }
  },
  simplify: ({ x }, { axes }) =>
    axes.every((lattice, axis) => isWhole(x.shape[axis] ?? 1, lattice)) ? { y: x } : null,
})
