/**
 * The tests of a recurrent cell of one state, on both backends: by every strategy, forward and back, in chunks, both ways, with
 * recurrent dropout; each odd size by a strategy of its own; and that h is what the cell's formulas say in float64. All sizes by
 * all strategies: cells.long.test.ts.
 */
import { expect, test } from 'vitest'
import type { DefinedOp } from '../../src/graph/definition.ts'
import { activations } from '../../src/ops/activations.ts'
import type { RecurrenceAttributes } from '../../src/ops/recurrentCell.ts'
import { timestepFlops } from '../../src/ops/recurrentLaunches.ts'
import type { Directions } from '../../src/ops/recurrentSchedule.ts'
import type { Tensor } from '../../src/util/tensor.ts'
import { checkOp } from './checkOp.ts'
import { webgpu } from './compareBackends.ts'
import { fromStates } from './fromStates.ts'
import { uniform } from './values.ts'

/** Row `t` of a sample: its z, and h·R of a state. */
interface Sums {
  readonly z: readonly number[]
  through(h: readonly number[]): number[]
  /** The recurrence's bias, if it has one. */
  readonly bias: readonly number[]
}

export interface CellCase {
  readonly gates: number
  /** Shape of the bias that the recurrence reads, of so many units. */
  readonly bias?: (units: number, directions: number) => readonly number[]
  /** The state after a time step, in float64, with tanh and sigmoid. */
  step(h: readonly number[], sums: Sums): number[]
}

type Recurrence = DefinedOp<
  'z' | 'recurrentKernel' | 'initial' | 'bias',
  'initial' | 'bias',
  'h' | 'last' | 'hLast',
  RecurrenceAttributes
>

const DROPPING = ['streamed', 'timestep']
const attributes = (directions: Directions, drops = false): RecurrenceAttributes => ({
  activation: activations.tanh.code,
  recurrentActivation: activations.sigmoid.code,
  reverse: directions === 2,
  directions,
  ...(drops && { recurrentDropout: { rate: 0.3, seed: 3, otherSeed: 4 } }),
})

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

const SIZES = [
  { batch: 5, time: 3, units: 7 },
  { batch: 17, time: 2, units: 20 },
  { batch: 2, time: 2, units: 257 },
] as const

/** Both directions in chunks of time steps, by the strategies that `isChosen` picks of those that fit. */
export function testCellChunks(
  recurrence: unknown,
  cell: CellCase,
  isChosen: (strategy: string) => boolean = () => true,
): void {
  const { op, inputs, by, fitting } = partsOf(recurrence, cell)
  test.each(fitting(8).filter(isChosen))('%s both ways, in chunks of time steps', async (strategy) => {
    const [batch, time, units] = [5, 5, 8]
    await checkOp(op, {
      inputs: inputs(batch, time, units, 2),
      attrs: attributes(2, DROPPING.includes(strategy)),
      strategy,
      launchFlops: 2 * timestepFlops(cell.gates, { batch, units, DIRECTIONS: 2 }),
      read: ['hLast'],
      by,
      roundings: time * (units + 16),
    })
  })
}

/** @param recurrence The cell's forward operation. */
function partsOf(recurrence: unknown, cell: CellCase) {
  const typed = recurrence as Recurrence
  const op = fromStates(typed)
  const inputs = (batch: number, time: number, units: number, directions = 1) => {
    const columns = cell.gates * directions * units
    const reach = 1 / Math.sqrt(units)
    return {
      z: uniform([batch, time, columns], -1, 1, 1),
      recurrentKernel: uniform([units, columns], -reach, reach, 2),
      h0: uniform([batch, directions * units], -1, 1, 3),
      ...(cell.bias && { bias: uniform(cell.bias(units, directions), -1, 1, 4) }),
    }
  }
  const by = ['z', 'recurrentKernel', 'h0', ...(cell.bias ? ['bias'] : [])] as 'z'[]
  const fitting = (units: number): readonly string[] => {
    const { z, recurrentKernel, bias } = inputs(8, 2, units)
    const shapes = { z: z.shape, recurrentKernel: recurrentKernel.shape, ...(bias && { bias: bias.shape }) }
    return typed.operation.strategies(shapes, attributes(1), webgpu.traits)
  }
  return { op, inputs, by, fitting }
}

/** One direction at odd sizes, each by the strategies that `choose` picks of those that fit. */
export function testCellSizes(
  recurrence: unknown,
  cell: CellCase,
  choose: (strategies: readonly string[], size: number) => readonly string[] = (all) => all,
): void {
  const { op, inputs, by, fitting } = partsOf(recurrence, cell)
  const cases = SIZES.flatMap((size, i) =>
    choose(fitting(size.units), i).map((strategy) => ({ ...size, strategy })),
  )
  test.each(cases)('$strategy [$batch, $time, $units]', async ({ batch, time, units, strategy }) => {
    await checkOp(op, {
      inputs: inputs(batch, time, units),
      attrs: attributes(1),
      strategy,
      read: ['h', 'hLast'],
      by: units < 20 ? by : [],
      roundings: time * (units + 16),
    })
  })
}

/** @param recurrence The cell's forward operation. */
export function testCell(recurrence: unknown, cell: CellCase): void {
  const { op, inputs } = partsOf(recurrence, cell)
  testCellSizes(recurrence, cell, (strategies, i) => strategies.slice(i % strategies.length).slice(0, 1))

  testCellChunks(recurrence, cell, (strategy) => strategy === 'timestep')

  test('is what its formulas say in float64', async () => {
    const [batch, time, units] = [2, 4, 5]
    const given = inputs(batch, time, units)
    const { outputs } = await checkOp(op, { inputs: given, attrs: attributes(1), roundings: 100 })
    const columns = cell.gates * units
    const rows = ({ data }: Tensor, at: number, width: number) => [
      ...data.slice(at * width, (at + 1) * width),
    ]
    for (let b = 0; b < batch; b++) {
      let h = rows(given.h0, b, units)
      for (let t = 0; t < time; t++) {
        h = cell.step(h, {
          z: rows(given.z, b * time + t, columns),
          through: (state) =>
            Array.from({ length: columns }, (_, j) =>
              state.reduce((sum, x, k) => sum + x * (given.recurrentKernel.data[k * columns + j] ?? 0), 0),
            ),
          bias: given.bias ? [...given.bias.data] : [],
        })
        const place = (b * time + t) * units
        h.forEach((value, u) => {
          expect(outputs.h[place + u]).toBeCloseTo(value, 5)
        })
      }
    }
  })
}
