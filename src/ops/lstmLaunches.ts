// What the LSTM's forward and backward operations share: attributes, strategies, launches.

import { type DeviceTraits, type Launch, overridesOf, type Params, spread } from '../graph/operation.ts'
import { activations } from './activations.ts'
import type { CellActivations } from './lstmCell.ts'
import type { RecurrentDropout } from './recurrentDropout.ts'

export interface LstmAttributes {
  /** Codes of the activations. */
  readonly activation: number
  readonly recurrentActivation: number
  readonly reverse: boolean
  /** One launch for all time steps, or one for each. */
  readonly strategy: 'sequence' | 'step'
  /** In training only. */
  readonly recurrentDropout?: RecurrentDropout | undefined
}

/** Units that a workgroup's memory and threads can hold under WebGPU's default limits. */
export const MAX_SEQUENCE_UNITS = 256

export const lstmStrategy = (units: number): LstmAttributes['strategy'] =>
  units <= MAX_SEQUENCE_UNITS ? 'sequence' : 'step'

interface LstmSizes {
  readonly batch: number
  readonly time: number
  readonly units: number
}

/** Launches for a strategy: one that holds the rows, or one for each of `steps`. */
export function lstmLaunches(
  params: Params & LstmSizes & { readonly step: number },
  device: DeviceTraits,
  whole: Launch['kernel'],
  single: Launch['kernel'],
  steps: readonly number[],
): Launch[] {
  const { batch, units } = params
  const blocks = Math.ceil(batch / 4)
  if (params.step === WHOLE) {
    const threads = Math.max(32, Math.ceil(units / 32) * 32)
    return [
      {
        kernel: whole,
        params: { ...params, step: 0 },
        overrides: { ...overridesOf(whole, params), THREADS: threads },
        workgroups: spread(blocks, device),
      },
    ]
  }
  const workgroups = spread(Math.ceil((blocks * units) / 64), device)
  return steps.map((step) => ({
    kernel: single,
    params: { ...params, step },
    overrides: overridesOf(single, params),
    workgroups,
  }))
}

/** The activations that a launch's override constants name. */
export const cellActivations = ({
  ACTIVATION = activations.tanh.code,
  RECURRENT_ACTIVATION = activations.sigmoid.code,
}: {
  readonly ACTIVATION?: number
  readonly RECURRENT_ACTIVATION?: number
}): CellActivations => ({ activation: ACTIVATION, recurrentActivation: RECURRENT_ACTIVATION })

/** `step` of a launch that does all of them. */
export const WHOLE = -1

/** The time step that is processed at place `s`. */
export const timeOf = (s: number, time: number, reverse: number): number => (reverse ? time - 1 - s : s)

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

// Two rows of working memory, kept between calls so that a step allocates nothing.
let rows: readonly [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)]
export function scratch(units: number): readonly [Float64Array, Float64Array] {
  if (rows[0].length < units) rows = [new Float64Array(units), new Float64Array(units)]
  return rows
}
