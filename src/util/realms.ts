// Objects of the platform's classes, whichever realm they are of: a frame of a page and the context that Jest runs a test in have classes
// of their own, and `instanceof` knows those of one realm alone.

/** Classes of the platform that values are asked for. */
interface Classes {
  readonly AbortSignal: AbortSignal
  readonly ArrayBuffer: ArrayBuffer
  readonly Blob: Blob
  readonly DOMException: DOMException
  readonly File: File
  readonly Float32Array: Float32Array
  readonly Map: ReadonlyMap<unknown, unknown>
  readonly Promise: Promise<unknown>
  readonly Response: Response
  readonly Set: ReadonlySet<unknown>
  readonly URL: URL
  readonly Uint8Array: Uint8Array
}

/** Whether a value is of one of these classes. A class that extends another has a name of its own: a `File` is no `'Blob'` here. */
export const isA = <Name extends keyof Classes>(
  value: unknown,
  ...names: readonly Name[]
): value is Classes[Name] => names.includes(Object(value)[Symbol.toStringTag])

/** Whether what was thrown is an error, as all are that the platform throws. */
export const isError = (thrown: unknown): thrown is Error & { readonly code?: unknown } =>
  /^\[object (Error|DOMException)\]$/.test(Object.prototype.toString.call(thrown))

/** What an error says, or what was thrown in the place of one. */
export const messageOf = (thrown: unknown): string => (isError(thrown) ? thrown.message : String(thrown))
