// Python's own functions.

import { setAttributeOf } from './access.ts'
import { HostValue } from './hostValue.ts'
import { hostOf, type Interpreter } from './interpreter.ts'
import { chr, ord, round, toFloat, toInt } from './numberBuiltins.ts'
import { less } from './operators.ts'
import { textOf } from './text.ts'
import { truthOf } from './truth.ts'
import { typeName } from './typeName.ts'
import {
  type Arguments,
  Dict,
  Instance,
  List,
  NativeFunction,
  numeric,
  OpenRange,
  PySet,
  PythonClass,
  PythonFunction,
  placedArguments,
  Range,
  Tuple,
  Unknown,
  type Value,
} from './values.ts'

/** What a builtin computes; undefined where it does not take such arguments. */
type Builtin = (
  interpreter: Interpreter,
  args: readonly Value[],
  given: Arguments,
  at: number,
) => Value | undefined

/** What loops go over is not known where a part of it is not: the part is to be known. */
const OF_LOOPS = ['range', 'enumerate', 'reversed', 'zip']

/** A function of plain values: one that is not known makes the result unknown. */
export const plain =
  (name: string, compute: Builtin): ((interpreter: Interpreter) => NativeFunction) =>
  (interpreter) =>
    new NativeFunction(name, (given, at) => {
      const unknown = given.placed.find((value) => value instanceof Unknown)
      if (unknown instanceof Unknown && name === 'range') return new OpenRange(unknown)
      if (unknown instanceof Unknown)
        return unknown.derived(OF_LOOPS.includes(name) ? unknown.word : `${name}(${unknown.word})`)
      return (
        compute(interpreter, given.placed, given, at) ??
        interpreter.failed(at, `${name} has no result for these values here`)
      )
    })

/** The entries of a value; undefined where it is no list or the like. */
function entries(interpreter: Interpreter, value: Value | undefined, at: number): Value[] | undefined {
  if (value === undefined) return []
  const items = interpreter.items(value, at)
  if (items === null) return undefined
  interpreter.budget.spend(items.length)
  return [...items]
}

function lengthOf(interpreter: Interpreter, value: Value | undefined, at: number): Value | undefined {
  if (typeof value === 'string') return BigInt(value.length)
  if (value instanceof List || value instanceof Tuple || value instanceof PySet)
    return BigInt(value.items.length)
  if (value instanceof Dict) return BigInt(value.entries.size)
  if (value instanceof Range) return BigInt(value.length)
  const length = hostOf(value)?.attribute('__len__', at)
  return length instanceof NativeFunction
    ? length.call(placedArguments([]), at)
    : (length ?? new Unknown(interpreter.wordAt(at)))
}

function makeRange(interpreter: Interpreter, args: readonly Value[]): Value | undefined {
  const bounds = args.map(numeric)
  if (bounds.length < 1 || bounds.length > 3 || bounds.some((bound) => typeof bound !== 'bigint'))
    return undefined
  const [first = 0, second, step = 1] = bounds.map(Number)
  if (step === 0) return undefined
  void interpreter
  return second === undefined ? new Range(0, first, 1) : new Range(first, second, step)
}

/** min and max, of a list or of arguments. */
const extreme =
  (isBetter: (a: Value, b: Value, interpreter: Interpreter) => boolean | undefined): Builtin =>
  (interpreter, args, { named }, at) => {
    const items = args.length === 1 ? entries(interpreter, args[0], at) : [...args]
    if (!items || items.length === 0) return items ? named.get('default') : undefined
    const [unknown] = items.filter((item) => item instanceof Unknown)
    if (unknown) return unknown
    let best = items[0] as Value
    for (const item of items) {
      const better = isBetter(item, best, interpreter)
      if (better === undefined) return undefined
      if (better) best = item
    }
    return best
  }

function sum(
  interpreter: Interpreter,
  [list, start = 0n]: readonly Value[],
  _: Arguments,
  at: number,
): Value | undefined {
  const items = entries(interpreter, list, at)
  return items?.reduce((total, item) => interpreter.binary('+', total, item, at), start)
}

function makeDict(
  interpreter: Interpreter,
  [from]: readonly Value[],
  { named }: Arguments,
  at: number,
): Value | undefined {
  const dict = new Dict()
  if (from instanceof Dict) for (const [key, value] of from.entries.values()) dict.set(key, value)
  else
    for (const pair of entries(interpreter, from, at) ?? []) {
      const [key, value] = entries(interpreter, pair, at) ?? []
      if (key === undefined || value === undefined) return undefined
      dict.set(key, value)
    }
  for (const [name, value] of named) dict.set(name, value)
  return dict
}

function sorted(
  interpreter: Interpreter,
  [list]: readonly Value[],
  { named }: Arguments,
  at: number,
): Value | undefined {
  const items = entries(interpreter, list, at)
  const key = named.get('key') ?? null
  if (!items) return undefined
  const keys = items.map((item) => (key === null ? item : interpreter.call(key, placedArguments([item]), at)))
  if (keys.some((one) => one instanceof Unknown)) return new Unknown('sorted(…)')
  let isWrong = false
  const order = items
    .map((_, i) => i)
    .sort((a, b) => {
      const before = less(keys[a] as Value, keys[b] as Value, interpreter.budget)
      if (before === undefined) isWrong = true
      return before ? -1 : less(keys[b] as Value, keys[a] as Value, interpreter.budget) ? 1 : a - b
    })
  if (isWrong) return undefined
  if (truthOf(named.get('reverse') ?? false)) order.reverse()
  return new List(order.map((i) => items[i] as Value))
}

/** Goes through several lists at once, to the end of the shortest. */
function zip(interpreter: Interpreter, args: readonly Value[], _: Arguments, at: number): Value | undefined {
  const lists = args.map((list) => entries(interpreter, list, at))
  if (lists.some((list) => list === undefined)) return new Unknown('zip(…)')
  const length = Math.min(...lists.map((list) => list?.length ?? 0))
  const count = Number.isFinite(length) ? length : 0
  interpreter.budget.spend(count * lists.length)
  return new List(Array.from({ length: count }, (_, i) => new Tuple(lists.map((list) => list?.[i] ?? null))))
}

/** Whether a value is of one of the classes; only plain types and classes of the text are known. */
function isInstance(_: Interpreter, [value = null, types = null]: readonly Value[]): Value {
  const classes = types instanceof Tuple ? types.items : [types]
  const found = classes.map((type) => {
    if (type instanceof PythonClass) return value instanceof Instance && descends(value.type, type)
    if (type instanceof NativeFunction) return typeName(value) === type.name
    if (!(type instanceof HostValue)) return null
    return value instanceof Instance ? extendsHost(value.type, type) : !!hostOf(value)?.isInstanceOf(type)
  })
  if (found.includes(true)) return true
  return found.includes(null) ? new Unknown('isinstance(…)') : false
}

/** Whether a class of the text extends one of the host. */
const extendsHost = (type: PythonClass, from: HostValue): boolean =>
  type.bases.some((base) =>
    base instanceof PythonClass
      ? extendsHost(base, from)
      : base instanceof HostValue && base.label === from.label,
  )

const descends = (type: PythonClass, from: PythonClass): boolean =>
  type === from || type.bases.some((base) => base instanceof PythonClass && descends(base, from))

/** Calls a function for each entry. */
const mapping: Builtin = (interpreter, [fn = null, ...lists], _, at) => {
  const zipped = zip(interpreter, lists, _, at)
  if (!(zipped instanceof List)) return zipped
  return new List(
    zipped.items.map((item) => interpreter.call(fn, placedArguments((item as Tuple).items), at)),
  )
}

const some =
  (truth: boolean): Builtin =>
  (interpreter, [list], _, at) => {
    const truths = entries(interpreter, list, at)?.map(truthOf)
    if (truths?.includes(truth)) return truth
    return truths?.includes(null) ? new Unknown('any(…)') : !truth
  }

const functions: Readonly<Record<string, Builtin>> = {
  len: (interpreter, [value], _, at) => lengthOf(interpreter, value, at),
  range: makeRange,
  abs: (_, [value = null]) => {
    const number = numeric(value)
    return number === null ? undefined : number < 0 ? -number : number
  },
  min: extreme((a, b, { budget }) => less(a, b, budget)),
  max: extreme((a, b, { budget }) => less(b, a, budget)),
  sum,
  round,
  int: toInt,
  float: toFloat,
  bool: (_, [value = null]) => truthOf(value) ?? new Unknown('bool(…)'),
  str: (interpreter, [value = '']) => {
    const text = textOf(value) ?? undefined
    interpreter.budget.spend(text?.length ?? 0)
    return text ?? new Unknown('str(…)')
  },
  list: (interpreter, [value], _, at) => {
    const items = entries(interpreter, value, at)
    return items ? new List(items) : new Unknown('list(…)')
  },
  tuple: (interpreter, [value], _, at) => {
    const items = entries(interpreter, value, at)
    return items ? new Tuple(items) : new Unknown('tuple(…)')
  },
  set: (interpreter, [value], _, at) => {
    const items = entries(interpreter, value, at)
    return items ? new PySet(items) : new Unknown('set(…)')
  },
  dict: makeDict,
  sorted,
  reversed: (interpreter, [value], _, at) => {
    const items = entries(interpreter, value, at)
    return items ? new List(items.reverse()) : new Unknown('reversed(…)')
  },
  enumerate: (interpreter, [value, first = 0n], { named }, at) => {
    const items = entries(interpreter, value, at)
    const start = numeric(named.get('start') ?? first)
    if (!items || typeof start !== 'bigint') return new Unknown('enumerate(…)')
    return new List(items.map((item, i) => new Tuple([start + BigInt(i), item])))
  },
  zip,
  map: mapping,
  filter: (interpreter, [fn = null, list = null], _, at) => {
    const items = entries(interpreter, list, at)
    const truths = items?.map((item) =>
      truthOf(fn === null ? item : interpreter.call(fn, placedArguments([item]), at)),
    )
    if (!items || truths?.includes(null)) return new Unknown('filter(…)')
    return new List(items.filter((_item, i) => truths?.[i]))
  },
  ord,
  chr,
  any: some(true),
  all: some(false),
  isinstance: isInstance,
  divmod: (interpreter, [a = null, b = null], _, at) =>
    new Tuple([interpreter.binary('//', a, b, at), interpreter.binary('%', a, b, at)]),
  pow: (interpreter, [a = null, b = null], _, at) => interpreter.binary('**', a, b, at),
  hasattr: (interpreter, [object = null, name = null], _, at) =>
    typeof name === 'string' ? !(interpreter.attribute(object, name, at) instanceof Unknown) : undefined,
  getattr(interpreter, [object = null, name = null, otherwise], _, at) {
    if (typeof name !== 'string') return undefined
    const found = interpreter.attribute(object, name, at)
    // What is not known may have any attribute.
    const isAbsent = found instanceof Unknown && !(object instanceof Unknown)
    return isAbsent && otherwise !== undefined ? otherwise : found
  },
  setattr(interpreter, [object = null, name = null, value = null], _, at) {
    if (typeof name !== 'string') return undefined
    setAttributeOf(interpreter, object, name, value, at)
    return null
  },
  callable: (_, [value]) =>
    value instanceof PythonFunction || value instanceof NativeFunction || value instanceof PythonClass,
}

/** Python's functions by name, bound to an interpreter. */
export const builtins: ReadonlyMap<string, (interpreter: Interpreter) => Value> = new Map<
  string,
  (interpreter: Interpreter) => Value
>([
  ...Object.entries(functions).map(([name, compute]) => [name, plain(name, compute)] as const),
  ['print', () => new NativeFunction('print', () => null)],
  ['__name__', () => '__main__'],
])
