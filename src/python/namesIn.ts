// What a part of a text names.

/** The names in a part of the syntax; without indices, if these do not count. */
export function namesIn(part: unknown, isWithoutIndices = false): string[] {
  if (Array.isArray(part)) return part.flatMap((item) => namesIn(item, isWithoutIndices))
  if (typeof part !== 'object' || part === null) return []
  const { kind, name, object } = part as {
    readonly kind?: unknown
    readonly name?: unknown
    readonly object?: unknown
  }
  if (kind === 'name') return [String(name)]
  if (kind === 'index' && isWithoutIndices) return namesIn(object, true)
  return Object.values(part).flatMap((inner) => namesIn(inner, isWithoutIndices))
}
