// The launches of a recurrence of any cell, forward and back, by each strategy of recurrentSchedule.ts.

import { impossible } from '../errors.ts'
import type { Kernel } from '../graph/kernel.ts'
import { inThreads, inWorkgroups, type Launch, launchesOf, type Work } from '../graph/launch.ts'
import type { DeviceTraits, Params } from '../graph/operation.ts'
import {
  backwards,
  chunksOf,
  type RecurrentStrategy,
  runsByTimestep,
  type Span,
  timestepsOf,
} from './recurrentSchedule.ts'

/** A cell's kernels by strategy, forward or backward: shaders/recurrence linked with the cell. */
export type RecurrentKernels = Readonly<Partial<Record<RecurrentStrategy, Kernel>>>

/** Launches a recurrence of a cell, forward or backward, by one of its strategies. */
export type RecurrentLauncher = (
  call: {
    readonly kernels: RecurrentKernels
    readonly gates: number
    readonly params: RecurrentParams
    readonly isBackward: boolean
  },
  device: DeviceTraits,
  strategy: string,
) => Launch[]

export interface RecurrentSizes {
  /** Rows: samples, or all positions of all samples. */
  readonly batch: number
  readonly time: number
  readonly units: number
  readonly DIRECTIONS?: number
  readonly KERNEL_ROWS?: number
  readonly KERNEL_WIDTH?: number
}

export type RecurrentParams = Params & RecurrentSizes

/** Units of a thread in register tiles. */
export const TILE = 4

/** FLOPs of one time step of all rows, for a cell with `gates` gates. */
export const timestepFlops = (
  gates: number,
  { batch, units, DIRECTIONS = 1, KERNEL_ROWS = 1, KERNEL_WIDTH = 1 }: Omit<RecurrentSizes, 'time'>,
): number => 2 * gates * batch * units * units * DIRECTIONS * KERNEL_ROWS * KERNEL_WIDTH

/** A strategy's kernel, its workgroups and its constants. */
export interface Way {
  readonly kernel: Kernel
  /** FLOPs of one time step, of both directions where there are two. */
  readonly work: Work
  readonly overrides?: Readonly<Record<string, number>>
}

/** The kernel of a strategy that is offered, and therefore has one. */
export function kernelOf(kernels: RecurrentKernels, strategy: RecurrentStrategy): Kernel {
  return kernels[strategy] ?? impossible(`a cell has no kernel for ${strategy}`)
}

/** The launches of each strategy; backward with `storeDInitial` they compute the gradients of the initial states, too. */
export const launchRecurrence: RecurrentLauncher = (call, device, strategy) => {
  const { params, isBackward } = call
  const way = wayOf(call, strategy)
  const spans = spansOf(way, params, device, strategy)
  if (!isBackward) return launchSpans(way, params, spans, device)
  const leavesState = runsByTimestep(strategy) && params.storeDInitial === 1
  return launchSpans(way, params, backwards(spans, params.time, leavesState), device)
}

type Call = Parameters<RecurrentLauncher>[0]

/** How the kernel of a strategy is launched. */
export const wayOf = (call: Call, strategy: string): Way =>
  call.isBackward ? backwardWay(call, strategy) : forwardWay(call, strategy)

function forwardWay({ kernels, gates, params }: Call, strategy: string): Way {
  const { units } = params
  switch (strategy) {
    case 'registers':
      return inRegisters(kernelOf(kernels, 'registers'), gates, params)
    case 'columns':
      return inColumns(kernelOf(kernels, 'columns'), gates, params)
    case 'streamed':
      return {
        kernel: kernelOf(kernels, 'streamed'),
        work: inQuads(1, gates, params),
        overrides: { THREADS: wholeWarps(units) },
      }
    case 'tiled':
      return {
        kernel: kernelOf(kernels, 'tiled'),
        work: inQuads(1, gates, params),
        overrides: { THREADS: units / TILE },
      }
    case 'subgroups': {
      const overrides = { UNITS: units, THREADS: units / TILE }
      return { kernel: kernelOf(kernels, 'subgroups'), work: inQuads(4, gates, params), overrides }
    }
    case 'fused':
      return inFused(kernelOf(kernels, 'fused'), gates, params)
    default:
      return inTimesteps(kernelOf(kernels, 'timestep'), gates, params)
  }
}

function backwardWay({ kernels, gates, params }: Call, strategy: string): Way {
  const { units } = params
  const THREADS = Math.ceil(units / TILE)
  switch (strategy) {
    case 'registers':
      return inRegisters(kernelOf(kernels, 'registers'), gates, params)
    // Backward the two are one kernel, which reads rows of R in vectors.
    case 'columns':
    case 'streamed': {
      const overrides = { TILE: Math.ceil(units / 32) }
      return { kernel: kernelOf(kernels, 'streamed'), work: inQuads(1, gates, params), overrides }
    }
    case 'tiled':
      return { kernel: kernelOf(kernels, 'tiled'), work: inQuads(1, gates, params), overrides: { THREADS } }
    case 'subgroups': {
      // As many rows as their dz fits in the 16 KiB of workgroup memory that every device has.
      const QUADS = units <= 64 ? 4 : units <= 128 ? 2 : 1
      const overrides = { QUADS, UNITS: units, THREADS }
      return { kernel: kernelOf(kernels, 'subgroups'), work: inQuads(QUADS, gates, params), overrides }
    }
    case 'fused':
      return inFused(kernelOf(kernels, 'fused'), gates, params)
    default:
      return inTimesteps(kernelOf(kernels, 'timestep'), gates, params)
  }
}

/** Workgroups that own 4 · quads rows each. */
export const inQuads = (
  quads: number,
  gates: number,
  { batch, units, DIRECTIONS = 1 }: RecurrentSizes,
): Work =>
  inWorkgroups(Math.ceil(batch / (4 * quads)) * DIRECTIONS, timestepFlops(gates, { batch: 4 * quads, units }))

/** A thread for each unit and gate, which holds vectors of four weights. */
function inRegisters(kernel: Kernel, gates: number, params: RecurrentParams): Way {
  const { units } = params
  const overrides = { THREADS: wholeWarps(gates * units), QUADS: Math.ceil(units / 4) }
  return { kernel, work: inQuads(1, gates, params), overrides }
}

/** A thread for each vector of columns and part of k. */
function inColumns(kernel: Kernel, gates: number, params: RecurrentParams): Way {
  const { units } = params
  const VECTORS = (gates * units) / 4
  // Sums of more parts would not fit in the 16 KiB of workgroup memory that every device has.
  const PARTS = Math.min(4, Math.floor(256 / VECTORS))
  const overrides = { VECTORS, PARTS, THREADS: wholeWarps(Math.max(units, PARTS * VECTORS)) }
  return { kernel, work: inQuads(1, gates, params), overrides }
}

/** A workgroup owns sixteen units of up to sixteen rows. */
function inFused(kernel: Kernel, gates: number, { batch, units, DIRECTIONS = 1 }: RecurrentParams): Way {
  const blocks = Math.ceil(batch / 4)
  const QUADS = blocks > 2 ? 4 : blocks
  const workgroups = Math.ceil(units / 16) * Math.ceil(blocks / QUADS) * DIRECTIONS
  return { kernel, work: inWorkgroups(workgroups, 2 * gates * 16 * 4 * QUADS * units), overrides: { QUADS } }
}

/** A thread owns one unit of four rows. */
function inTimesteps(kernel: Kernel, gates: number, params: RecurrentParams): Way {
  const { batch, units, DIRECTIONS = 1, KERNEL_ROWS = 1, KERNEL_WIDTH = 1 } = params
  const threads = Math.ceil(batch / 4) * units * DIRECTIONS
  return { kernel, work: inThreads(threads, 2 * gates * 4 * units * KERNEL_ROWS * KERNEL_WIDTH) }
}

/** Threads of a workgroup that needs so many. */
export const wholeWarps = (threads: number): number => 32 * Math.ceil(threads / 32)

/** The time steps of each launch, in order of processing. */
export const spansOf = (
  { work }: Way,
  { time }: RecurrentSizes,
  device: DeviceTraits,
  strategy: string,
): Span[] =>
  runsByTimestep(strategy) ? timestepsOf(time) : chunksOf(time, work.workgroups * work.flops, device)

/** One launch of a kernel for every span of time steps. */
export const launchSpans = (
  { kernel, work, overrides }: Way,
  params: RecurrentParams,
  spans: readonly Span[],
  device: DeviceTraits,
): Launch[] =>
  spans.flatMap((span) => {
    const flops = work.flops * Math.max(span.until - span.start, 1)
    return launchesOf(kernel, { ...params, ...span }, { ...work, flops }, device, overrides)
  })
