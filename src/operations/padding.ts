// What lies around a tensor: a constant, or the tensor's own entries in a mirror.

import { checkFinite, checkOneOf, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Lattice, strided } from '../ops/strided.ts'
import { defineOperation, knownAxisOf, type Operand, shapeOfOperand, single, tensorOf } from './operation.ts'
import { operation } from './operationLayer.ts'
import { checkPlaces } from './places.ts'
import { take } from './taking.ts'

const paddings = defineOperation<{
  readonly widths: readonly (readonly number[])[]
  readonly value: number
}>({
  name: 'pad',
  outputShapes: ([shape = []], { widths }) => [
    shape.map((extent, axis) =>
      extent === null ? extent : extent + (widths[axis]?.[0] ?? 0) + (widths[axis]?.[1] ?? 0),
    ),
  ],
  lower: (graph, [operand], { widths, value }) => {
    const x = tensorOf(operand, 'ops.pad')
    const axes = x.shape.map((extent, axis): Lattice => {
      const [before = 0, behind = 0] = widths[axis] ?? []
      return { count: extent + before + behind, start: -before, step: 1, spacing: 1 }
    })
    return [strided(graph, { x }, { axes, value }).y]
  },
})

/** What {@link pad} puts around a tensor: a constant, or its entries in a mirror that lies on the last one, or behind it. */
export type PadMode = 'constant' | 'reflect' | 'symmetric'

const MODES = ['constant', 'reflect', 'symmetric'] as const

/** The entries of an axis of `extent`, with those in a mirror around them. */
function mirrored(where: string, mode: PadMode, extent: number, [before = 0, behind = 0]: readonly number[]) {
  const skipped = mode === 'reflect' ? 1 : 0
  const most = extent - skipped
  if (before > most || behind > most)
    fail(where, {
      expected: `at most ${most} entries on a side of an axis of ${extent} in mode '${mode}'`,
      got: `${Math.max(before, behind)}`,
    })
  checkPlaces(where, extent, before + extent + behind)
  return Array.from({ length: before + extent + behind }, (_, i) => {
    const place = i - before
    if (place < 0) return -1 - place + skipped
    return place < extent ? place : 2 * extent - 1 - place - skipped
  })
}

/**
 * A tensor with entries around it: `padWidth` has `[before, behind]` for each axis, or for all, or is one number for all.
 *
 * @param mode `'constant'`; `'reflect'`, the tensor's entries in a mirror on the last one; `'symmetric'`, in one behind it.
 * @param constantValues 0 by default; only in mode `'constant'`.
 */
export const pad = operation(
  'numpy',
  'Pad',
  'x padWidth= mode="constant" constantValues:',
  (
    x: Operand,
    padWidth: number | readonly [number, number] | readonly (readonly [number, number])[],
    mode: PadMode = 'constant',
    constantValues: number | null = null,
  ): SymbolicTensor => {
    const where = 'ops.pad'
    const { length: rank } = shapeOfOperand(x, where)
    checkOneOf(where, 'mode', mode, MODES)
    const widths = widthsOf(padWidth, rank)
    const isWidth = (width: unknown): boolean => Number.isInteger(width) && Number(width) >= 0
    const fits = (pair: unknown): boolean => Array.isArray(pair) && pair.length === 2 && pair.every(isWidth)
    if (widths.length !== rank || !widths.every(fits))
      fail(where, { expected: `[before, behind] for each of ${rank} axes`, got: describeValue(padWidth) })
    if (mode === 'constant') {
      const value = checkFinite(where, 'constantValues', constantValues ?? 0)
      return single(paddings(where, [x], { widths, value }))
    }
    if (constantValues !== null)
      fail(where, { expected: "constantValues with mode 'constant'", got: `mode '${mode}'` })
    return widths.reduce<Operand>(
      (found, width, axis) => {
        if (width.every((count) => count === 0)) return found
        const { extent } = knownAxisOf(where, found, axis)
        return take(found, mirrored(where, mode, extent, width), axis)
      },
      single(paddings(where, [x], { widths: [], value: 0 })),
    ) as SymbolicTensor
  },
)

/** `[before, behind]` for each axis. */
function widthsOf(given: unknown, rank: number): readonly (readonly number[])[] {
  const all = (pair: readonly number[]) => Array.from({ length: rank }, () => pair)
  if (typeof given === 'number') return all([given, given])
  if (!Array.isArray(given)) return []
  if (given.length === 2 && given.every((width) => typeof width === 'number')) return all(given)
  return given.length === 1 && Array.isArray(given[0]) ? all(given[0]) : given
}
