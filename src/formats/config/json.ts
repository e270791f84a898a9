// JSON as a file holds it: its type, and a parser that says which file was not JSON.

import { describeValue } from '../../errors.ts'
import { isError } from '../../util/realms.ts'
import { failFormat } from '../formatError.ts'

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject

/** A JSON object; a key that is absent reads as undefined. */
export interface JsonObject {
  [key: string]: Json
}

/** Whether a value of JSON is an object, and neither null nor an array. */
export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a table has under a name of a file, which may be one that every object inherits, such as `constructor`. */
export const namedIn = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** The deepest nesting: far more than Keras writes, and little enough for recursive functions. */
const MAX_LEVELS = 100

const [QUOTE, BACKSLASH] = [0x22, 0x5c]
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b])
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d])

/** Checks a text before it is parsed: what a few bytes of brackets become in memory is many times their size. */
function checkLevels(where: string, bytes: Uint8Array): void {
  let levels = 0
  let isText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === QUOTE) isText = !isText
    else if (isText && byte === BACKSLASH) at++
    else if (isText) continue
    else if (CLOSING.has(byte)) levels--
    else if (OPENING.has(byte) && ++levels > MAX_LEVELS)
      failFormat(where, { expected: `JSON of at most ${MAX_LEVELS} levels`, got: 'more' })
  }
}

/**
 * Parses the UTF-8 text of a JSON object.
 *
 * @param where The text's name in errors: `.keras file, entry "config.json"`.
 * @throws {FormatError} if the bytes are not UTF-8, not JSON, not an object, or nested too deeply.
 */
export function parseJsonObject(where: string, bytes: Uint8Array): JsonObject {
  checkLevels(where, bytes)
  let value: Json
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const got = isError(error) ? `text that does not parse (${error.message})` : 'text that does not parse'
    return failFormat(where, { expected: 'JSON', got })
  }
  return isJsonObject(value)
    ? value
    : failFormat(where, { expected: 'a JSON object', got: describeValue(value) })
}
