// What a model compiles to: a fixed list of steps over fixed memory. A backend loads it once and replays it.

import type { DType } from '../graph/graph.ts'
import type { KernelField } from '../graph/kernel.ts'
import type { Launch } from '../graph/launch.ts'
import type { Operation, Params } from '../graph/operation.ts'
import type { Shape } from '../util/shape.ts'

/** A tensor's memory: an arena by its name, or one of the plan's slots (`slot:3`). Offset and length in elements. */
export interface Slice {
  readonly buffer: string
  readonly offset: number
  readonly length: number
  readonly dtype: DType
}

/** One operation on fixed memory: what the CPU calls and what the GPU launches. */
export interface Step {
  readonly op: Operation
  /** By the names of the operation's signature; tensors that are absent or that nobody reads are left out. */
  readonly tensors: Readonly<Record<string, Slice>>
  readonly shapes: Readonly<Record<string, Shape>>
  readonly params: Params
  /** Which of the operation's ways to launch it was taken. */
  readonly strategy: string
  readonly launches: readonly Launch[]
  readonly flops: number
}

export interface Plan {
  readonly steps: readonly Step[]
  /** What its kernels read of the scalars that differ from one run to the next. */
  readonly scalars: readonly KernelField[]
  /** Bytes of each slot. */
  readonly slots: readonly number[]
  /** Tensors that can be read after a step. */
  readonly results: ReadonlyMap<string, { readonly slice: Slice; readonly shape: Shape }>
}

export const flopsOf = ({ steps }: Plan): number => steps.reduce((sum, { flops }) => sum + flops, 0)

/**
 * FLOPs of a submit, which a slow GPU does in half a second: some drivers end whole command buffers that take longer, and
 * nobody notices that the rest of them was not done. A launch counts as what such a GPU does while it begins one.
 */
const SUBMIT_FLOPS = 2 ** 33
const LEAST_LAUNCH_FLOPS = 2 ** 19

/** Launches of one submit, of those of all steps: from `start` up to `until`. */
export interface Submit {
  readonly start: number
  readonly until: number
}

/** The submits of a plan's launches: one, unless they do so much that they would hold a device for long. */
export function submitsOf({ steps }: Plan, mostLaunches = Number.POSITIVE_INFINITY): Submit[] {
  const submits: Submit[] = []
  let start = 0
  let until = 0
  let sum = 0
  for (const launch of steps.flatMap(({ launches }) => launches)) {
    const flops = Math.max(launch.flops, LEAST_LAUNCH_FLOPS)
    if (until > start && (sum + flops > SUBMIT_FLOPS || until - start >= mostLaunches)) {
      submits.push({ start, until })
      start = until
      sum = 0
    }
    until++
    sum += flops
  }
  return [...submits, { start, until }]
}

/** The scalars of a step that any of these readers, kernels or plans, reads. */
export function mergeScalars(readers: readonly (readonly KernelField[])[]): KernelField[] {
  const scalars = new Map<string, KernelField>()
  for (const field of readers.flat()) {
    const { type, offset } = scalars.get(field.name) ?? field
    if (type !== field.type || offset !== field.offset)
      throw new TypeError(`step.${field.name} lies elsewhere for other kernels of the step`)
    scalars.set(field.name, field)
  }
  return [...scalars.values()]
}

const SLOT = 'slot:'

export const slotName = (index: number): string => `${SLOT}${index}`
export const isSlot = (buffer: string): boolean => buffer.startsWith(SLOT)

/** The plan as text: a line a step, with shapes and places. */
export function printPlan(plan: Plan): string {
  const lines = plan.steps.map(({ op, tensors, shapes, strategy, launches }, index) => {
    const operands = Object.entries(tensors)
      .filter(([name]) => !Object.values(op.inPlace).includes(name))
      .map(
        ([name, { buffer, offset }]) =>
          `${name}[${(shapes[name] ?? []).join('×')}]@${buffer}${offset ? `+${offset}` : ''}`,
      )
    const count = launches.length === 1 ? '' : ` ×${launches.length}`
    const how = strategy === 'default' ? '' : ` (${strategy})`
    return `${String(index).padStart(3)} ${op.name}${how}${count}  ${operands.join('  ')}`
  })
  const total = plan.slots.reduce((sum, bytes) => sum + bytes, 0)
  return [...lines, `    ${plan.slots.length} slots, ${total} bytes`].join('\n')
}
