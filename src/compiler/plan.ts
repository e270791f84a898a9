// What a model compiles to: a fixed list of operations on fixed memory. A backend loads the plan once and replays it.

import { impossible } from '../errors.ts'
import type { DType } from '../graph/graph.ts'
import type { KernelField } from '../graph/kernel.ts'
import type { Launch } from '../graph/launch.ts'
import type { Params, RunnableOperation } from '../graph/operation.ts'
import type { Shape } from '../util/shape.ts'

/** A tensor's memory: part of an arena, given by its name, or of one of the plan's slots (`slot:3`). Offset and length in elements. */
export interface Slice {
  readonly buffer: string
  readonly offset: number
  readonly length: number
  readonly dtype: DType
}

/** One operation on fixed memory: what the CPU calls and what the GPU launches. */
export interface PlannedOperation {
  readonly op: RunnableOperation
  /** By the names of the operation's signature, without absent inputs and outputs that nothing reads. */
  readonly tensors: Readonly<Record<string, Slice>>
  readonly shapes: Readonly<Record<string, Shape>>
  readonly params: Params
  /** Name of the chosen strategy, see `Operation.strategies`. */
  readonly strategy: string
  readonly launches: readonly Launch[]
  readonly flops: number
}

export interface Plan {
  readonly operations: readonly PlannedOperation[]
  /** The step scalars that its kernels read: they differ from one run to the next. */
  readonly scalars: readonly KernelField[]
  /** Bytes of each slot. */
  readonly slots: readonly number[]
  /** Tensors that can be read after a run. */
  readonly results: ReadonlyMap<string, { readonly slice: Slice; readonly shape: Shape }>
}

export const flopsOf = ({ operations }: Plan): number => operations.reduce((sum, { flops }) => sum + flops, 0)

/**
 * FLOPs of a submit, half a second of a slow GPU: some drivers end command buffers that take longer, without an error, and
 * leave the remaining commands undone. A launch counts as at least what such a GPU computes in the time that a launch costs.
 */
const SUBMIT_FLOPS = 2 ** 33
const LEAST_LAUNCH_FLOPS = 2 ** 19

/** A range of the plan's launches that are one submit, from `start` up to `until`. */
export interface Submit {
  readonly start: number
  readonly until: number
}

/** Divides the launches of a plan into submits: one submit, unless it would occupy the device for long. */
export function submitsOf({ operations }: Plan, mostLaunches = Number.POSITIVE_INFINITY): Submit[] {
  const submits: Submit[] = []
  let start = 0
  let until = 0
  let sum = 0
  for (const launch of operations.flatMap(({ launches }) => launches)) {
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

/**
 * The union of the step scalars that kernels, or plans, read.
 *
 * @throws {TypeError} where two of them disagree about the type or offset of a scalar.
 */
export function mergeScalars(readers: readonly (readonly KernelField[])[]): KernelField[] {
  const scalars = new Map<string, KernelField>()
  for (const field of readers.flat()) {
    const { type, offset } = scalars.get(field.name) ?? field
    if (type !== field.type || offset !== field.offset)
      impossible(`kernels disagree about the type or offset of step.${field.name}`)
    scalars.set(field.name, field)
  }
  return [...scalars.values()]
}

const SLOT = 'slot:'

export const slotName = (index: number): string => `${SLOT}${index}`
export const isSlot = (buffer: string): boolean => buffer.startsWith(SLOT)

/** The plan as text: for each operation a line with the shapes of its tensors and their memory. */
export function printPlan(plan: Plan): string {
  const lines = plan.operations.map(({ op, tensors, shapes, strategy, launches }, index) => {
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
