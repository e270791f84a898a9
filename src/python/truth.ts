// What conditions make of values.

import { Dict, List, NotGiven, PySet, Range, Tuple, Unknown, type Value } from './values.ts'

/** Whether a value is true; null where it is not known. */
export function truthOf(value: Value): boolean | null {
  if (value instanceof NotGiven) return false
  if (value instanceof Unknown) return null
  if (value instanceof List || value instanceof Tuple || value instanceof PySet) return value.items.length > 0
  if (value instanceof Dict) return value.entries.size > 0
  if (value instanceof Range) return value.length > 0
  return typeof value === 'object' ? value !== null : Boolean(value)
}
