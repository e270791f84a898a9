// Tensors of one shape that lie one after another in one, such as the states of a recurrence: each is bound by itself, at a
// place that WebGPU can bind, and all together as the whole.

import { type Shape, sizeOf } from '../util/shape.ts'
import type { Value } from './graph.ts'

/** Elements of 256 bytes, at multiples of which WebGPU binds. */
const ALIGNMENT = 64

/** Elements from one part to the next. */
export const strideOf = (part: Shape): number => Math.ceil(sizeOf(part) / ALIGNMENT) * ALIGNMENT

/** The shape of so many parts together. */
export const wholeShape = (part: Shape, count: number): Shape => [count * strideOf(part)]

/** The output inside which an output of a node lies, and how many elements in; null for one that lies by itself. */
export function wholeOf(value: Value): { readonly whole: Value; readonly offset: number } | null {
  const { node } = value
  for (const [name, parts] of Object.entries(node?.op.parts ?? {})) {
    const index = parts.findIndex((part) => node?.outputs[part] === value)
    const whole = node?.outputs[name]
    if (index >= 0 && whole) return { whole, offset: index * strideOf(value.shape) }
  }
  return null
}
