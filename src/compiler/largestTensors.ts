// The tensors of a plan that need the most memory, for the errors about memory.

import { BYTES } from '../graph/graph.ts'
import type { Shape } from '../util/shape.ts'
import { isSlot, type Plan } from './plan.ts'

/** The largest tensors of a plan outside the arenas, named `operation.tensor`. */
export function largestTensors(plan: Plan, count: number): { name: string; shape: Shape; bytes: number }[] {
  const bySlice = new Map<string, { name: string; shape: Shape; bytes: number }>()
  for (const { op, tensors, shapes } of plan.operations) {
    for (const [name, { buffer, offset, length, dtype }] of Object.entries(tensors)) {
      const key = `${buffer}+${offset}:${length}`
      if (!isSlot(buffer) || bySlice.has(key)) continue
      bySlice.set(key, {
        name: `${op.name}.${name}`,
        shape: shapes[name] ?? [],
        bytes: BYTES[dtype] * length,
      })
    }
  }
  return [...bySlice.values()].sort((a, b) => b.bytes - a.bytes).slice(0, count)
}
