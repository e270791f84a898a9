// Parts: tensors that are packed into one whole, such as the states of a recurrence. Each part starts at an offset that WebGPU can
// bind, so a kernel may bind a part or the whole.

import { fail } from '../errors.ts'
import { type Shape, showShape, sizeOf } from '../util/shape.ts'
import { alignPlace, type Value } from './graph.ts'

/** Elements from the start of a part to the start of the next. */
export const strideOf = (part: Shape): number => alignPlace(sizeOf(part))

/** The shape of the whole of `count` parts of one shape. */
export const wholeShape = (part: Shape, count: number): Shape => [count * strideOf(part)]

/**
 * Refuses a tensor that has fewer numbers than `needed`, such as states to start from. It may have any shape and more numbers, of
 * which further states or none are the rest.
 */
export function checkHolds(where: string, name: string, given: Shape | undefined, needed: Shape): void {
  if (given && sizeOf(given) < sizeOf(needed))
    fail(where, { expected: `${name} of at least ${sizeOf(needed)} numbers`, got: showShape(given) })
}

/** For a part: the whole, and the offset of the part in elements; null for any other tensor. */
export function wholeOf(value: Value): { readonly whole: Value; readonly offset: number } | null {
  const { node } = value
  for (const [name, parts] of Object.entries(node?.op.parts ?? {})) {
    const whole = node?.outputs[name]
    let offset = 0
    for (const part of parts) {
      const output = node?.outputs[part]
      if (output === value && whole) return { whole, offset }
      if (output) offset += strideOf(output.shape)
    }
  }
  return null
}

/** The tensor whose memory a value shares as a view or a part, through any number of views and parts; else the value itself. */
export function memoryOf(value: Value): Value {
  const inner = value.node?.op.view ? value.node.inputs.x : wholeOf(value)?.whole
  return inner === undefined ? value : memoryOf(inner)
}
