// The two languages that models are written in: how values, calls and statements stand in each.

import type { Json } from '../config/json.ts'
import { quoted } from './text.ts'

/** An argument of a call by its name, in Keras's spelling. */
export type Named = readonly [name: string, expression: string]

/** How a language writes what models consist of. Expressions are texts. */
export interface Language {
  readonly name: 'Python' | 'TypeScript'
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

const indent = (text: string, by: string): string => text.replaceAll('\n', `\n${by}`)

/** Entries on one line where they fit in so many characters, and else on a line each. */
const bracketing =
  (width: number, by: string) =>
  (open: string, entries: readonly string[], close: string): string => {
    const line = `${open}${entries.join(', ')}${close}`
    if (entries.length === 0 || (line.length <= width && !line.includes('\n'))) return line
    // A single list or call hugs its brackets.
    const [only = ''] = entries
    if (entries.length === 1 && /[[({]\n/.test(only.split('\n', 1)[0]?.concat('\n') ?? '')) return line
    return `${open}${entries.map((entry) => `\n${by}${indent(entry, by)},`).join('')}\n${close}`
  }

/** Python in lines of so many characters. */
export function pythonOf(width: number): Language {
  const bracketed = bracketing(width, '    ')
  return {
    name: 'Python',
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
      if (!isTuple) return bracketed('[', entries, ']')
      return entries.length === 1 ? `(${entries[0]},)` : bracketed('(', entries, ')')
    },
    record: (entries) =>
      bracketed(
        '{',
        entries.map(([name, value]) => `${quoted(name)}: ${value}`),
        '}',
      ),
    call: (fn, placed, named = []) =>
      bracketed(`${fn}(`, [...placed, ...named.map(([name, value]) => `${name}=${value}`)], ')'),
    assign: (variable, expression) => `${variable} = ${expression}`,
    array: (nested) => `np.array(${nested}, dtype='float32')`,
  }
}

const asKey = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name))

/** TypeScript in lines of so many characters. */
export function typescriptOf(width: number): Language {
  const bracketed = bracketing(width, '  ')
  const language: Language = {
    name: 'TypeScript',
    nothing: 'null',
    yes: 'true',
    no: 'false',
    comment: '//',
    tellsFloats: false,
    reserved:
      'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield'.split(
        ' ',
      ),
    list: (entries) => bracketed('[', entries, ']'),
    record: (entries) => {
      const line = `{ ${entries.map(([name, value]) => (name === value ? name : `${asKey(name)}: ${value}`)).join(', ')} }`
      if (entries.length === 0) return '{}'
      const isLong = line.length > width || line.includes('\n')
      return isLong
        ? bracketed(
            '{',
            entries.map(([name, value]) => `${asKey(name)}: ${value}`),
            '}',
          )
        : line
    },
    call: (fn, placed, named = []) =>
      bracketed(`${fn}(`, named.length > 0 ? [...placed, language.record(named)] : placed, ')'),
    assign: (variable, expression) => `const ${variable} = ${expression}`,
    array: (nested, shape) => `tensor(new Float32Array(${nested}.flat(Infinity)), [${shape.join(', ')}])`,
  }
  return language
}

/** Whether a list is of numbers, or of lists of these: in Python a tuple. */
export const isOfNumbers = (list: readonly Json[]): boolean =>
  list.length > 0 &&
  list.every(
    (value) => value === null || typeof value === 'number' || (Array.isArray(value) && isOfNumbers(value)),
  )
