// Names of checkpoints as Python's str.format makes them: `{epoch:02d}-{val_loss:.2f}.keras`.

import { didYouMean, fail } from '../errors.ts'
import type { Logs } from '../training/output.ts'
import { formatExponential, formatFixed } from '../util/pythonFormat.ts'

const FIELD = /\{(\w+)(?::(0?)(\d*)(?:\.(\d+))?([dfeg]?))?\}/g

/**
 * Fills the fields of a name.
 *
 * @throws {RecurraError} if there is no value for one, or its format is not one of d, f, e with width and digits.
 */
export function formatName(where: string, name: string, values: Logs): string {
  const filled = name.replace(FIELD, (_field, ...found: readonly (string | undefined)[]) => {
    const [key = '', zero, width, digits, type = ''] = found
    const value = values[key]
    if (value !== undefined) return pad(textOf(value, type, digits), Number(width ?? 0), Boolean(zero))
    const names = Object.keys(values)
    return fail(where, {
      expected: `fields of the name to be among ${names.join(', ')}`,
      got: `{${key}}`,
      remedy: didYouMean(key, names),
    })
  })
  if (!/[{}]/.test(filled)) return filled
  return fail(where, {
    expected: 'fields such as {epoch:02d} and {val_loss:.2f}',
    got: `"${name}"`,
  })
}

function textOf(value: number, type: string, digits: string | undefined): string {
  if (type === 'f') return formatFixed(value, Number(digits ?? 6))
  if (type === 'e') return formatExponential(value, Number(digits ?? 6))
  if (type === 'g' || digits !== undefined) return String(Number(value.toPrecision(Number(digits ?? 6) || 1)))
  return String(value)
}

function pad(text: string, width: number, isZero: boolean): string {
  if (!isZero) return text.padStart(width)
  const sign = text.startsWith('-') ? '-' : ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}
