// The tensors of plans as arrays over memory on the host.

import type { Slice } from '../../compiler/plan.ts'
import { BYTES } from '../../graph/graph.ts'

/** Memory that tensors lie in. */
export interface Memory {
  readonly buffer: ArrayBuffer
  readonly address: number
  readonly bytes: number
}

/** A tensor's elements; for f16 the words that contain them. */
export function viewOf(
  { offset, length, dtype }: Slice,
  { buffer, address, bytes }: Memory,
): Float32Array | Int32Array | Uint32Array {
  // Length 0 is the rest of the arena: the plan does not know the size of the data set.
  const open = length === 0 ? (bytes >> 2) - offset : Math.ceil((length * BYTES[dtype]) / 4)
  const start = address + BYTES[dtype] * offset
  if (dtype === 'i32') return new Int32Array(buffer, start, open)
  return dtype !== 'f32' ? new Uint32Array(buffer, start, open) : new Float32Array(buffer, start, open)
}
