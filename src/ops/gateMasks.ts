// Recurrent dropout on the CPU: shaders/lib/recurrent_dropout.wgsl's masks, draw by draw.

import { philox } from '../util/philox.ts'

/** The stream of a layer's draws that follows that of its inputs. */
const STREAM = 1

const bits = new Uint32Array(4)
const key = new Uint32Array(2)
const counter = new Uint32Array(4)
let masks = new Float32Array(0)

/**
 * The factors of a row's units for each gate, [4, U]: 0, or 1 / (1 − rate); all 1 where nothing drops.
 * Valid until the next call.
 */
export function gateMasks(
  row: number,
  units: number,
  rate: number,
  seed: number,
  iteration: number,
): Float32Array {
  if (masks.length < 4 * units) masks = new Float32Array(4 * units)
  if (rate === 0) return masks.fill(1, 0, 4 * units)
  // The GPU compares and divides in f32.
  const threshold = Math.fround(rate)
  const kept = 1 / Math.fround(1 - threshold)
  key[0] = seed
  counter[1] = iteration
  counter[2] = STREAM
  for (let k = 0; k < units; k++) {
    counter[0] = row * units + k
    philox(counter, key, bits)
    for (let gate = 0; gate < 4; gate++) {
      masks[gate * units + k] = (bits[gate]! >>> 8) * 2 ** -24 >= threshold ? kept : 0
    }
  }
  return masks
}
