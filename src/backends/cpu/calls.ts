// Calls of compiled operations: what one is told lies in linear memory, under the names of the operation's kernel. The same
// list of fields writes it here and is the class that the compiled functions read it by (.ci/assembly.ts).

import type { Plan, PlannedOperation } from '../../compiler/plan.ts'
import { type KernelSignature, type ScalarType, STEP_BYTES } from '../../graph/kernel.ts'
import type { Params } from '../../graph/operation.ts'
import type { Heap, Piece } from './heap.ts'
import { type CpuSides, sideOf } from './sides.ts'
import type { CompiledFunction, Wasm } from './wasm.ts'

/** A field of a call: a scalar, or where something lies. */
export interface CallField {
  readonly name: string
  readonly type: ScalarType | 'address'
  /** A scalar's value where an operation gives none. */
  readonly default?: number
}

/** Where a call's working memory lies. */
export const SCRATCH = 'scratch'
/** Where the scalars of the step lie, for kernels that read them. */
export const STEP_SCALARS = 'stepScalars'
const FIELD_BYTES = 4

/** The fields of calls of a kernel's operation, one behind the other: its scalars and overrides, its tensors, working memory. */
export function callFields(kernel: KernelSignature): readonly CallField[] {
  const { name, bindings, overrides, params, step } = kernel
  const scalars = (params?.fields ?? []).map(({ name: field, type, count }) => {
    if (count !== 1) throw new TypeError(`${name}: expected scalars, got ${count} numbers in ${field}`)
    return { name: field, type }
  })
  const addresses = [
    ...bindings.map((binding) => binding.name),
    SCRATCH,
    ...(step.length > 0 ? [STEP_SCALARS] : []),
  ]
  const fields: CallField[] = [
    ...scalars,
    ...overrides,
    ...addresses.map((address) => ({ name: address, type: 'address' as const })),
  ]
  const names = fields.map((field) => field.name)
  const twice = names.find((field, i) => names.indexOf(field) < i)
  if (twice) throw new TypeError(`${name}: expected one field of each name, got two of ${twice}`)
  return fields
}

/** Bytes that a call takes. */
const callBytes = (fields: readonly CallField[]): number => FIELD_BYTES * fields.length

/** A call in a piece of memory. */
class Call {
  /** What a compiled function is called with. */
  readonly address: number
  readonly #fields: readonly CallField[]
  readonly #memory: Piece

  /** @param offset Where in the piece it begins, in bytes. */
  constructor(fields: readonly CallField[], memory: Piece, offset: number) {
    this.#fields = fields
    this.#memory = memory
    this.address = memory.address + offset
  }

  writeScalars(params: Params): void {
    this.#write((field) => (field.type === 'address' ? undefined : (params[field.name] ?? field.default)))
  }

  /** @param addresses By the fields' names; 0 where a tensor is absent. */
  writeAddresses(addresses: Readonly<Record<string, number>>): void {
    this.#write((field) => (field.type === 'address' ? addresses[field.name] : undefined))
  }

  #write(given: (field: CallField) => Params[string] | undefined): void {
    const view = new DataView(this.#memory.buffer, this.address, callBytes(this.#fields))
    this.#fields.forEach((field, index) => {
      const value = given(field)
      if (typeof value !== 'number') return
      const at = FIELD_BYTES * index
      if (field.type === 'f32') view.setFloat32(at, value, true)
      else if (field.type === 'i32') view.setInt32(at, value, true)
      else view.setUint32(at, value, true)
    })
  }
}

/** The compiled function of an operation of a plan, and what it is called with. */
export interface CompiledOperation {
  readonly run: CompiledFunction['run']
  readonly call: Call
}

/**
 * The calls of a plan's compiled operations, which know everything but where tensors lie. Their memory begins with a place for
 * the scalars of the step under way.
 */
export function describeCalls(
  { operations }: Plan,
  sides: CpuSides,
  heap: Heap,
  functionOf: Wasm['functionOf'] | null,
) {
  let bytes = STEP_BYTES
  const described = operations.flatMap((operation) => {
    const name = sideOf(sides, operation).compiled
    const { kernel } = operation.op.twinOf?.operation ?? operation.op
    if (!functionOf || !name || !kernel) return []
    const fields = callFields(kernel)
    const offset = bytes
    bytes += callBytes(fields)
    return [{ operation, fields, offset, compiled: functionOf(name) }]
  })
  const memory = heap.allocate(bytes)
  const compiled = new Map<PlannedOperation, CompiledOperation>()
  let scratchBytes = 0
  for (const { operation, fields, offset, compiled: found } of described) {
    const call = new Call(fields, memory, offset)
    call.writeScalars(operation.params)
    if (found.covers && !found.covers(call.address)) continue
    compiled.set(operation, { run: found.run, call })
    scratchBytes = Math.max(scratchBytes, found.scratch?.(call.address) ?? 0)
  }
  return { memory, compiled, scratchBytes }
}
