// A plan that runs once, in JavaScript, before the call returns: for a few operations on numbers at hand.

import { type Plan, type Slice, slotName } from '../../compiler/plan.ts'
import { impossible } from '../../errors.ts'
import type { CpuSide, Tensors } from '../../graph/operation.ts'
import { sizeOf } from '../../util/shape.ts'
import { turnsOf } from './sides.ts'
import { viewOf } from './view.ts'

const NONE = new Float32Array(0)

/** The scalars of the only step. */
const STEP = { start: 0, iteration: 1, reset: 1 } as const

/**
 * Runs a plan, and returns copies of its results by name.
 *
 * @param sides CPU sides by the names of operations.
 * @param arenas The numbers of each arena.
 */
export function runOnce(
  plan: Plan,
  sides: Readonly<Record<string, CpuSide>>,
  arenas: ReadonlyMap<string, Float32Array>,
): ReadonlyMap<string, Float32Array> {
  const slots = new Map(plan.slots.map((bytes, i) => [slotName(i), new Uint8Array(bytes)]))
  const view = (slice: Slice): ReturnType<typeof viewOf> => {
    const memory = slots.get(slice.buffer) ?? arenas.get(slice.buffer)
    if (!memory) impossible(`operations on numbers have no ${slice.buffer}`)
    const { buffer, byteOffset: address, byteLength: bytes } = memory
    return viewOf(slice, { buffer: buffer as ArrayBuffer, address, bytes })
  }
  for (const { op, tensors, params } of plan.operations.flatMap(turnsOf)) {
    const { cpu } = sides[op.name] ?? impossible(`operation ${op.name} is none that ops have on numbers`)
    const views: Tensors = Object.fromEntries(
      [...op.inputNames, ...op.outputNames].map((name) => {
        const slice = tensors[name]
        return [name, slice ? view(slice) : NONE]
      }),
    )
    cpu(views, params, STEP)
  }
  return new Map(
    [...plan.results].map(([name, { slice, shape }]) => [
      name,
      Float32Array.from(view(slice)).slice(0, sizeOf(shape)),
    ]),
  )
}
