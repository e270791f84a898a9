// Operators between plain values. undefined means that the values have no such operator.

import type { Budget } from './budget.ts'
import { percentFormat } from './text.ts'
import { Dict, keyOf, List, numeric, PySet, Range, Tuple, Unknown, type Value } from './values.ts'

/** Integers have at most so many bits: sizes have far fewer. */
const MAX_BITS = 1024n
const LIMIT = 1n << MAX_BITS

const bounded = (value: bigint): bigint | undefined => (value < LIMIT && value > -LIMIT ? value : undefined)

function integers(operator: string, a: bigint, b: bigint): Value | undefined {
  switch (operator) {
    case '+':
      return bounded(a + b)
    case '-':
      return bounded(a - b)
    case '*':
      return bounded(a * b)
    case '/':
      return b === 0n ? undefined : Number(a) / Number(b)
    case '//':
      return b === 0n ? undefined : (a - modulo(a, b)) / b
    case '%':
      return b === 0n ? undefined : modulo(a, b)
    case '**':
      if (b < 0n) return Number(a) ** Number(b)
      return BigInt(a.toString(2).length) * b > MAX_BITS && a !== 1n && a !== 0n ? undefined : a ** b
    case '<<':
      return b < 0n || b > MAX_BITS ? undefined : bounded(a << b)
    case '>>':
      return b < 0n || b > MAX_BITS ? undefined : a >> b
    case '&':
      return a & b
    case '|':
      return a | b
    case '^':
      return a ^ b
  }
  return undefined
}

/** The remainder with the sign of the divisor. */
const modulo = (a: bigint, b: bigint): bigint => ((a % b) + b) % b

function floats(operator: string, a: number, b: number): Value | undefined {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return b === 0 ? undefined : a / b
    case '//':
      return b === 0 ? undefined : Math.floor(a / b)
    case '%':
      return b === 0 ? undefined : a - Math.floor(a / b) * b
    case '**':
      return a ** b
  }
  return undefined
}

/** A list or a text, several times. */
function repeated(value: Value, times: bigint, budget: Budget): Value | undefined {
  const count = Number(times > 0n ? times : 0n)
  if (typeof value === 'string') {
    budget.spend(value.length * count)
    return value.repeat(count)
  }
  if (!(value instanceof List || value instanceof Tuple)) return undefined
  budget.spend(value.items.length * count)
  const items = Array.from({ length: count }, () => value.items).flat()
  return value instanceof List ? new List(items) : new Tuple(items)
}

/** `left operator right`. */
export function binary(operator: string, left: Value, right: Value, budget: Budget): Value | undefined {
  const [a, b] = [numeric(left), numeric(right)]
  if (a !== null && b !== null)
    return typeof a === 'bigint' && typeof b === 'bigint'
      ? integers(operator, a, b)
      : floats(operator, Number(a), Number(b))
  if (operator === '*') {
    if (typeof b === 'bigint') return repeated(left, b, budget)
    return typeof a === 'bigint' ? repeated(right, a, budget) : undefined
  }
  if (operator === '%' && typeof left === 'string') {
    budget.spend(left.length)
    const text = percentFormat(left, right)
    budget.spend(text?.length ?? 0)
    // What is no text here, such as a layer, has one in Python, which is not known.
    return text ?? new Unknown('%')
  }
  if (operator === '|' && left instanceof Dict && right instanceof Dict) {
    budget.spend(left.entries.size + right.entries.size)
    return Dict.of([...left.entries.values(), ...right.entries.values()])
  }
  if (operator !== '+') return undefined
  if (typeof left === 'string' && typeof right === 'string') {
    budget.spend(left.length + right.length)
    return left + right
  }
  const isPair =
    (left instanceof List && right instanceof List) || (left instanceof Tuple && right instanceof Tuple)
  if (!isPair) return undefined
  const items = [...left.items, ...right.items]
  budget.spend(items.length)
  return left instanceof List ? new List(items) : new Tuple(items)
}

export function unary(operator: string, operand: Value): Value | undefined {
  const value = numeric(operand)
  if (value === null) return undefined
  if (operator === '-') return -value
  if (operator === '+') return value
  return operator === '~' && typeof value === 'bigint' ? ~value : undefined
}

/** Whether two values are equal, of lists and the like entry by entry. */
export function equal(left: Value, right: Value, budget: Budget): boolean {
  budget.spend()
  if (left === right) return true
  const [a, b] = [numeric(left), numeric(right)]
  // Integers and floats of the same number are equal.
  // biome-ignore lint/suspicious/noDoubleEquals: JavaScript's == compares a bigint with a number by value.
  if (a !== null && b !== null) return a == b
  const isPair =
    (left instanceof List && right instanceof List) || (left instanceof Tuple && right instanceof Tuple)
  if (isPair) {
    const { items } = right
    return budget.deeper(
      () =>
        left.items.length === items.length &&
        left.items.every((item, i) => equal(item, items[i] as Value, budget)),
    )
  }
  return left === right
}

/** `<` of numbers, texts, lists; undefined where there is none. */
export function less(left: Value, right: Value, budget: Budget): boolean | undefined {
  budget.spend()
  const [a, b] = [numeric(left), numeric(right)]
  if (a !== null && b !== null) return a < b
  if (typeof left === 'string' && typeof right === 'string') return left < right
  const isPair =
    (left instanceof List && right instanceof List) || (left instanceof Tuple && right instanceof Tuple)
  if (!isPair) return undefined
  const at = left.items.findIndex(
    (item, i) => i >= right.items.length || !equal(item, right.items[i] as Value, budget),
  )
  if (at < 0) return left.items.length < right.items.length
  const [one, other] = [left.items[at], right.items[at]]
  if (other === undefined) return false
  return budget.deeper(() => less(one as Value, other, budget))
}

/** `item in container`. */
export function contains(container: Value, item: Value, budget: Budget): boolean | undefined {
  if (typeof container === 'string') {
    budget.spend(container.length)
    return typeof item === 'string' ? container.includes(item) : undefined
  }
  if (container instanceof Dict || container instanceof PySet) return container.entries.has(keyOf(item))
  if (container instanceof List || container instanceof Tuple)
    return container.items.some((one) => equal(one, item, budget))
  if (!(container instanceof Range)) return undefined
  const place = (Number(numeric(item) ?? Number.NaN) - container.start) / container.step
  return Number.isInteger(place) && place >= 0 && place < container.length
}

/** A comparison of two values; undefined where there is none. */
export function compare(operator: string, left: Value, right: Value, budget: Budget): boolean | undefined {
  const not = (value: boolean | undefined): boolean | undefined => (value === undefined ? value : !value)
  switch (operator) {
    case '==':
      return equal(left, right, budget)
    // As Python 2 writes it.
    case '<>':
    case '!=':
      return !equal(left, right, budget)
    case 'is':
      return left === right
    case 'is not':
      return left !== right
    case 'in':
      return contains(right, left, budget)
    case 'not in':
      return not(contains(right, left, budget))
    case '<':
      return less(left, right, budget)
    case '>':
      return less(right, left, budget)
    case '<=':
      return not(less(right, left, budget))
    case '>=':
      return not(less(left, right, budget))
  }
  return undefined
}

/** Whether an operator computes with an extent that is open, as which None stands, and with numbers. */
export const isOfOpenExtent = (operator: string, left: Value, right: Value): boolean =>
  /^([-+*]|\/\/)$/.test(operator) &&
  [left, right].includes(null) &&
  [left, right].every((side) => side === null || numeric(side) !== null)
