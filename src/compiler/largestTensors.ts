// What of a plan needs the most memory, for an error that says so.

import { BYTES } from '../graph/graph.ts'
import type { Shape } from '../util/shape.ts'
import { isSlot, type Plan } from './plan.ts'

/** The largest tensors of a plan that are not in an arena, as `operation.tensor`. */
export function largestTensors(plan: Plan, count: number): { name: string; shape: Shape; bytes: number }[] {
  const bySlice = new Map<string, { name: string; shape: Shape; bytes: number }>()
  for (const { op, tensors, shapes } of plan.steps) {
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
