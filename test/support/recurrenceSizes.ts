/**
 * Sizes of a recurrence that take each strategy through paths of its own: batches, units and steps under, on and over the
 * edges of its workgroups (4 or 16 rows; 16, 64 or 256 units), tiles (4 and 32 units) and vectors.
 *
 * A software adapter compiles each size's pipelines anew, one forward and one back, in a second or two: so every run has one
 * size a strategy, and *.long.test.ts have all sizes by all strategies. Tests of anything but sizes take `baseSize`.
 */
import type { DeviceTraits } from '../../src/graph/operation.ts'
import { type RecurrentStrategy, recurrentStrategies } from '../../src/ops/recurrentSchedule.ts'

export interface RecurrenceSize {
  readonly strategy: RecurrentStrategy
  readonly batch: number
  readonly time: number
  readonly units: number
}

type Extents = readonly [batch: number, time: number, units: number]

const all: readonly Extents[] = [
  [1, 1, 1],
  [3, 4, 3],
  [4, 3, 8],
  [5, 3, 33],
  [5, 2, 64],
  [2, 2, 65],
  [2, 2, 68],
  [17, 2, 130],
  [2, 2, 256],
  [17, 2, 257],
  [1, 2, 513],
]

/** A base size first, which is small. */
const chosen: Readonly<Record<RecurrentStrategy, readonly Extents[]>> = {
  // A vector of weights that ends early, several of them, and the most units.
  registers: [
    [3, 4, 3],
    [5, 3, 33],
    [5, 2, 64],
  ],
  // Vectors across the bounds of gates, fewer parts of k, and the most units.
  columns: [
    [3, 4, 3],
    [2, 2, 65],
    [2, 2, 256],
  ],
  streamed: [
    [3, 4, 3],
    [2, 2, 65],
  ],
  // Forward, tiles are of four units; backward the last one ends early.
  tiled: [
    [4, 3, 8],
    [5, 3, 33],
    [2, 2, 68],
  ],
  // Four, two and one vectors of rows backward.
  subgroups: [
    [4, 3, 8],
    [2, 2, 68],
    [17, 2, 130],
  ],
  // One, two and four vectors of rows.
  fused: [
    [3, 4, 3],
    [5, 3, 33],
    [17, 2, 130],
  ],
  timestep: [
    [3, 4, 3],
    [5, 3, 33],
    [2, 2, 257],
  ],
}

/** The strategies that fit so many units, at least one way: forward, tiles are of whole vectors. */
export const strategiesFitting = (
  units: number,
  gates: number,
  traits: DeviceTraits,
): readonly RecurrentStrategy[] =>
  recurrentStrategies({ batch: 1, units, gates, hasTiles: true, drops: false }, traits)

/** The next number of units that the strategy fits: columns are read in vectors of four. */
function fitted([batch, time, units]: Extents, strategy: RecurrentStrategy, gates: number): Extents {
  let next = units
  while (strategy === 'columns' && (gates * next) % 4 > 0) next++
  return [batch, time, next]
}

const named = (strategy: RecurrentStrategy, [batch, time, units]: Extents): RecurrenceSize => ({
  strategy,
  batch,
  time,
  units,
})

/** The size to try anything at that is no matter of sizes. */
export const baseSize = (strategy: RecurrentStrategy, gates = 4): RecurrenceSize =>
  named(strategy, fitted(chosen[strategy][0] ?? [1, 1, 1], strategy, gates))

/** A few sizes for each strategy that the device has, of a cell with so many gates. */
export const recurrenceSizes = (traits: DeviceTraits, gates = 4): readonly RecurrenceSize[] =>
  strategiesFitting(8, gates, traits).flatMap((strategy) =>
    chosen[strategy].map((extents) => named(strategy, fitted(extents, strategy, gates))),
  )

/** One size for each strategy that the device has, at which its last tile and vector end early. */
export const oneSizeEach = (traits: DeviceTraits, gates = 4): readonly RecurrenceSize[] => {
  const sizes = recurrenceSizes(traits, gates)
  return strategiesFitting(8, gates, traits).flatMap(
    (strategy) => sizes.filter((size) => size.strategy === strategy)[1] ?? [],
  )
}

/** All sizes by all strategies that fit them. */
export const everyRecurrenceSize = (traits: DeviceTraits, gates = 4): readonly RecurrenceSize[] =>
  all.flatMap((extents) =>
    strategiesFitting(extents[2], gates, traits).map((strategy) => named(strategy, extents)),
  )
