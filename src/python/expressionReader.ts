// Expressions of the parsed tree as data.

import { partsOfString, readNumber, withoutEscapes } from './literals.ts'
import { readFunction } from './statementReader.ts'
import type { Argument, Clause, Expression, FormatPart } from './syntax.ts'
import { groupsOf, type Node, partsOf, type Source, Unreadable } from './tree.ts'

type Read = (node: Node, source: Source) => Expression

/** Reads an expression. */
export function readExpression(node: Node | undefined, source: Source): Expression {
  if (!node || node.type.isError) throw new Unreadable('does not parse', node?.from ?? 0)
  const read = readers[node.name]
  if (!read) return { kind: 'foreign', word: source.textOf(node).slice(0, 40), at: node.from }
  return source.deeper(node, () => read(node, source))
}

/** Reads several with commas between, as a tuple where there is a comma. */
export function readList(parts: readonly Node[], source: Source): Expression {
  const [first] = parts
  if (!first) throw new Unreadable('does not parse', 0)
  if (!parts.some(({ name }) => name === ',')) return readStarred(parts, source)
  const items = groupsOf(parts).map((group) => readStarred(group, source))
  return { kind: 'tuple', items, at: first.from }
}

function readStarred(parts: readonly Node[], source: Source): Expression {
  const [first, second] = parts
  if (first?.name === '*') return { kind: 'star', value: readExpression(second, source), at: first.from }
  if (parts.length > 1) throw new Unreadable('does not parse', second?.from ?? 0)
  return readExpression(first, source)
}

/** Parts between the brackets that a node starts and ends with. */
const inside = (node: Node): Node[] => partsOf(node).slice(1, -1)

const collection =
  (kind: 'tuple' | 'list' | 'set'): Read =>
  (node, source) => ({
    kind,
    items: groupsOf(inside(node)).map((group) => readStarred(group, source)),
    at: node.from,
  })

/** Reads `for target in source if …`, once or several times. */
function readClauses(parts: readonly Node[], source: Source): Clause[] {
  const starts = parts.flatMap(({ name }, i) => (name === 'for' ? [i] : []))
  return starts.map((start, i) => {
    const clause = parts.slice(start + 1, starts[i + 1]).filter(({ name }) => name !== 'async')
    const middle = clause.findIndex(({ name }) => name === 'in')
    const conditions = clause.flatMap((part, k) => (part.name === 'if' ? [clause[k + 1]] : []))
    return {
      target: readList(clause.slice(0, middle), source),
      source: readExpression(clause[middle + 1], source),
      conditions: conditions.map((condition) => readExpression(condition, source)),
    }
  })
}

const comprehension =
  (makes: 'list' | 'set' | 'dict'): Read =>
  (node, source) => {
    const parts = inside(node)
    const [first, second, third] = parts
    const isPair = second?.name === ':'
    return {
      kind: 'comprehension',
      makes: isPair ? 'dict' : makes,
      key: isPair ? readExpression(first, source) : null,
      element: readExpression(isPair ? third : first, source),
      clauses: readClauses(parts, source),
      at: node.from,
    }
  }

function readDict(node: Node, source: Source): Expression {
  const entries = groupsOf(inside(node)).map(([first, second, third]) =>
    first?.name === '**'
      ? { key: null, value: readExpression(second, source) }
      : { key: readExpression(first, source), value: readExpression(third, source) },
  )
  return { kind: 'dict', entries, at: node.from }
}

const COMPARISONS = new Set(['in', 'not', 'is', 'CompareOp'])

function readBinary(node: Node, source: Source): Expression {
  const parts = partsOf(node)
  const [left] = parts
  const right = parts.at(-1)
  const operators = parts.slice(1, -1)
  const operator = operators.map((part) => source.textOf(part)).join(' ')
  const at = node.from
  if (operator === 'and' || operator === 'or')
    return {
      kind: 'logical',
      operator,
      left: readExpression(left, source),
      right: readExpression(right, source),
      at,
    }
  const [first, second] = [readExpression(left, source), readExpression(right, source)]
  if (!COMPARISONS.has(operators[0]?.name ?? ''))
    return { kind: 'binary', operator, left: first, right: second, at }
  const isChain = left?.name === 'BinaryExpression' && first.kind === 'compare'
  return {
    kind: 'compare',
    first: isChain ? first.first : first,
    rest: [...(isChain ? first.rest : []), { operator, operand: second }],
    at,
  }
}

function readMember(node: Node, source: Source): Expression {
  const [object, mark, ...rest] = partsOf(node)
  const value = readExpression(object, source)
  if (mark?.name === '.') {
    if (!rest[0]) throw new Unreadable('does not parse', mark.from)
    return { kind: 'member', object: value, name: source.textOf(rest[0]), at: rest[0].from }
  }
  const parts = rest.slice(0, -1)
  const indices = groupsOf(parts).map((group) => readIndex(group, source))
  const isTuple = parts.some(({ name }) => name === ',')
  const [only] = indices
  if (!only) throw new Unreadable('does not parse', node.from)
  const index: Expression = isTuple ? { kind: 'tuple', items: indices, at: only.at } : only
  return { kind: 'index', object: value, index, at: node.from }
}

/** One index in brackets, which may be a slice. */
function readIndex(parts: readonly Node[], source: Source): Expression {
  if (!parts.some(({ name }) => name === ':')) return readStarred(parts, source)
  const bounds: [Expression | null, Expression | null, Expression | null] = [null, null, null]
  let place = 0
  for (const part of parts) {
    if (part.name === ':') place++
    else bounds[place] = readExpression(part, source)
  }
  return { kind: 'slice', bounds, at: parts[0]?.from ?? 0 }
}

function readCall(node: Node, source: Source): Expression {
  const [callee, list] = partsOf(node)
  return {
    kind: 'call',
    callee: readExpression(callee, source),
    args: list ? readArguments(list, source) : [],
    at: node.from,
  }
}

export function readArguments(list: Node, source: Source): Argument[] {
  const parts = inside(list)
  const [element] = parts
  if (element && parts[1]?.name === 'for') {
    const clauses = readClauses(parts, source)
    const at = element.from
    const value = readExpression(element, source)
    return [
      {
        name: null,
        star: '',
        value: { kind: 'comprehension', makes: 'list', key: null, element: value, clauses, at },
        at,
      },
    ]
  }
  return groupsOf(parts).map(([first, second, third]): Argument => {
    const at = first?.from ?? list.from
    if (first?.name === '*' || first?.name === '**')
      return { name: null, star: first.name, value: readExpression(second, source), at }
    if (second?.name === 'AssignOp' && first)
      return { name: source.textOf(first), star: '', value: readExpression(third, source), at }
    if (second) throw new Unreadable('does not parse', second.from)
    return { name: null, star: '', value: readExpression(first, source), at }
  })
}

function readString(node: Node, source: Source): Expression {
  const { prefix, inner } = partsOfString(source.textOf(node))
  if (prefix.includes('b')) return { kind: 'foreign', word: source.textOf(node).slice(0, 40), at: node.from }
  return { kind: 'literal', value: prefix.includes('r') ? inner : withoutEscapes(inner), at: node.from }
}

function readFormatString(node: Node, source: Source): Expression {
  const { prefix, quotes } = partsOfString(source.textOf(node))
  const start = node.from + prefix.length + quotes.length
  const replacements = partsOf(node).filter(({ name }) => name === 'FormatReplacement')
  const plain = (text: string): string => {
    const whole = text.replaceAll('{{', '{').replaceAll('}}', '}')
    return prefix.includes('r') ? whole : withoutEscapes(whole)
  }
  const bounds = { from: start, to: node.to - quotes.length }
  return { kind: 'format', parts: formatParts(replacements, bounds, source, plain), at: node.from }
}

function formatParts(
  replacements: readonly Node[],
  { from, to }: { readonly from: number; readonly to: number },
  source: Source,
  plain: (text: string) => string,
): FormatPart[] {
  const parts: FormatPart[] = []
  let at = from
  for (const node of replacements) {
    parts.push(plain(source.text.slice(at, node.from)))
    const inner = inside(node)
    const conversion = inner.find(({ name }) => name === 'FormatConversion')
    const spec = inner.find(({ name }) => name === 'FormatSpec')
    const nested = spec ? partsOf(spec).filter(({ name }) => name === 'FormatReplacement') : []
    parts.push({
      value: readExpression(inner[0], source),
      conversion: conversion ? source.textOf(conversion).slice(1) : '',
      spec: spec ? formatParts(nested, { from: spec.from + 1, to: spec.to }, source, plain) : [],
    })
    at = node.to
  }
  parts.push(plain(source.text.slice(at, to)))
  return parts.filter((part) => part !== '')
}

function readContinued(node: Node, source: Source): Expression {
  const parts = partsOf(node).map((part) => readExpression(part, source))
  const texts = parts.flatMap((part): readonly FormatPart[] =>
    part.kind === 'format' ? part.parts : part.kind === 'literal' ? [String(part.value)] : [],
  )
  return { kind: 'format', parts: texts, at: node.from }
}

const word =
  (value: null | boolean): Read =>
  (node) => ({ kind: 'literal', value, at: node.from })

const readers: Readonly<Record<string, Read | undefined>> = {
  VariableName: (node, source) => ({ kind: 'name', name: source.textOf(node), at: node.from }),
  Number: (node, source) => {
    const value = readNumber(source.textOf(node))
    if (value === null) return { kind: 'foreign', word: source.textOf(node).slice(0, 40), at: node.from }
    return { kind: 'literal', value, at: node.from }
  },
  Boolean: (node, source) => word(source.textOf(node) === 'True')(node, source),
  None: word(null),
  Ellipsis: (node) => ({ kind: 'ellipsis', at: node.from }),
  String: readString,
  FormatString: readFormatString,
  ContinuedString: readContinued,
  ParenthesizedExpression: (node, source) => readExpression(inside(node)[0], source),
  TupleExpression: collection('tuple'),
  ArrayExpression: collection('list'),
  SetExpression: collection('set'),
  DictionaryExpression: readDict,
  ArrayComprehensionExpression: comprehension('list'),
  ComprehensionExpression: comprehension('list'),
  SetComprehensionExpression: comprehension('set'),
  DictionaryComprehensionExpression: comprehension('dict'),
  BinaryExpression: readBinary,
  UnaryExpression(node, source) {
    const [operator, operand] = partsOf(node)
    return {
      kind: 'unary',
      operator: operator ? source.textOf(operator) : '',
      operand: readExpression(operand, source),
      at: node.from,
    }
  },
  ConditionalExpression(node, source) {
    const [chosen, , condition, , otherwise] = partsOf(node)
    return {
      kind: 'conditional',
      condition: readExpression(condition, source),
      chosen: readExpression(chosen, source),
      otherwise: readExpression(otherwise, source),
      at: node.from,
    }
  },
  LambdaExpression: (node, source) => ({
    kind: 'lambda',
    syntax: readFunction(node, source),
    at: node.from,
  }),
  NamedExpression(node, source) {
    const [name, , value] = partsOf(node)
    return {
      kind: 'named',
      name: name ? source.textOf(name) : '',
      value: readExpression(value, source),
      at: node.from,
    }
  },
  MemberExpression: readMember,
  CallExpression: readCall,
}
