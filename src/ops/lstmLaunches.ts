// What the LSTM's forward and backward operations share: attributes, launches that do a step each, working memory.

import { type DeviceTraits, type Launch, type Params, spread } from '../graph/operation.ts'
import { activations } from './activations.ts'
import type { CellActivations } from './lstmCell.ts'
import type { RecurrentDropout } from './recurrentDropout.ts'
import { launchSpans, type Span, wholeWarps } from './recurrentSchedule.ts'

export interface LstmAttributes {
  /** Codes of the activations. */
  readonly activation: number
  readonly recurrentActivation: number
  readonly reverse: boolean
  /** In training only. */
  readonly recurrentDropout?: RecurrentDropout | undefined
}

interface LstmSizes {
  readonly batch: number
  readonly time: number
  readonly units: number
}

/** Units of a thread where registers are tiled. */
export const TILE = 4

/** Workgroups that own four rows each. */
export const rowBlocks = ({ batch }: LstmSizes, device: DeviceTraits): [number, number, number] =>
  spread(Math.ceil(batch / 4), device)

/** A thread for each unit and gate, which holds vectors of four weights. */
export const registerOverrides = (units: number) => ({
  THREADS: wholeWarps(4 * units),
  QUADS: Math.ceil(units / 4),
})

/** FLOPs of a step of all rows. */
export const stepFlops = ({ batch, units }: LstmSizes): number => 8 * batch * units * units

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

/** The activations that a launch's override constants name. */
export const cellActivations = ({
  ACTIVATION = activations.tanh.code,
  RECURRENT_ACTIVATION = activations.sigmoid.code,
}: {
  readonly ACTIVATION?: number
  readonly RECURRENT_ACTIVATION?: number
}): CellActivations => ({ activation: ACTIVATION, recurrentActivation: RECURRENT_ACTIVATION })

/** The time step that is processed at place `s`. */
export const timeOf = (s: number, time: number, reverse: number): number => (reverse ? time - 1 - s : s)

// Two rows of working memory, kept between calls so that a step allocates nothing.
let rows: readonly [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)]
export function scratch(units: number): readonly [Float64Array, Float64Array] {
  if (rows[0].length < units) rows = [new Float64Array(units), new Float64Array(units)]
  return rows
}
