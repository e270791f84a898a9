// How a recurrence of any cell is scheduled on a GPU: which workgroup owns which rows, for how many steps, with the
// recurrent weights where. shaders/lib/recurrence has each of these ways once, for any cell.
//
//   registers  all steps in a launch, a workgroup owns four rows, its threads the weights in registers: up to 64 units
//   columns    the same with weights read anew each step, a vector of four columns a thread: up to 256 units
//   streamed   the same with a unit a thread, which reads four times as often, and knows dropout
//   tiled      the same with a register tile of several units a thread
//   subgroups  the same of sixteen rows, a thread four units of all of them, and the lanes of a subgroup hand the states on
//              to each other, which reads least
//   fused      a step a launch, a workgroup owns some units of up to sixteen rows and shares their product's k out
//   step       a step a launch without barriers or workgroup memory
//
// WebGPU has no barrier across workgroups, so that beyond what one workgroup can hold there is one launch a step.
// Workgroup memory is no larger than the units need: SwiftShader compiles a second for every 4 KiB of it.
// Software adapters were measured (SwiftShader, llvmpipe): loads decide there, so register tiles win and barriers cost.
// The order for GPUs was measured on an NVIDIA H200, batch 32, 64 steps, forward and back, in µs: at 64 units registers 83 and
// 144, columns 138 and 174, streamed 257 and 311, fused 500 and 480; at 128 units columns 342 and 417, fused 733 and 655, streamed
// 955 and 664; at 256 units columns 1,081 and 1,049, fused 1,212 and 1,011.

import { launchFlopsOf } from '../graph/launch.ts'
import type { DeviceTraits } from '../graph/operation.ts'
import { handsOn, holdsSubgroups } from './matmulStrategies.ts'

/** Two lie side by side in the columns of every tensor, and the second runs against the first. */
export type Directions = 1 | 2

export type RecurrentStrategy =
  | 'registers'
  | 'columns'
  | 'streamed'
  | 'tiled'
  | 'subgroups'
  | 'fused'
  | 'step'

const STREAMED: RecurrentStrategy = 'streamed'
/** Units whose weights a workgroup's registers hold, with a thread for each unit and gate. */
const MAX_REGISTER_UNITS = 64
/** Units that a workgroup's memory and threads can hold under WebGPU's default limits. */
const MAX_SEQUENCE_UNITS = 256
/** Rows from which it pays that a workgroup owns sixteen. */
const LEAST_ROWS = 8

/** What of a recurrence decides which strategies fit. */
interface RecurrentSizes {
  readonly batch: number
  readonly units: number
  readonly gates: number
  /** Whether the cell's register tiles fit the units. */
  readonly hasTiles: boolean
  /** Whether gates see the state through masks of their own, which two kernels know: streamed, and step. */
  readonly drops: boolean
}

/** The strategies that fit, the best first. */
export function recurrentStrategies(
  { batch, units, gates, hasTiles, drops }: RecurrentSizes,
  { isSoftware, subgroups }: DeviceTraits,
): readonly [RecurrentStrategy, ...RecurrentStrategy[]] {
  const isLarge = units > MAX_SEQUENCE_UNITS
  if (drops) return isLarge ? ['step'] : [STREAMED, 'step']
  const steps = isSoftware ? (['step', 'fused'] as const) : (['fused', 'step'] as const)
  if (isLarge) return steps
  const tiled: RecurrentStrategy[] = hasTiles ? ['tiled'] : []
  const registers: RecurrentStrategy[] = units > MAX_REGISTER_UNITS ? [] : ['registers']
  const columns: RecurrentStrategy[] = (gates * units) % 4 === 0 ? ['columns'] : []
  const shared: RecurrentStrategy[] = hasTiles && holdsSubgroups(subgroups) ? ['subgroups'] : []
  // Rows that are not there are computed, too.
  const isShared = handsOn(subgroups) && batch >= LEAST_ROWS
  const [best, ...others] = isSoftware
    ? [...(isShared ? shared : []), ...tiled, STREAMED, ...registers, ...columns, ...(isShared ? [] : shared)]
    : [...registers, ...columns, STREAMED, ...tiled, ...shared]
  return [best ?? STREAMED, ...others, ...steps]
}

/** Whether each step is a launch, so that states travel through the sequences. */
export const isStepwise = (strategy: string): boolean => strategy === 'fused' || strategy === 'step'

/** Steps of one launch, in order of processing: from `step` up to `until`. */
export interface Span {
  readonly step: number
  readonly until: number
}

/** Steps of a launch whose workgroups are too few to fill a GPU, at some 20 µs each. */
const LAUNCH_STEPS = 2048

/** Steps cut into chunks, each short enough for a launch. */
export function chunksOf(time: number, stepFlops: number, device: DeviceTraits): Span[] {
  const most = Math.max(1, Math.min(LAUNCH_STEPS, Math.floor(launchFlopsOf(device) / stepFlops)))
  return range(Math.ceil(time / most)).map((chunk) => ({
    step: chunk * most,
    until: Math.min(time, (chunk + 1) * most),
  }))
}

/** Each step by itself. */
export const stepsOf = (time: number): Span[] => range(time).map((step) => ({ step, until: step + 1 }))

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Steps backwards, the last first; `leavesState` adds a launch that takes the gradient of the first through R. */
export const backwards = (spans: readonly Span[], time: number, leavesState: boolean): Span[] => [
  ...[...spans].reverse(),
  ...(leavesState ? [{ step: time, until: time }] : []),
]
