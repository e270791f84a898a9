// The directions of a recurrence on the CPU: where the rows and weights of each lie, and what it drops.

import { gateMasks } from './gateMasks.ts'
import { offsetOf } from './recurrentConvolution.ts'

/** The scalars of the recurrence's kernels. */
export interface LoopParams {
  readonly batch: number
  readonly time: number
  readonly units: number
  readonly reverse: number
  readonly hasState: number
  readonly stateStride: number
  readonly storeH: number
  readonly storeLast: number
  readonly dhKind: number
  readonly hasDLast: number
  readonly storeDInitial: number
  readonly recurrentRate: number
  readonly seed: number
  readonly otherSeed: number
  readonly ACTIVATION?: number
  readonly RECURRENT_ACTIVATION?: number
  readonly MASKED?: number
  readonly DIRECTIONS?: number
  readonly SPACE?: number
  readonly HEIGHT?: number
  readonly WIDTH?: number
  readonly KERNEL_ROWS?: number
  readonly KERNEL_HEIGHT?: number
  readonly KERNEL_WIDTH?: number
}

/** Offsets of one direction's rows and weights. */
export class Direction {
  readonly wide: number

  #masks: Float32Array | null = null

  constructor(
    readonly p: LoopParams,
    readonly gates: number,
    readonly direction: number,
    readonly iteration: number,
  ) {
    this.wide = gates * p.units
  }

  /** The time step that is processed as number s. */
  timeOf(s: number): number {
    return this.p.reverse !== this.direction ? this.p.time - 1 - s : s
  }

  /** Whether the time step that is processed as number s is valid in a row. */
  isValid(mask: Float32Array | undefined, row: number, s: number): boolean {
    const { time, MASKED = 0, SPACE = 1 } = this.p
    return MASKED === 0 || mask?.[Math.floor(row / SPACE) * time + this.timeOf(s)] !== 0
  }

  /** The index of a row in [B, T, …] at the time step that is processed as number s. */
  offsetOf(row: number, s: number): number {
    const { time, DIRECTIONS = 1, SPACE = 1 } = this.p
    return offsetOf(row, time, this.timeOf(s), SPACE) * DIRECTIONS + this.direction
  }

  /** The index of a row in a tensor of states. */
  laneOf(row: number): number {
    return row * (this.p.DIRECTIONS ?? 1) + this.direction
  }

  /** Offset of a unit's weights at an entry of the window. */
  weightsOf(entry: number, unit: number): number {
    const { units, DIRECTIONS = 1 } = this.p
    return ((entry * units + unit) * DIRECTIONS + this.direction) * this.wide
  }

  /** A vector of units times a gate's block of R. */
  through(R: Float32Array, vector: ArrayLike<number>, gate: number): Float64Array {
    const { units } = this.p
    const sums = new Float64Array(units)
    for (let k = 0; k < units; k++)
      for (let j = 0; j < units; j++) sums[j]! += vector[k]! * R[this.weightsOf(0, k) + gate * units + j]!
    return sums
  }

  /** A gate's block of R times a row of gradients. */
  back(R: Float32Array, gradients: Float32Array, gate: number): Float64Array {
    const { units } = this.p
    const sums = new Float64Array(units)
    for (let u = 0; u < units; u++)
      for (let j = gate * units; j < (gate + 1) * units; j++)
        sums[u]! += R[this.weightsOf(0, u) + j]! * gradients[j]!
    return sums
  }

  /** The dropout factors of a row's units for each gate; the next call overwrites them. */
  masksOf(row: number): Float32Array {
    const { units, recurrentRate, seed, otherSeed } = this.p
    this.#masks ??= new Float32Array(4 * units)
    return gateMasks(this.#masks, row, {
      rate: recurrentRate,
      seed: this.direction === 1 ? otherSeed : seed,
      iteration: this.iteration,
    })
  }
}

/** The directions of a recurrence, one after the other. */
export function* directionsOf(p: LoopParams, gates: number, iteration: number): Generator<Direction> {
  for (let direction = 0; direction < (p.DIRECTIONS ?? 1); direction++)
    yield new Direction(p, gates, direction, iteration)
}
