// The masks of recurrent dropout on the CPU, with the draws of shaders/lib/recurrent_dropout.wgsl.

import { philox } from '../util/philox.ts'

/** The stream of draws for states; stream 0 is for a layer's inputs. */
const STREAM = 1

/** The draws of a mask; a rate of 0 draws nothing. */
export interface GateDraws {
  readonly rate: number
  readonly seed: number
  readonly iteration: number
}

/** Writes the factors of a row's units for each gate into `masks`, [4, U]: 0, or 1 / (1 − rate); all 1 where nothing drops. */
export function gateMasks(
  masks: Float32Array,
  row: number,
  { rate, seed, iteration }: GateDraws,
): Float32Array {
  if (rate === 0) return masks.fill(1)
  const units = masks.length / 4
  // Rounded to float32, because the GPU compares and divides in f32.
  const threshold = Math.fround(rate)
  const kept = 1 / Math.fround(1 - threshold)
  const bits = new Uint32Array(4)
  const key = [seed, 0]
  const counter = [0, iteration, STREAM, 0]
  for (let k = 0; k < units; k++) {
    counter[0] = row * units + k
    philox(counter, key, bits)
    for (let gate = 0; gate < 4; gate++) {
      masks[gate * units + k] = (bits[gate]! >>> 8) * 2 ** -24 >= threshold ? kept : 0
    }
  }
  return masks
}
