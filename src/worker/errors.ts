// Errors across the border of a worker: class, name, text, stack and cause stay. What this side threw itself, in a hook that the other
// side asked for say, or aborted a signal with, comes back to it as the same object.

import { RecurraError } from '../errors.ts'
import { FormatError } from '../formats/formatError.ts'
import { isA, isError } from '../util/realms.ts'
import { mark } from './mark.ts'

interface SentError {
  readonly class: string
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly cause?: unknown
  readonly code?: unknown
  /** By what the side knows the error that threw it. */
  readonly key?: string | undefined
}

const classes: Readonly<Record<string, new (message: string, options: ErrorOptions) => Error>> = {
  FormatError,
  RecurraError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
}

/** The errors that this side keeps, by their keys. */
const kept = new Map<string, Error>()
/** The keys of errors, of this side or of the other. */
const keys = new WeakMap<Error, string>()
// Keys of another page or worker must not be taken for those of this one.
const realm = Math.random().toString(36).slice(2)
let count = 0

/**
 * Keeps what was thrown until it is released, so that it comes back as it is.
 *
 * @returns Releases it.
 */
export function keepError(thrown: unknown): () => void {
  if (!isError(thrown)) return () => undefined
  const key = `${realm}:${++count}`
  kept.set(key, thrown)
  keys.set(thrown, key)
  return () => kept.delete(key)
}

/** @param pack Packs a cause. */
export function markOfError(error: Error, pack: (cause: unknown) => unknown): object {
  const { name, message, stack, cause } = error
  const found = Object.keys(classes).find((each) => error instanceof (classes[each] as typeof Error))
  const isSendable = isError(cause) || ['string', 'number'].includes(typeof cause)
  const sent: SentError = {
    class: isA(error, 'DOMException') ? 'DOMException' : (found ?? 'Error'),
    name,
    message,
    stack,
    key: keys.get(error),
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    ...(isSendable && { cause: pack(cause) }),
  }
  return mark('error', sent)
}

export function errorOfMark(given: object, unpack: (cause: unknown) => unknown): Error {
  const { class: className, name, message, stack, cause, code, key } = given as SentError
  const own = kept.get(key ?? '')
  if (own) return own
  const made =
    className === 'DOMException'
      ? new DOMException(message, name)
      : new (classes[className] ?? Error)(message, cause === undefined ? {} : { cause: unpack(cause) })
  const members = {
    ...(stack !== undefined && { stack }),
    ...(made.name !== name && { name }),
    ...(code !== undefined && { code }),
  }
  for (const [member, value] of Object.entries(members))
    Object.defineProperty(made, member, { value, configurable: true, writable: true })
  if (key !== undefined) keys.set(made, key)
  return made
}
