// What each kind of expression computes.

import { hostOf, type Interpreter, OWNER, SELF } from './interpreter.ts'
import { compare, unary } from './operators.ts'
import { Scope } from './scope.ts'
import { superOf } from './superclass.ts'
import type { Clause, Expression, FormatPart } from './syntax.ts'
import { formatValue, openText, reprOf } from './text.ts'
import { truthOf } from './truth.ts'
import {
  Dict,
  Ellipsis,
  Instance,
  List,
  NativeFunction,
  NotGiven,
  PySet,
  PythonClass,
  Slice,
  Tuple,
  Unknown,
  type Value,
} from './values.ts'

type Kind = Expression['kind']
type Of<K extends Kind> = Extract<Expression, { readonly kind: K }>
type Evaluators = {
  readonly [K in Kind]: (interpreter: Interpreter, expression: Of<K>, scope: Scope) => Value
}

const ELLIPSIS = new Ellipsis()

export const evaluators: Evaluators = {
  literal: (_, { value }) => value,
  ellipsis: () => ELLIPSIS,
  name: (interpreter, { name }, scope) => interpreter.lookUp(name, scope),
  foreign: (_, { word }) => new Unknown(word),
  format: (interpreter, { parts }, scope) => format(interpreter, parts, scope),
  tuple: collection,
  list: collection,
  set: collection,
  dict: makeDict,
  comprehension: comprehend,
  unary(interpreter, { operator, operand, at }, scope) {
    const value = interpreter.evaluate(operand, scope)
    if (operator === 'not') {
      const truth = truthOf(value)
      return truth === null ? value : !truth
    }
    if (value instanceof Unknown) return value
    return (
      hostOf(value)?.unary(operator, at) ??
      unary(operator, value) ??
      interpreter.failed(at, `the operator ${operator} has no result for this value here`)
    )
  },
  binary(interpreter, { operator, left, right, at }, scope) {
    const first = interpreter.evaluate(left, scope)
    return interpreter.binary(operator, first, interpreter.evaluate(right, scope), at)
  },
  logical(interpreter, { operator, left, right }, scope) {
    const first = interpreter.evaluate(left, scope)
    const truth = truthOf(first)
    if (truth === null) {
      // Where the other side decides, what is not known does not matter.
      const second = interpreter.evaluate(right, scope)
      return truthOf(second) === (operator === 'or') ? second : first
    }
    return truth === (operator === 'or') ? first : interpreter.evaluate(right, scope)
  },
  compare(interpreter, { first, rest, at }, scope) {
    let left = interpreter.evaluate(first, scope)
    let unknown: Value | null = null
    for (const { operator, operand } of rest) {
      const right = interpreter.evaluate(operand, scope)
      const result = compareValues(interpreter, operator, left, right, at)
      if (result === false) return false
      if (result !== true) unknown = result
      left = right
    }
    return unknown ?? true
  },
  conditional(interpreter, { condition, chosen, otherwise, at }, scope) {
    const truth = truthOf(interpreter.evaluate(condition, scope))
    if (truth !== null) return interpreter.evaluate(truth ? chosen : otherwise, scope)
    return new Unknown(interpreter.wordAt(at))
  },
  lambda: (interpreter, { syntax }, scope) => interpreter.makeFunction(syntax, scope),
  call(interpreter, { callee, args, at }, scope) {
    if (callee.kind === 'name' && callee.name === 'super') {
      const [self, owner] = [scope.find(SELF), scope.find(OWNER)]
      if (self instanceof Instance && owner instanceof PythonClass) return superOf(interpreter, self, owner)
    }
    const called = interpreter.evaluate(callee, scope)
    const given = interpreter.arguments(args, scope)
    if (!(given instanceof Unknown)) return interpreter.call(called, given, at)
    // What a function computes of data, such as zip(*pairs), is not known either.
    if (called instanceof Unknown || called instanceof NativeFunction)
      return given.derived(`${interpreter.wordAt(at)}(…)`)
    if (given.isReported) return given
    const form = args.some(({ star }) => star === '**') ? '{ name: ... }' : '[...]'
    return interpreter.askFor(at, given.word, 'stands for arguments that are not known', form)
  },
  member: (interpreter, { object, name, at }, scope) =>
    interpreter.attribute(interpreter.evaluate(object, scope), name, at),
  index(interpreter, { object, index, at }, scope) {
    const value = interpreter.evaluate(object, scope)
    return interpreter.index(value, interpreter.evaluate(index, scope), at)
  },
  slice(interpreter, { bounds }, scope) {
    const [start, stop, step] = bounds.map((bound) =>
      bound === null ? null : interpreter.evaluate(bound, scope),
    )
    const isOpen = bounds.some((bound, i) => bound !== null && [start, stop, step][i] === null)
    return new Slice([start ?? null, stop ?? null, step ?? null], isOpen)
  },
  star: (interpreter, { at }) => interpreter.problem(at, 'stands where nothing can be unpacked'),
  named(interpreter, { name, value }, scope) {
    const made = interpreter.evaluate(value, scope)
    scope.set(name, made)
    return made
  },
}

const orNone = (value: Value): Value => (value instanceof NotGiven ? null : value)

function compareValues(
  interpreter: Interpreter,
  operator: string,
  left: Value,
  right: Value,
  at: number,
): Value {
  if (operator.startsWith('is') && [left, right].some((side) => side instanceof NotGiven))
    return compareValues(interpreter, operator, orNone(left), orNone(right), at)
  // An unknown value may well be None; that something is None is known of known ones.
  for (const side of [left, right]) if (side instanceof Unknown) return side
  for (const side of [left, right]) {
    const made = operator.startsWith('is') ? undefined : hostOf(side)?.binary(operator, left, right, at)
    if (made !== undefined) return made
  }
  return (
    compare(operator, left, right, interpreter.budget) ??
    interpreter.failed(at, `the comparison ${operator} has no result for these values here`)
  )
}

function collection(
  interpreter: Interpreter,
  { kind, items }: Of<'tuple' | 'list' | 'set'>,
  scope: Scope,
): Value {
  const values: Value[] = []
  for (const item of items) {
    if (item.kind !== 'star') {
      values.push(interpreter.evaluate(item, scope))
      continue
    }
    const value = interpreter.evaluate(item.value, scope)
    const inner = interpreter.items(value, item.at)
    if (inner === null) return value instanceof Unknown ? value : new Unknown(interpreter.wordAt(item.at))
    interpreter.budget.spend(inner.length)
    values.push(...inner)
  }
  if (kind === 'list') return new List(values)
  return kind === 'tuple' ? new Tuple(values) : new PySet(values)
}

function makeDict(interpreter: Interpreter, { entries }: Of<'dict'>, scope: Scope): Value {
  const dict = new Dict()
  for (const { key, value } of entries) {
    const made = interpreter.evaluate(value, scope)
    if (key !== null) {
      dict.set(interpreter.evaluate(key, scope), made)
      continue
    }
    if (made instanceof Unknown) return made
    if (!(made instanceof Dict)) return new Unknown(interpreter.wordAt(value.at))
    interpreter.budget.spend(made.entries.size)
    for (const [name, inner] of made.entries.values()) dict.set(name, inner)
  }
  return dict
}

function comprehend(
  interpreter: Interpreter,
  { makes, key, element, clauses, at }: Of<'comprehension'>,
  scope: Scope,
): Value {
  const inner = new Scope(scope)
  const made: (readonly [Value, Value])[] = []
  const isKnown = each(interpreter, clauses, inner, () => {
    const name = key === null ? null : interpreter.evaluate(key, inner)
    made.push([name, interpreter.evaluate(element, inner)])
  })
  if (!isKnown) return new Unknown(interpreter.wordAt(at))
  if (makes === 'dict') return Dict.of(made)
  const values = made.map(([, value]) => value)
  return makes === 'list' ? new List(values) : new PySet(values)
}

/** Goes through the loops of a comprehension; false where one goes over what is not known. */
function each(
  interpreter: Interpreter,
  [clause, ...others]: readonly Clause[],
  scope: Scope,
  work: () => void,
): boolean {
  if (!clause) {
    work()
    return true
  }
  const items = interpreter.items(interpreter.evaluate(clause.source, scope), clause.source.at)
  if (items === null) return false
  for (const item of items) {
    interpreter.budget.spend()
    interpreter.assign(clause.target, item, scope)
    const truths = clause.conditions.map((condition) => truthOf(interpreter.evaluate(condition, scope)))
    if (truths.includes(false)) continue
    if (truths.includes(null) || !each(interpreter, others, scope, work)) return false
  }
  return true
}

/** The text of an f-string. */
function format(interpreter: Interpreter, parts: readonly FormatPart[], scope: Scope): Value {
  const made = parts.map((part) => {
    const next = typeof part === 'string' ? part : formatted(interpreter, part, scope)
    interpreter.budget.spend(typeof next === 'string' ? 1 + next.length : 1)
    return next
  })
  const open = openText(made)
  if (open) return open
  const text = made.join('')
  interpreter.budget.spend(text.length)
  return text
}

function formatted(
  interpreter: Interpreter,
  { value, conversion, spec }: Exclude<FormatPart, string>,
  scope: Scope,
): Value {
  const made = interpreter.evaluate(value, scope)
  const how = format(interpreter, spec, scope)
  if (made instanceof Unknown) return made
  if (typeof how !== 'string') return how
  const text = conversion === 'r' ? reprOf(made) : formatValue(made, how)
  return text ?? new Unknown(interpreter.wordAt(value.at))
}
