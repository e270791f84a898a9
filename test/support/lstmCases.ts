/** Cases of the LSTM recurrence, of one or two directions, that several files try. */
import { activations } from '../../src/ops/activations.ts'
import { lstm, lstmCell } from '../../src/ops/lstm.ts'
import type { RecurrenceAttributes } from '../../src/ops/recurrentCell.ts'
import { timestepFlops } from '../../src/ops/recurrentLaunches.ts'
import type { Directions, RecurrentStrategy } from '../../src/ops/recurrentSchedule.ts'
import { checkOp } from './checkOp.ts'
import { fromStates } from './fromStates.ts'
import { baseSize, type RecurrenceSize } from './recurrenceSizes.ts'
import { apartFromZero, uniform } from './values.ts'

export const lstmOp = fromStates(lstm)

export const lstmAttributes = (reverse = false, directions: Directions = 1): RecurrenceAttributes => ({
  activation: activations.tanh.code,
  recurrentActivation: activations.sigmoid.code,
  reverse,
  directions,
})

type Size = Pick<RecurrenceSize, 'batch' | 'time' | 'units'>

export function lstmInputs({ batch, time, units }: Size, directions: Directions = 1) {
  const reach = 1 / Math.sqrt(units)
  return {
    z: [batch, time, directions * 4 * units],
    recurrentKernel: uniform([units, directions * 4 * units], -reach, reach, 2),
  }
}

export const lstmStates = ({ batch, units }: Size, directions: Directions = 1) => ({
  h0: [batch, directions * units],
  c0: [batch, directions * units],
})

/** A sum of `units` products and five functions, once a time step. */
export const lstmRoundings = ({ time, units }: Omit<Size, 'batch'>): number => time * (units + 16)

/** Up to so many units all that a recurrence gives is looked at, above the last state and one gradient. */
const SMALL = 100

/** Checks the recurrence and its gradients at one size. */
export async function checkLstmSize(
  { strategy, ...size }: RecurrenceSize,
  directions: Directions = 1,
): Promise<void> {
  const isSmall = size.units < SMALL
  await checkOp(lstmOp, {
    inputs: { ...lstmInputs(size, directions), ...(isSmall ? lstmStates(size, directions) : {}) },
    attrs: lstmAttributes(false, directions),
    strategy,
    read: isSmall ? ['h', 'hLast', 'cLast'] : ['hLast'],
    by: isSmall ? ['z', 'recurrentKernel', 'h0', 'c0'] : ['z'],
    roundings: lstmRoundings(size),
  })
}

/** Checks the recurrence and its gradients with two activations. */
export async function checkLstmFunctions(
  strategy: string,
  activation: keyof typeof activations,
  recurrentActivation: keyof typeof activations,
): Promise<void> {
  await checkOp(lstmOp, {
    // Recurrent products stay under 0.3, so that no relu is near its kink; then cells are 0 or over it too.
    inputs: {
      z: apartFromZero([2, 3, 16], 0.5, 1),
      recurrentKernel: uniform([4, 16], -0.06, 0.06),
      h0: uniform([2, 4], -1, 1),
      c0: uniform([2, 4], 0.3, 1),
    },
    attrs: {
      activation: activations[activation].code,
      recurrentActivation: activations[recurrentActivation].code,
      reverse: false,
    },
    strategy,
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings: lstmRoundings({ time: 3, units: 4 }),
  })
}

/** Those that know recurrent dropout. */
export const dropping: readonly RecurrentStrategy[] = ['streamed', 'timestep']

/** Checks two directions in chunks of time steps, launches of which go on in y, dropped by draws of their own. */
export async function checkLstmChunks(strategy: RecurrentStrategy): Promise<void> {
  const size = { batch: 9, time: 5, units: baseSize(strategy).units }
  await checkOp(lstmOp, {
    inputs: { ...lstmInputs(size, 2), ...lstmStates(size, 2) },
    attrs: {
      ...lstmAttributes(true, 2),
      ...(dropping.includes(strategy) ? { recurrentDropout: { rate: 0.3, seed: 3, otherSeed: 4 } } : {}),
    },
    strategy,
    launchFlops: 2 * timestepFlops(lstmCell.gates, { ...size, DIRECTIONS: 2 }),
    maxWorkgroups: 2,
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings: lstmRoundings(size),
  })
}

/** Checks chunks of steps, of which the last is shorter. */
export async function checkLstmRemainder({
  strategy,
  reverse,
}: {
  readonly strategy: RecurrentStrategy
  readonly reverse: boolean
}): Promise<void> {
  const size = { batch: 5, time: 5, units: baseSize(strategy).units }
  await checkOp(lstmOp, {
    inputs: { ...lstmInputs(size), ...lstmStates(size) },
    attrs: {
      ...lstmAttributes(reverse),
      ...(dropping.includes(strategy) ? { recurrentDropout: { rate: 0.3, seed: 3 } } : {}),
    },
    strategy,
    launchFlops: 2 * timestepFlops(lstmCell.gates, size),
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    roundings: lstmRoundings(size),
  })
}
