// JSON as a file holds it: its type, and a parser that says which file was not JSON.

import { describeValue, fail } from '../errors.ts'

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject

/** A JSON object; a key that is absent reads as undefined. */
export interface JsonObject {
  [key: string]: Json
}

/** Whether a value of JSON is an object, and neither null nor an array. */
export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Parses the UTF-8 text of a JSON object.
 *
 * @param where Which text it is, for the error: `.keras file, entry "config.json"`.
 * @throws RecurraError if the bytes are not UTF-8, not JSON, or not an object.
 */
export function parseJsonObject(where: string, bytes: Uint8Array): JsonObject {
  let value: Json
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const got =
      error instanceof Error ? `text that does not parse (${error.message})` : 'text that does not parse'
    return fail(where, { expected: 'JSON', got })
  }
  return isJsonObject(value) ? value : fail(where, { expected: 'a JSON object', got: describeValue(value) })
}
