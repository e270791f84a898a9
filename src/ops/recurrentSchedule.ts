// The strategies of a recurrence on a GPU: which workgroup owns which rows, for how many time steps, and where the recurrent
// weights are. shaders/recurrence has each strategy once, for any cell.
//
//   registers  all time steps in a launch, a workgroup owns four rows, its threads hold the weights in registers: up to 64 units
//   columns    the same, but weights are read in each time step, a vector of four columns a thread: up to 256 units
//   streamed   as columns with a unit a thread, which makes four times as many reads, and with recurrent dropout (streamed.wgsl)
//   tiled      as streamed with a register tile of several units a thread
//   subgroups  as tiled with sixteen rows a workgroup and four units of all rows a thread; the lanes of a subgroup shuffle the
//              states to each other, which needs the fewest reads
//   fused      a time step a launch, a workgroup owns some units of up to sixteen rows, its threads divide the product's k
//   timestep   a time step a launch, without barriers or workgroup memory
//
// WebGPU has no barrier across workgroups, so that a recurrence too large for one workgroup takes a launch for each time step.
// Workgroup memory is no larger than the units need: SwiftShader takes a second of compilation for every 4 KiB of it.
// The order for software adapters was measured on SwiftShader and llvmpipe: loads take most of the time, so that register tiles
// win, and barriers are slow.
// The order for GPUs was measured on an NVIDIA H200, batch 32, 64 time steps, forward and backward, in µs: at 64 units registers 83 and
// 144, columns 138 and 174, streamed 257 and 311, fused 500 and 480; at 128 units columns 342 and 417, fused 733 and 655, streamed
// 955 and 664; at 256 units columns 1,081 and 1,049, fused 1,212 and 1,011.

import { launchFlopsOf } from '../graph/launch.ts'
import type { DeviceTraits } from '../graph/operation.ts'
import { handsOn, holdsSubgroups } from './matmulStrategies.ts'

/** Directions of a recurrence. Two lie side by side in the columns of every tensor; the second runs against the first. */
export type Directions = 1 | 2

export type RecurrentStrategy =
  | 'registers'
  | 'columns'
  | 'streamed'
  | 'tiled'
  | 'subgroups'
  | 'fused'
  | 'timestep'

const STREAMED: RecurrentStrategy = 'streamed'
/** Units whose weights a workgroup's registers hold, with a thread for each unit and gate. */
const MAX_REGISTER_UNITS = 64
/** Units that a workgroup's memory and threads can hold under WebGPU's default limits. */
const MAX_WORKGROUP_UNITS = 256
/** The batch size from which workgroups that own sixteen rows pay. */
const LEAST_ROWS = 8

/** Properties of a recurrence on which the choice of a strategy depends. */
interface RecurrentSizes {
  readonly batch: number
  readonly units: number
  readonly gates: number
  /** Whether the cell's register tiles fit the units. */
  readonly hasTiles: boolean
  /** Whether there is recurrent dropout, which only the strategies streamed and timestep support. */
  readonly drops: boolean
}

/** The strategies that can run, the best by rule first. */
export function recurrentStrategies(
  { batch, units, gates, hasTiles, drops }: RecurrentSizes,
  { isSoftware, subgroups }: DeviceTraits,
): readonly [RecurrentStrategy, ...RecurrentStrategy[]] {
  const isLarge = units > MAX_WORKGROUP_UNITS
  if (drops) return isLarge ? ['timestep'] : [STREAMED, 'timestep']
  const timesteps = isSoftware ? (['timestep', 'fused'] as const) : (['fused', 'timestep'] as const)
  if (isLarge) return timesteps
  const tiled: RecurrentStrategy[] = hasTiles ? ['tiled'] : []
  const registers: RecurrentStrategy[] = units > MAX_REGISTER_UNITS ? [] : ['registers']
  const columns: RecurrentStrategy[] = (gates * units) % 4 === 0 ? ['columns'] : []
  const shared: RecurrentStrategy[] = hasTiles && holdsSubgroups(subgroups) ? ['subgroups'] : []
  // Rows past the batch cost time, too.
  const isShared = handsOn(subgroups) && batch >= LEAST_ROWS
  const [best, ...others] = isSoftware
    ? [...(isShared ? shared : []), ...tiled, STREAMED, ...registers, ...columns, ...(isShared ? [] : shared)]
    : [...registers, ...columns, STREAMED, ...tiled, ...shared]
  return [best ?? STREAMED, ...others, ...timesteps]
}

/** Whether each time step is a launch, which reads the previous state from the sequences. */
export const runsByTimestep = (strategy: string): boolean => strategy === 'fused' || strategy === 'timestep'

/** The time steps of one launch, in order of processing: from `start` up to `until`. */
export interface Span {
  readonly start: number
  readonly until: number
}

/** The most time steps in a launch with too few workgroups to fill a GPU; each takes about 20 µs. */
const LAUNCH_TIMESTEPS = 2048

/** The time steps in chunks, each short enough for a launch. */
export function chunksOf(time: number, timestepFlops: number, device: DeviceTraits): Span[] {
  const most = Math.max(1, Math.min(LAUNCH_TIMESTEPS, Math.floor(launchFlopsOf(device) / timestepFlops)))
  return range(Math.ceil(time / most)).map((chunk) => ({
    start: chunk * most,
    until: Math.min(time, (chunk + 1) * most),
  }))
}

/** Each time step as a launch. */
export const timestepsOf = (time: number): Span[] => range(time).map((start) => ({ start, until: start + 1 }))

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Each time step as a launch, the last first; `leavesState` adds one that computes the gradients of the initial states. */
export const backwards = (spans: readonly Span[], time: number, leavesState: boolean): Span[] => [
  ...[...spans].reverse(),
  ...(leavesState ? [{ start: time, until: time }] : []),
]
