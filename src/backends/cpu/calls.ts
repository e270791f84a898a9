// Calls of compiled functions. The arguments of a call are a struct in linear memory whose fields have the names of the kernel
// (callFields.ts).

import type { PlannedOperation } from '../../compiler/plan.ts'
import { STEP_BYTES } from '../../graph/kernel.ts'
import type { Params } from '../../graph/operation.ts'
import { type CallField, callFields } from './callFields.ts'
import type { Heap, Piece } from './heap.ts'
import { type CpuSides, sideOf } from './sides.ts'
import type { CompiledFunction, Wasm } from './wasm.ts'

const FIELD_BYTES = 4

/** Size of a call in bytes. */
const callBytes = (fields: readonly CallField[]): number => FIELD_BYTES * fields.length

/** A call in linear memory. */
class Call {
  /** The argument of the compiled function. */
  readonly address: number
  readonly #fields: readonly CallField[]
  readonly #memory: Piece

  /** @param offset Of the call in the piece, in bytes. */
  constructor(fields: readonly CallField[], memory: Piece, offset: number) {
    this.#fields = fields
    this.#memory = memory
    this.address = memory.address + offset
  }

  writeScalars(params: Params): void {
    this.#write((field) => (field.type === 'address' ? undefined : (params[field.name] ?? field.default)))
  }

  /** @param addresses By the names of fields; 0 for an absent tensor. */
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

/** The compiled function of an operation in a plan, with its call. */
export interface CompiledOperation {
  readonly run: CompiledFunction['run']
  readonly call: Call
}

/**
 * Creates the calls of a plan's compiled operations, complete but for the addresses. Their memory begins with the scalars of the
 * present step.
 */
export function describeCalls(
  operations: readonly PlannedOperation[],
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
