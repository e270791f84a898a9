// What a message between a page and a worker holds: plain data as they are, and marks in the place of tensors, errors and what stays on
// its side.

import { describeProblem, describeValue, RecurraError } from '../errors.ts'
import { isOptions } from '../util/options.ts'
import { isA, isError } from '../util/realms.ts'
import { Tensor } from '../util/tensor.ts'
import { errorOfMark, markOfError } from './errors.ts'
import { kindOf, mark } from './mark.ts'

/** Arrays that are nested deeper contain themselves: whoever reads them says so. */
const MAX_DEPTH = 20

/** Buffers that the next message moves. */
const moving = new WeakSet<ArrayBufferLike>()

/**
 * Marks data so that the next call that sends them to a worker moves their memory instead of copying it, which costs no time however
 * much it is. Every typed array on that memory is empty afterwards, here and in whatever else shares it, and a tensor's `data` with it.
 * Of a tensor, a typed array, or lists and objects of these:
 *
 * ```ts
 * await remote.fit(transfer(x), transfer(y))
 * ```
 *
 * Nested arrays of numbers are always copied, number by number. A typed array on a SharedArrayBuffer is neither copied nor moved.
 *
 * @returns The data themselves.
 */
export function transfer<Data extends object>(data: Data): Data {
  replaceWithin(data, (part) => {
    const { buffer } = part instanceof Tensor ? part.data : (part as Partial<ArrayBufferView>)
    if (isA(buffer, 'ArrayBuffer')) moving.add(buffer)
    return part
  })
  return data
}

/** Replaces parts of nested arrays and plain objects. What has none to replace comes back as it is, without a copy. */
export function replaceWithin(value: unknown, replace: (part: object) => unknown, depth = 0): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value
  const replaced = replace(value)
  if (replaced !== value || depth > MAX_DEPTH) return replaced
  const inside = (part: unknown): unknown => replaceWithin(part, replace, depth + 1)
  if (Array.isArray(value)) {
    // Rows of numbers, of which data may have millions, have no parts.
    if (value.every((part) => typeof part === 'number')) return value
    const parts = value.map(inside)
    return parts.some((part, i) => part !== value[i]) ? parts : value
  }
  if (!isOptions(value)) return value
  const entries = Object.entries(value).map(([name, part]) => [name, inside(part)] as const)
  return entries.some(([name, part]) => part !== value[name]) ? Object.fromEntries(entries) : value
}

/** Which memory goes with a message instead of being copied: what `transfer` was told, or all that is sent as a whole. */
export type Moved = 'told' | 'whole'

/**
 * Data as a message takes them.
 *
 * @param where Names the model in errors.
 * @returns The data, and the buffers that are moved.
 */
export function packed(
  value: unknown,
  moved: Moved,
  where: string,
): { readonly value: unknown; readonly buffers: ArrayBuffer[] } {
  const buffers = new Set<ArrayBuffer>()
  const note = (view: ArrayBufferView): void => {
    const { buffer } = view
    if (!isA(buffer, 'ArrayBuffer')) return
    if (moved === 'whole' ? view.byteLength === buffer.byteLength : moving.delete(buffer)) buffers.add(buffer)
  }
  const made = replaceWithin(value, (part) => {
    if (part instanceof Tensor) {
      note(part.data)
      return mark('tensor', { data: part.data, shape: part.shape })
    }
    if (isError(part)) return markOfError(part, (cause) => packed(cause, moved, where).value)
    if (ArrayBuffer.isView(part)) note(part)
    else checkPlain(part, where)
    return part
  })
  return { value: made, buffers: [...buffers] }
}

/** The same, with arrays and plain objects made anew. */
export function copied(value: unknown, depth = 0): unknown {
  const inside = (part: unknown): unknown => copied(part, depth + 1)
  if (depth > MAX_DEPTH) return value
  if (Array.isArray(value)) return Array.from(value, inside)
  if (!isOptions(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inside(part)]))
}

/** Refuses objects of classes, which would arrive without their methods, and functions, which do not arrive at all. */
function checkPlain(part: object, where: string): void {
  const isOwnClass =
    Object.prototype.toString.call(part) === '[object Object]' && !isOptions(part) && !Array.isArray(part)
  if (typeof part === 'function' || isOwnClass) failToSend(where, describeValue(part))
}

export function failToSend(where: string, got: string, cause?: unknown): never {
  const problem = {
    expected: 'what can be sent to a worker: numbers, texts, arrays, tensors, plain objects of these',
    got,
    remedy: 'Make it in the file of the worker, where expose is called.',
  }
  throw new RecurraError(describeProblem(where, problem), { cause })
}

/** Data of a message as they were sent; marks of other kinds stay for their readers. */
export const unpacked = (value: unknown): unknown =>
  replaceWithin(value, (part) => {
    const kind = kindOf(part)
    if (kind === 'error') return errorOfMark(part, unpacked)
    if (kind !== 'tensor') return part
    const { data, shape } = part as { readonly data: Float32Array; readonly shape: readonly number[] }
    return new Tensor(data, shape)
  })
