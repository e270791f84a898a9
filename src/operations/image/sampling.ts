// Entries between entries: what tensors have at coordinates that are no integers, or lie outside.

import { checkFinite } from '../../errors.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { oneOf, option, type TableFor } from '../../util/options.ts'
import {
  absolute,
  add,
  clip,
  floor,
  floorDivide,
  greaterEqual,
  less,
  logicalAnd,
  mod,
  multiply,
  sign,
  subtract,
  where,
} from '../elementwise.ts'
import type { Operand } from '../operation.ts'

/** What lies behind the edges. */
export const FILL_MODES = ['constant', 'nearest', 'wrap', 'mirror', 'reflect'] as const
export type FillMode = (typeof FILL_MODES)[number]

export interface FillOptions {
  /**
   * What lies behind the edges of `a b c d`: `'constant'`, `fillValue`; `'nearest'`, `a a | a b c d | d d`; `'wrap'`,
   * `c d | a b c d | a b`; `'mirror'`, `c b | a b c d | c b`; `'reflect'`, `b a | a b c d | d c`.
   */
  readonly fillMode?: FillMode
  /** The number behind the edges where `fillMode` is `'constant'`, 0 by default. */
  readonly fillValue?: number
}

export const fillOptions = (fallback: FillMode) =>
  ({
    fillMode: option<FillMode>(fallback, oneOf(FILL_MODES)),
    fillValue: option(0, checkFinite),
  }) as const satisfies TableFor<FillOptions>

/** What lies between pixels. */
export type PixelInterpolation = 'nearest' | 'bilinear'
export const pixelInterpolation = option<PixelInterpolation>('bilinear', oneOf(['nearest', 'bilinear']))

/** How entries at coordinates are found. */
export interface Sampling extends Required<FillOptions> {
  /** 0 for the nearest entry, 1 for the line between two. */
  readonly order: 0 | 1
}

export const samplingOf = (
  interpolation: PixelInterpolation,
  { fillMode, fillValue }: Required<FillOptions>,
): Sampling => ({ order: interpolation === 'nearest' ? 0 : 1, fillMode, fillValue })

/** An entry along an axis that has a part in what is at a coordinate. */
interface Node {
  /** Where it is, within the axis. */
  readonly index: SymbolicTensor
  /** Whether there is one; null where there always is. */
  readonly isThere: SymbolicTensor | null
  /** Its share; null where it is all. */
  readonly share: SymbolicTensor | null
}

/** The place in a mirror whose edges are the middles of the first and the last entry. */
const mirrored = (index: Operand, extent: number): SymbolicTensor => {
  const last = extent - 1
  return last === 0 ? multiply(index, 0) : absolute(subtract(mod(add(index, last), 2 * last), last))
}

const inside: Readonly<Record<FillMode, (index: SymbolicTensor, extent: number) => SymbolicTensor>> = {
  constant: (index, extent) => clip(index, 0, extent - 1),
  nearest: (index, extent) => clip(index, 0, extent - 1),
  wrap: mod,
  mirror: mirrored,
  // Entries are twice as far apart in a mirror whose edges are between them.
  reflect: (index, extent) =>
    floorDivide(subtract(mirrored(add(multiply(index, 2), 1), 2 * extent + 1), 1), 2),
}

function nodesAlong(coordinate: Operand, extent: number, { order, fillMode }: Sampling): readonly Node[] {
  const at = (index: SymbolicTensor, share: SymbolicTensor | null): Node => ({
    index: inside[fillMode](index, extent),
    isThere: fillMode === 'constant' ? logicalAnd(greaterEqual(index, 0), less(index, extent)) : null,
    share,
  })
  // Halves go away from 0.
  if (order === 0) return [at(multiply(sign(coordinate), floor(add(absolute(coordinate), 0.5))), null)]
  const lower = floor(coordinate)
  const share = subtract(coordinate, lower)
  return [at(lower, subtract(1, share)), at(add(lower, 1), share)]
}

const product = (values: readonly (SymbolicTensor | null)[]): SymbolicTensor | null =>
  values.reduce((all, value) => (all && value ? multiply(all, value) : (all ?? value)), null)

/** All combinations of one of each list. */
const combinations = <T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] =>
  lists.reduce<readonly (readonly T[])[]>(
    (all, list) => all.flatMap((before) => list.map((one) => [...before, one])),
    [[]],
  )

/**
 * What is at coordinates, one for each of the axes of `extents`.
 *
 * @param entriesAt The entries at places counted through all axes.
 * @param shaped Brings what is known of places, as coordinates have it, into the shape of entries.
 */
export function sampled(
  coordinates: readonly Operand[],
  extents: readonly number[],
  sampling: Sampling,
  { entriesAt, shaped }: Record<'entriesAt' | 'shaped', (x: SymbolicTensor) => SymbolicTensor>,
): SymbolicTensor {
  const along = coordinates.map((coordinate, axis) => nodesAlong(coordinate, extents[axis] ?? 1, sampling))
  const parts = combinations(along).map((nodes) => {
    const place = nodes.reduce<SymbolicTensor | null>(
      (before, { index }, axis) => (before ? add(multiply(before, extents[axis] ?? 1), index) : index),
      null,
    ) as SymbolicTensor
    const isThere = product(nodes.map((node) => node.isThere))
    const share = product(nodes.map((node) => node.share))
    const entries = entriesAt(place)
    const found = isThere ? where(shaped(isThere), entries, sampling.fillValue) : entries
    return share ? multiply(found, shaped(share)) : found
  })
  return parts.reduce((sum, part) => add(sum, part))
}
