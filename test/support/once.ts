// Numbers that several tests compare with, computed once: the CPU's do not depend on the strategy under test.

import { createHash } from 'node:crypto'

const kept = new WeakMap<object, Map<string, Promise<unknown>>>()

/** What `make` gave when an owner first asked for it by `key`, which is plain data and arrays of numbers. */
export function once<T>(owner: object, key: unknown, make: () => Promise<T>): Promise<T> {
  const own = kept.get(owner) ?? new Map<string, Promise<unknown>>()
  kept.set(owner, own)
  const text = textOf(key)
  const found = own.get(text) ?? make()
  own.set(text, found)
  // What failed is computed again, and fails again, for whoever asks next.
  found.catch(() => own.delete(text))
  return found as Promise<T>
}

const textOf = (key: unknown): string =>
  JSON.stringify(key, (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? createHash('sha1')
          .update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
          .digest('base64')
      : value,
  )
