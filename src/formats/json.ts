// JSON as a file holds it: its type, and a parser that says which file was not JSON.

import { describeValue } from '../errors.ts'
import { failFormat } from './formatError.ts'

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject

/** A JSON object; a key that is absent reads as undefined. */
export interface JsonObject {
  [key: string]: Json
}

/** Whether a value of JSON is an object, and neither null nor an array. */
export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The deepest nesting: far more than Keras writes, and little enough for recursive functions. */
const MAX_LEVELS = 100

function checkLevels(where: string, value: Json): void {
  let level: Json[] = [value]
  for (let levels = 0; level.length > 0; levels++) {
    if (levels > MAX_LEVELS)
      failFormat(where, { expected: `JSON of at most ${MAX_LEVELS} levels`, got: 'more' })
    level = level.flatMap((inner) =>
      typeof inner === 'object' && inner !== null ? Object.values(inner) : [],
    )
  }
}

/**
 * Parses the UTF-8 text of a JSON object.
 *
 * @param where The text's name in errors: `.keras file, entry "config.json"`.
 * @throws {FormatError} if the bytes are not UTF-8, not JSON, not an object, or nested too deeply.
 */
export function parseJsonObject(where: string, bytes: Uint8Array): JsonObject {
  let value: Json
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const got =
      error instanceof Error ? `text that does not parse (${error.message})` : 'text that does not parse'
    return failFormat(where, { expected: 'JSON', got })
  }
  checkLevels(where, value)
  return isJsonObject(value)
    ? value
    : failFormat(where, { expected: 'a JSON object', got: describeValue(value) })
}
