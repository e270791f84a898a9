// Names of checkpoints as Python's str.format makes them: `{epoch:02d}-{val_loss:.2f}.keras`.

import { didYouMean, fail } from '../errors.ts'
import { formatted } from '../util/pythonFormat.ts'

/** A brace that is doubled stands for one. */
const FIELD = /\{\{|\}\}|\{(\w+)(?::([^{}]*))?\}/g

/**
 * Fills the fields of a name.
 *
 * @param values Numbers of the fields; those of integers are bigints.
 * @throws {RecurraError} if there is no value for a field, or Python has no such format of it.
 */
export function formatName(
  where: string,
  name: string,
  values: Readonly<Record<string, number | bigint>>,
): string {
  if (/[{}]/.test(name.replace(FIELD, '')))
    fail(where, { expected: 'fields such as {epoch:02d} and {val_loss:.2f}', got: `"${name}"` })
  return name.replace(FIELD, (field, key: string | undefined, spec = '') => {
    if (key === undefined) return field.slice(1)
    const value = values[key]
    const names = Object.keys(values)
    if (value === undefined)
      return fail(where, {
        expected: `fields of the name to be among ${names.join(', ')}`,
        got: `{${key}}`,
        remedy: didYouMean(key, names),
      })
    const isNumber = typeof value === 'number' || typeof value === 'bigint'
    const isWhole = !/[dxb]$/.test(spec) || typeof value === 'bigint'
    return (
      (isNumber && isWhole ? formatted(value, spec) : null) ??
      fail(where, {
        expected: `a format of Python for the number ${String(value)}, such as {${key}:.2f}`,
        got: field,
      })
    )
  })
}
