// Methods of lists, dicts and texts.

import type { Interpreter } from './interpreter.ts'
import { contains, equal } from './operators.ts'
import { formatValue, patternOf, textOf } from './text.ts'
import {
  type Arguments,
  Container,
  Dict,
  keyOf,
  List,
  NativeFunction,
  numeric,
  PySet,
  Tuple,
  Unknown,
  type Value,
  valueOr,
} from './values.ts'

type Method<T> = (
  interpreter: Interpreter,
  object: T,
  args: readonly Value[],
  given: Arguments,
  at: number,
) => Value | undefined

const itemsOf = (interpreter: Interpreter, value: Value | undefined, at: number): readonly Value[] | null => {
  const items = value === undefined ? null : interpreter.items(value, at)
  interpreter.budget.spend(items?.length ?? 0)
  return items
}

const lists: Readonly<Record<string, Method<List>>> = {
  append(interpreter, { items }, [value = null]) {
    interpreter.budget.spend()
    items.push(value)
    return null
  },
  extend(interpreter, { items }, [more], _, at) {
    for (const item of itemsOf(interpreter, more, at) ?? []) items.push(item)
    return null
  },
  insert(interpreter, { items }, [place = null, value = null]) {
    interpreter.budget.spend(items.length)
    items.splice(Number(numeric(place) ?? 0n), 0, value)
    return null
  },
  pop(interpreter, { items }, [place = -1n]) {
    interpreter.budget.spend(items.length)
    return items.splice(Number(numeric(place) ?? -1n), 1)[0]
  },
  reverse(interpreter, { items }) {
    interpreter.budget.spend(items.length)
    items.reverse()
    return null
  },
  copy(interpreter, { items }) {
    interpreter.budget.spend(items.length)
    return new List([...items])
  },
  clear(_, { items }) {
    items.length = 0
    return null
  },
  index: (interpreter, { items }, [value = null]) => {
    const place = items.findIndex((item) => equal(item, value, interpreter.budget))
    return place < 0 ? undefined : BigInt(place)
  },
  count: (interpreter, { items }, [value = null]) =>
    BigInt(items.filter((item) => equal(item, value, interpreter.budget)).length),
}

const dicts: Readonly<Record<string, Method<Dict>>> = {
  get: (_, dict, [key = null, fallback = null]) => valueOr(dict.get(key), () => fallback),
  keys: (interpreter, dict) => listOf(interpreter, dict.keys),
  values: (interpreter, dict) => listOf(interpreter, dict.values),
  items: (interpreter, dict) =>
    listOf(
      interpreter,
      [...dict.entries.values()].map((pair) => new Tuple(pair)),
    ),
  copy(interpreter, dict) {
    interpreter.budget.spend(dict.entries.size)
    return Dict.of(dict.entries.values())
  },
  update(interpreter, dict, [from], { named }) {
    const pairs = from instanceof Dict ? [...from.entries.values()] : []
    interpreter.budget.spend(pairs.length + named.size)
    for (const [key, value] of [...pairs, ...named]) dict.set(key, value)
    return null
  },
  setdefault(_, dict, [key = null, fallback = null]) {
    const found = dict.get(key)
    if (found === undefined) dict.set(key, fallback)
    return valueOr(found, () => fallback)
  },
  pop(_, dict, [key = null, fallback]) {
    const found = dict.get(key)
    dict.entries.delete(keyOf(key))
    return valueOr(found, () => (fallback === undefined ? new Unknown('pop(…)') : fallback))
  },
}

function listOf(interpreter: Interpreter, items: Value[]): List {
  interpreter.budget.spend(items.length)
  return new List(items)
}

/** A method of texts that gives a text. */
const textual =
  (change: (text: string) => string): Method<string> =>
  (interpreter, text) => {
    interpreter.budget.spend(text.length)
    return change(text)
  }

const texts: Readonly<Record<string, Method<string>>> = {
  upper: textual((text) => text.toUpperCase()),
  lower: textual((text) => text.toLowerCase()),
  strip: textual((text) => text.trim()),
  title: textual((text) =>
    text.replace(/[a-z]+/gi, (word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase()),
  ),
  capitalize: textual((text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase()),
  format: formatted,
  join(interpreter, text, [list], _, at) {
    const items = itemsOf(interpreter, list, at)
    const words = items?.map((item) => (typeof item === 'string' ? item : null)) ?? [null]
    if (words.includes(null)) return new Unknown('join(…)')
    const length = words.reduce((sum, word) => sum + (word?.length ?? 0) + text.length, 0)
    interpreter.budget.spend(length)
    return words.join(text)
  },
  split(interpreter, text, [separator = null]) {
    interpreter.budget.spend(text.length)
    const words =
      typeof separator === 'string' && separator !== '' ? text.split(separator) : text.trim().split(/\s+/)
    return new List(words)
  },
  replace(interpreter, text, [old, by]) {
    if (typeof old !== 'string' || typeof by !== 'string') return undefined
    interpreter.budget.spend(text.length * Math.max(1, by.length))
    return text.replaceAll(old, () => by)
  },
  startswith: (interpreter, text, [start]) => {
    interpreter.budget.spend(text.length)
    return typeof start === 'string' ? text.startsWith(start) : undefined
  },
  endswith: (interpreter, text, [end]) => {
    interpreter.budget.spend(text.length)
    return typeof end === 'string' ? text.endsWith(end) : undefined
  },
}

/** `'{} of {name:.2f}'.format(…)`. */
function formatted(
  interpreter: Interpreter,
  text: string,
  args: readonly Value[],
  { named }: Arguments,
): Value | undefined {
  interpreter.budget.spend(text.length)
  let place = 0
  let length = 0
  const open: Unknown[] = []
  const made = text.replace(
    /\{\{|\}\}|\{(\w*)(?:!([rs]))?(?::([^{}]*))?\}/g,
    (whole, name?: string, _conversion?: string, spec = '') => {
      if (name === undefined) return whole.slice(0, 1)
      const value = name === '' ? args[place++] : /^\d+$/.test(name) ? args[Number(name)] : named.get(name)
      const isOpen = value === undefined || value instanceof Unknown
      const one = isOpen ? patternOf(value ?? new Unknown(name)) : formatValue(value, spec)
      if (isOpen || one === null) open.push(value instanceof Unknown ? value : new Unknown('format(…)'))
      length += one?.length ?? 0
      interpreter.budget.spend(one?.length ?? 0)
      return one ?? ''
    },
  )
  interpreter.budget.spend(length)
  return open[0]?.within(made) ?? made
}

const sets: Readonly<Record<string, Method<PySet>>> = {
  add(interpreter, set, [value = null]) {
    interpreter.budget.spend()
    set.add(value)
    return null
  },
}

const tuples: Readonly<Record<string, Method<Tuple>>> = {
  index: (interpreter, { items }, [value = null]) => {
    const place = items.findIndex((item) => equal(item, value, interpreter.budget))
    return place < 0 ? undefined : BigInt(place)
  },
  count: (interpreter, tuple, [value = null]) =>
    contains(tuple, value, interpreter.budget)
      ? BigInt(tuple.items.filter((item) => equal(item, value, interpreter.budget)).length)
      : 0n,
  as_list: (interpreter, { items }) => listOf(interpreter, [...items]),
}

/** Methods that change a list, a dict or a set. */
const CHANGING = [
  ...['append', 'extend', 'insert', 'pop', 'reverse', 'clear'],
  ...['update', 'setdefault', 'add'],
]

/** The method of a plain value; undefined where it has none of that name. */
export function methodOf(interpreter: Interpreter, object: Value, name: string): Value | undefined {
  const bound = <T extends Container | Tuple | string>(
    table: Readonly<Record<string, Method<T>>>,
    self: T,
  ): Value | undefined => {
    const method = Object.hasOwn(table, name) ? table[name] : undefined
    if (!method) return undefined
    return new NativeFunction(name, (given, at) => {
      if (self instanceof Container && CHANGING.includes(name)) {
        interpreter.changed?.add(self)
        // Which entries it has is not known where the argument is not; one that is put behind the others is itself unknown.
        self.isOpen ||= name !== 'append' && given.placed[0] instanceof Unknown
      }
      const made = method(interpreter, self, given.placed, given, at)
      return (
        made ?? (made === null ? null : interpreter.failed(at, `${name} has no result for these values here`))
      )
    })
  }
  if (object instanceof List) return bound(lists, object)
  if (object instanceof Dict) return bound(dicts, object)
  if (object instanceof PySet) return bound(sets, object)
  if (object instanceof Tuple) return bound(tuples, object)
  if (typeof object === 'string') return bound(texts, object)
  return typeof object === 'number' && textOf(object) !== null && name === 'item'
    ? new NativeFunction(name, () => object)
    : undefined
}
