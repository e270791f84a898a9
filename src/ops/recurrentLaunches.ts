// The launches of a recurrence of any cell, forward and back, by each strategy of recurrentSchedule.ts.

import type { Kernel } from '../graph/kernel.ts'
import { type DeviceTraits, type Launch, type Params, spread } from '../graph/operation.ts'
import { launchOf } from './launch.ts'
import { backwards, chunksOf, type RecurrentStrategy, type Span, stepsOf } from './recurrentSchedule.ts'

/** A cell's kernels, of one direction through time: shaders/lib/recurrence on it. */
export type RecurrentKernels = Readonly<Record<RecurrentStrategy, Kernel>>

interface RecurrentSizes {
  /** Rows: samples, or all positions of all samples. */
  readonly batch: number
  readonly time: number
  readonly units: number
  readonly DIRECTIONS?: number
}

type RecurrentParams = Params & RecurrentSizes

/** Units of a thread where registers are tiled. */
export const TILE = 4

/** FLOPs of a step of all rows, for a cell of so many gates. */
export const stepFlops = (
  gates: number,
  { batch, units, DIRECTIONS = 1 }: Pick<RecurrentSizes, 'batch' | 'units' | 'DIRECTIONS'>,
): number => 2 * gates * batch * units * units * DIRECTIONS

export function forwardLaunches(
  kernels: RecurrentKernels,
  gates: number,
  params: RecurrentParams,
  device: DeviceTraits,
  strategy: string,
): Launch[] {
  const { time, units } = params
  const spans = chunksOf(time, stepFlops(gates, params), device)
  switch (strategy) {
    case 'registers':
      return inRegisters(kernels.registers, gates, params, spans, device)
    case 'streamed':
      return launchSpans(kernels.streamed, params, spans, quadBlocks(params, 1, device), {
        THREADS: wholeWarps(units),
      })
    case 'tiled':
      return launchSpans(kernels.tiled, params, spans, quadBlocks(params, 1, device), {
        THREADS: units / TILE,
      })
    case 'subgroups':
      return launchSpans(kernels.subgroups, params, spans, quadBlocks(params, 4, device), {
        UNITS: units,
        THREADS: units / TILE,
      })
    case 'fused':
      return fusedLaunches(kernels.fused, params, stepsOf(time), device)
    default:
      return stepLaunches(kernels.step, params, stepsOf(time), device)
  }
}

/** The way back; `keepDh0` of the scalars asks for the gradient of the initial state. */
export function backwardLaunches(
  kernels: RecurrentKernels,
  gates: number,
  params: RecurrentParams & { readonly keepDh0: number },
  device: DeviceTraits,
  strategy: string,
): Launch[] {
  const { time, units, keepDh0 } = params
  const spans = backwards(chunksOf(time, stepFlops(gates, params), device), time, false)
  const steps = backwards(stepsOf(time), time, keepDh0 === 1)
  switch (strategy) {
    case 'registers':
      return inRegisters(kernels.registers, gates, params, spans, device)
    case 'streamed':
      return launchSpans(kernels.streamed, params, spans, quadBlocks(params, 1, device), {
        TILE: Math.ceil(units / 32),
      })
    case 'tiled':
      return launchSpans(kernels.tiled, params, spans, quadBlocks(params, 1, device), {
        THREADS: Math.ceil(units / TILE),
      })
    case 'subgroups': {
      // As many rows as have place for dz in the 16 KiB of workgroup memory that every device has.
      const QUADS = units <= 64 ? 4 : units <= 128 ? 2 : 1
      const overrides = { QUADS, UNITS: units, THREADS: Math.ceil(units / TILE) }
      return launchSpans(kernels.subgroups, params, spans, quadBlocks(params, QUADS, device), overrides)
    }
    case 'fused':
      return fusedLaunches(kernels.fused, params, steps, device)
    default:
      return stepLaunches(kernels.step, params, steps, device)
  }
}

/** Launches of `kernel` in which a thread owns one unit of four rows. */
export function stepLaunches(
  kernel: Kernel,
  params: RecurrentParams,
  spans: readonly Span[],
  device: DeviceTraits,
): Launch[] {
  const threads = Math.ceil(params.batch / 4) * params.units
  return launchSpans(kernel, params, spans, spread(Math.ceil(threads / 64), device))
}

/** A thread for each unit and gate, which holds vectors of four weights. */
function inRegisters(
  kernel: Kernel,
  gates: number,
  params: RecurrentParams,
  spans: readonly Span[],
  device: DeviceTraits,
): Launch[] {
  const { units } = params
  const overrides = { THREADS: wholeWarps(gates * units), QUADS: Math.ceil(units / 4) }
  return launchSpans(kernel, params, spans, quadBlocks(params, 1, device), overrides)
}

/** A workgroup owns sixteen units of up to sixteen rows. */
function fusedLaunches(
  kernel: Kernel,
  params: RecurrentParams,
  spans: readonly Span[],
  device: DeviceTraits,
): Launch[] {
  const blocks = Math.ceil(params.batch / 4)
  const QUADS = blocks > 2 ? 4 : blocks
  const workgroups = Math.ceil(params.units / 16) * Math.ceil(blocks / QUADS)
  return launchSpans(kernel, params, spans, spread(workgroups, device), { QUADS })
}

/** Workgroups that own so many times four rows each. */
const quadBlocks = ({ batch }: RecurrentSizes, quads: number, device: DeviceTraits) =>
  spread(Math.ceil(batch / (4 * quads)), device)

/** Threads of a workgroup that needs so many. */
const wholeWarps = (threads: number): number => 32 * Math.ceil(threads / 32)

/** A kernel once for every span, both directions of a recurrence that has two side by side in z. */
function launchSpans(
  kernel: Kernel,
  params: RecurrentParams,
  spans: readonly Span[],
  [x, y]: Launch['workgroups'],
  overrides: Readonly<Record<string, number>> = {},
): Launch[] {
  const z = params.DIRECTIONS ?? 1
  return spans.map((span) => launchOf(kernel, { ...params, ...span }, [x, y, z], overrides))
}
