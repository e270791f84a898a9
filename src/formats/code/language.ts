// The two languages that models are written in: how values, calls and statements stand in each.

import { quoted } from './text.ts'

/** An argument of a call by its name, in Keras's spelling. */
export type Named = readonly [name: string, expression: string]

/** How a language writes what models consist of. Expressions are texts. */
export interface Language {
  readonly nothing: string
  readonly yes: string
  readonly no: string
  readonly comment: string
  /** Whether floats are told from integers. */
  readonly tellsFloats: boolean
  /** Words that no variable can be. */
  readonly reserved: readonly string[]
  list(entries: readonly string[], isTuple?: boolean): string
  record(entries: readonly Named[]): string
  call(fn: string, placed: readonly string[], named?: readonly Named[]): string
  assign(variable: string, expression: string): string
  array(nested: string, shape: readonly number[]): string
}

const WIDTH = 88

const indent = (text: string, by: string): string => text.replaceAll('\n', `\n${by}`)

/** Entries on one line where they fit, and else on a line each. */
function bracketed(open: string, entries: readonly string[], close: string, by: string): string {
  const line = `${open}${entries.join(', ')}${close}`
  if (entries.length === 0 || (line.length <= WIDTH && !line.includes('\n'))) return line
  // A single list or call hugs its brackets.
  const [only = ''] = entries
  if (entries.length === 1 && /[[({]\n/.test(only.split('\n', 1)[0]?.concat('\n') ?? '')) return line
  return `${open}${entries.map((entry) => `\n${by}${indent(entry, by)},`).join('')}\n${close}`
}

export const python: Language = {
  nothing: 'None',
  yes: 'True',
  no: 'False',
  comment: '#',
  tellsFloats: true,
  reserved:
    'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with None True False keras np'.split(
      ' ',
    ),
  list(entries, isTuple = false) {
    if (!isTuple) return bracketed('[', entries, ']', '    ')
    return entries.length === 1 ? `(${entries[0]},)` : bracketed('(', entries, ')', '    ')
  },
  record: (entries) =>
    bracketed(
      '{',
      entries.map(([name, value]) => `${quoted(name)}: ${value}`),
      '}',
      '    ',
    ),
  call: (fn, placed, named = []) =>
    bracketed(`${fn}(`, [...placed, ...named.map(([name, value]) => `${name}=${value}`)], ')', '    '),
  assign: (variable, expression) => `${variable} = ${expression}`,
  array: (nested) => `np.array(${nested}, dtype='float32')`,
}

const asKey = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name))

const record = (entries: readonly Named[]): string =>
  entries.length === 0
    ? '{}'
    : entries.every(([, value]) => !value.includes('\n')) &&
        entries.map(([name, value]) => `${name}: ${value}, `).join('').length <= WIDTH
      ? `{ ${entries.map(([name, value]) => (name === value ? name : `${asKey(name)}: ${value}`)).join(', ')} }`
      : bracketed(
          '{',
          entries.map(([name, value]) => `${asKey(name)}: ${value}`),
          '}',
          '  ',
        )

export const typescript: Language = {
  nothing: 'null',
  yes: 'true',
  no: 'false',
  comment: '//',
  tellsFloats: false,
  reserved:
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield'.split(
      ' ',
    ),
  list: (entries) => bracketed('[', entries, ']', '  '),
  record,
  call: (fn, placed, named = []) =>
    bracketed(`${fn}(`, named.length > 0 ? [...placed, record(named)] : placed, ')', '  '),
  assign: (variable, expression) => `const ${variable} = ${expression}`,
  array: (nested, shape) => `tensor(new Float32Array(${nested}.flat(Infinity)), [${shape.join(', ')}])`,
}
