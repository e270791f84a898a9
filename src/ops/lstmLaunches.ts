// What the LSTM's forward and backward operations share: attributes, and launches that do a step each.

import { type DeviceTraits, type Launch, type Params, spread } from '../graph/operation.ts'
import type { RecurrentDropout } from './recurrentDropout.ts'
import { type Directions, launchSpans, type Span, wholeWarps } from './recurrentSchedule.ts'

export interface LstmAttributes {
  /** Codes of the activations. */
  readonly activation: number
  readonly recurrentActivation: number
  readonly reverse: boolean
  readonly directions?: Directions | undefined
  /** In training only. */
  readonly recurrentDropout?: RecurrentDropout | undefined
}

interface LstmSizes {
  readonly batch: number
  readonly time: number
  readonly units: number
  readonly DIRECTIONS?: number
}

/** Units of a thread where registers are tiled. */
export const TILE = 4

/** Whether gates see a state through masks of their own. */
export const drops = ({ recurrentDropout }: LstmAttributes): boolean => (recurrentDropout?.rate ?? 0) > 0

/** Workgroups that own four rows each, or several times four. */
export const rowBlocks = (sizes: LstmSizes, device: DeviceTraits) => quadBlocks(sizes, 1, device)
export const quadBlocks = (
  { batch }: LstmSizes,
  quads: number,
  device: DeviceTraits,
): [number, number, number] => spread(Math.ceil(batch / (4 * quads)), device)

/** A thread for each unit and gate, which holds vectors of four weights. */
export const registerOverrides = (units: number) => ({
  THREADS: wholeWarps(4 * units),
  QUADS: Math.ceil(units / 4),
})

/** FLOPs of a step of all rows. */
export const stepFlops = ({ batch, units, DIRECTIONS = 1 }: LstmSizes): number =>
  8 * batch * units * units * DIRECTIONS

/** Launches of `kernel` in which a thread owns one unit of four rows. */
export function stepLaunches(
  kernel: Launch['kernel'],
  params: Params & LstmSizes,
  spans: readonly Span[],
  device: DeviceTraits,
): Launch[] {
  const threads = Math.ceil(params.batch / 4) * params.units
  return launchSpans(kernel, params, spans, spread(Math.ceil(threads / 64), device))
}

/** Launches of `kernel` in which a workgroup owns sixteen units of up to sixteen rows. */
export function fusedLaunches(
  kernel: Launch['kernel'],
  params: Params & LstmSizes,
  spans: readonly Span[],
  device: DeviceTraits,
): Launch[] {
  const blocks = Math.ceil(params.batch / 4)
  const QUADS = blocks > 2 ? 4 : blocks
  const workgroups = Math.ceil(params.units / 16) * Math.ceil(blocks / QUADS)
  return launchSpans(kernel, params, spans, spread(workgroups, device), { QUADS })
}
