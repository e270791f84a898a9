// Values as Python writes them: str(), repr(), format(), the operator %.

import { floatText, formatted } from '../util/pythonFormat.ts'
import { HostValue } from './hostValue.ts'
import {
  Dict,
  Instance,
  List,
  NativeFunction,
  PySet,
  PythonClass,
  PythonFunction,
  Range,
  Slice,
  Tuple,
  Unknown,
  type Value,
} from './values.ts'

/** A text in quotes. */
export const quoted = (text: string): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replace(/\\/g, '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replace(/\n/g, '\\n')
    .replace(/\t/g, '\\t')
  return `${quote}${escaped}${quote}`
}

/** The most letters of a value inside another, whatever it holds. */
const MOST = 10_000

/** `repr(value)`; null for what has no text here. */
export function reprOf(value: Value, levels = 20): string | null {
  if (typeof value === 'string') return quoted(value)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return floatText(value)
  if (typeof value === 'bigint') return String(value)
  if (levels === 0) return null
  const list = (items: readonly Value[]): string | null => {
    let text = ''
    for (const [i, item] of items.entries()) {
      const one = reprOf(item, levels - 1)
      if (one === null || text.length > MOST) return null
      text += `${i > 0 ? ', ' : ''}${one}`
    }
    return text
  }
  const around = (open: string, inner: string | null, close: string): string | null =>
    inner === null ? null : open + inner + close
  if (value instanceof List) return around('[', list(value.items), ']')
  if (value instanceof PySet) return value.items.length > 0 ? around('{', list(value.items), '}') : 'set()'
  if (value instanceof Tuple) return around('(', list(value.items), value.items.length === 1 ? ',)' : ')')
  if (value instanceof Range)
    return `range(${value.start}, ${value.stop}${value.step === 1 ? '' : `, ${value.step}`})`
  if (value instanceof Dict) {
    const pairs = [...value.entries.values()].map(([key, inner]) => [
      reprOf(key, levels - 1),
      reprOf(inner, levels - 1),
    ])
    if (pairs.flat().includes(null)) return null
    return `{${pairs.map((pair) => pair.join(': ')).join(', ')}}`
  }
  if (value instanceof Unknown || value instanceof HostValue) return null
  if (value instanceof PythonFunction) return value.syntax.name
  if (value instanceof NativeFunction || value instanceof PythonClass) return value.name
  if (value instanceof Instance) return `<${value.type.name}>`
  return value instanceof Slice ? 'slice' : '...'
}

/** `str(value)`; null for what has no text here. */
export const textOf = (value: Value): string | null => (typeof value === 'string' ? value : reprOf(value))

/** The longest text of which parts are not known. */
const LONGEST_PATTERN = 500

/** A text with words in brackets for what is not known, `logs/[run_id]`; null where there is no text. */
export function patternOf(value: Value): string | null {
  if (!(value instanceof Unknown)) return textOf(value)
  if (value.pattern !== null) return value.pattern
  const [word] = /[\p{L}\d_.]+/u.exec(value.word.replace(/^(?:str|int|round)\(/, '')) ?? ['unknown']
  return `[${word}]`
}

/** What is not known among parts of a text, with the pattern of the whole; null where all parts are known, or one is no text. */
export function openText(parts: readonly Value[]): Unknown | null {
  const unknown = parts.find((part) => part instanceof Unknown)
  if (!(unknown instanceof Unknown)) return null
  const patterns = parts.map(patternOf)
  const pattern = patterns.join('')
  return patterns.includes(null) || pattern.length > LONGEST_PATTERN ? unknown : unknown.within(pattern)
}

/** `format(value, spec)`; null where value or spec has no text here. */
export function formatValue(value: Value, spec: string): string | null {
  const given = typeof value === 'bigint' || typeof value === 'number' ? value : textOf(value)
  return given === null ? null : formatted(given, spec)
}

/** `'%d epochs' % n`; null where it has no text here. */
export function percentFormat(pattern: string, value: Value): string | null {
  const items = value instanceof Tuple ? [...value.items] : [value]
  let isKnown = true
  const text = pattern.replace(
    /%(?:\((\w+)\))?([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (
      _,
      ...[name, flags, width, digits, type]: [string | undefined, string, string, string | undefined, string]
    ) => {
      if (type === '%') return '%'
      const given = name === undefined ? items.shift() : value instanceof Dict ? value.get(name) : undefined
      const align = flags.includes('-') ? '<' : flags.includes('0') ? '' : '>'
      const sign = flags.includes('+') ? '+' : ''
      const zero = flags.includes('0') && align === '' ? '0' : ''
      const precision = digits === undefined ? '' : `.${digits}`
      const spec = `${align}${sign}${zero}${width}${precision}${/[sr]/.test(type) ? '' : type}`
      const shown = given !== undefined && type === 'r' ? reprOf(given) : given
      const one = shown === undefined || shown === null ? null : formatValue(shown, spec)
      isKnown &&= one !== null
      return one ?? ''
    },
  )
  return isKnown ? text : null
}

/** `'logs/%s' % run` where what is put in is not known; null where it is. */
export function openPercent(pattern: string, value: Value): Unknown | null {
  const items = value instanceof Tuple ? value.items : [value]
  const open = openText(items)
  if (open === null) return null
  const texts = items.map((item) => patternOf(item) ?? '')
  // Words stand for numbers, too.
  const made = percentFormat(pattern.replace(/%[-+ 0#]*[\d.]*[a-zA-Z]/g, '%s'), new Tuple(texts))
  return made === null ? open : open.within(made)
}

/** Texts that are put together of what is not known: `'logs/' + run`, `'logs/%s' % run`, and `Path('logs') / run`. */
export function openBinary(operator: string, left: Value, right: Value): Unknown | null {
  if (operator === '%' && typeof left === 'string') return openPercent(left, right)
  if (!(left instanceof Unknown || right instanceof Unknown)) return null
  const isText = (value: Value): boolean =>
    typeof value === 'string' || (value instanceof Unknown && value.pattern !== null)
  if (operator === '+' && (isText(left) || isText(right))) return openText([left, right])
  return operator === '/' && isText(right) ? openText([left, '/', right]) : null
}
