// Values of an interpreted text. None is null, an int a bigint, a float a number, a str a string; lists and the like are the classes
// here. What a text has from elsewhere, such as data, is unknown; what only its host knows, such as layers, are host values.

import type { HostValue } from './hostValue.ts'
import type { Origin } from './origin.ts'
import type { Scope } from './scope.ts'
import type { FunctionSyntax } from './syntax.ts'

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | List
  | Tuple
  | Dict
  | PySet
  | Range
  | Slice
  | Ellipsis
  | PythonFunction
  | NativeFunction
  | PythonClass
  | Instance
  | HostValue
  | Unknown

/** Arguments of a call. */
export interface Arguments {
  readonly placed: readonly Value[]
  readonly named: ReadonlyMap<string, Value>
  /** Where the text has each of them, by its place or its name. */
  readonly places: ReadonlyMap<number | string, number>
}

/** Arguments by place. */
export const placedArguments = (placed: readonly Value[]): Arguments => ({
  placed,
  named: new Map(),
  places: new Map(),
})

/** What has entries that a text changes. */
export abstract class Container {
  /** Whether it may hold other entries than it has here, so that the text knows nothing of it. */
  isOpen = false
}

export class List extends Container {
  constructor(readonly items: Value[]) {
    super()
  }
}

export class Tuple {
  constructor(readonly items: readonly Value[]) {}
}

/** A dict: entries by a text of their keys, since JavaScript tells equal keys of a class apart. */
export class Dict extends Container {
  readonly entries = new Map<string, readonly [key: Value, value: Value]>()

  static of(pairs: Iterable<readonly [Value, Value]>): Dict {
    const dict = new Dict()
    for (const [key, value] of pairs) dict.set(key, value)
    return dict
  }

  get(key: Value): Value | undefined {
    return this.entries.get(keyOf(key))?.[1]
  }

  set(key: Value, value: Value): void {
    this.isOpen ||= key instanceof Unknown
    this.entries.set(keyOf(key), [key, value])
  }

  get keys(): Value[] {
    return [...this.entries.values()].map(([key]) => key)
  }

  get values(): Value[] {
    return [...this.entries.values()].map(([, value]) => value)
  }
}

export class PySet extends Container {
  readonly entries = new Map<string, Value>()

  constructor(items: Iterable<Value>) {
    super()
    for (const item of items) this.add(item)
  }

  add(item: Value): void {
    this.isOpen ||= item instanceof Unknown
    this.entries.set(keyOf(item), item)
  }

  get items(): Value[] {
    return [...this.entries.values()]
  }
}

const identities = new WeakMap<object, number>()
let lastIdentity = 0

/** A text that equal keys have in common. */
export function keyOf(value: Value): string {
  if (typeof value === 'string') return `s${value}`
  if (typeof value === 'boolean') return `n${Number(value)}`
  if (typeof value === 'bigint' || typeof value === 'number') return `n${value}`
  if (value === null) return 'None'
  // A tuple inside a tuple is the object that it is, since tuples of tuples of tuples would take for ever.
  if (value instanceof Tuple)
    return `(${value.items.map((item) => (item instanceof Tuple ? identityOf(item) : keyOf(item))).join(',')})`
  return identityOf(value)
}

function identityOf(value: object): string {
  const identity = identities.get(value) ?? ++lastIdentity
  identities.set(value, identity)
  return `#${identity}`
}

export class Range {
  constructor(
    readonly start: number,
    readonly stop: number,
    readonly step: number,
  ) {}

  get length(): number {
    return Math.max(0, Math.ceil((this.stop - this.start) / this.step))
  }

  at(index: number): bigint {
    return BigInt(this.start + index * this.step)
  }
}

export class Slice {
  /** @param isOpen Whether a bound is written and is None: of an axis that is open the extent is. */
  constructor(
    readonly bounds: readonly [start: Value, stop: Value, step: Value],
    readonly isOpen = false,
  ) {}
}

export class Ellipsis {}

/** A function of the text, with the values that its body sees. */
export class PythonFunction {
  constructor(
    readonly syntax: FunctionSyntax,
    readonly defaults: readonly (Value | undefined)[],
    readonly scope: Scope,
    /** What `self` is, where it is a method of an object. */
    readonly self: Value | undefined,
    /** The class whose bases `super()` looks through. */
    readonly owner: PythonClass | null,
  ) {}

  bind(self: Value): PythonFunction {
    return new PythonFunction(this.syntax, this.defaults, this.scope, self, this.owner)
  }

  /** The function as a method of a class. */
  in(owner: PythonClass): PythonFunction {
    return new PythonFunction(this.syntax, this.defaults, this.scope, undefined, owner)
  }
}

/** A function of the interpreter or of its host. */
export class NativeFunction {
  /** @param parameters What texts find its parameters called, where they ask. */
  constructor(
    readonly name: string,
    readonly call: (args: Arguments, at: number) => Value,
    readonly parameters: readonly string[] = [],
  ) {}
}

/** A class of the text. */
export class PythonClass {
  readonly members = new Map<string, Value>()

  constructor(
    readonly name: string,
    readonly bases: readonly Value[],
    readonly ownFields: readonly string[] = [],
  ) {}

  /** The names that the class and its bases give a type, in the order of a dataclass's arguments. */
  get fields(): readonly string[] {
    const inherited = this.bases.flatMap((base) => (base instanceof PythonClass ? base.fields : []))
    return [...new Set([...inherited, ...this.ownFields])]
  }

  /** A member of the class or of its bases in the text. */
  find(name: string): Value | undefined {
    const own = this.members.get(name)
    if (own !== undefined) return own
    for (const base of this.bases) {
      const found = base instanceof PythonClass ? base.find(name) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }
}

/** An object of a class of the text. */
export class Instance {
  readonly fields = new Map<string, Value>()
  /** What the host makes of it, where a base of its class is the host's. */
  host: HostValue | null = null

  constructor(readonly type: PythonClass) {}
}

/** What a text does not say: data, results of functions that are not here. */
export class Unknown {
  /**
   * @param word What the text calls it: `X_train.shape[1]`.
   * @param isReported Whether a problem was told of it already, so that what follows from it is none.
   * @param members Its attributes: what the text set, and what is not known of it.
   * @param pattern Of a text that is known in part, the text with words for the rest; null for others.
   * @param origin What it comes of, where that is what is to be told or given; null where that is itself.
   */
  constructor(
    readonly word: string,
    readonly isReported = false,
    readonly members = new Map<string, Value>(),
    readonly pattern: string | null = null,
    readonly origin: Origin | null = null,
  ) {}

  /** The same by another name. */
  called(name: string): Unknown {
    return new Unknown(name, this.isReported, this.members, this.pattern, this.origin)
  }

  /** The same, of which it is known what it comes of. */
  of(origin: Origin): Unknown {
    return new Unknown(this.word, this.isReported, this.members, this.pattern, origin)
  }

  /** A text of which it is a part. */
  within(pattern: string): Unknown {
    return new Unknown(this.word, this.isReported, new Map(), pattern)
  }

  /** What is computed of it. */
  derived(word: string): Unknown {
    const short = word.length > 60 ? `${word.slice(0, 57)}…` : word
    return new Unknown(short, this.isReported, new Map(), null, this.origin)
  }
}

/** What a script is not given, unless its user says it: an option of its command line without a default. */
export class NotGiven extends Unknown {
  override called(name: string): NotGiven {
    return new NotGiven(name)
  }
}

/** A range of which it is not known how far it goes. */
export class OpenRange extends Unknown {
  constructor(bound: Unknown, name = bound.word) {
    super(name, bound.isReported, new Map(), null, bound.origin)
  }

  override called(name: string): OpenRange {
    return new OpenRange(this, name)
  }
}

/** A value where there is one, which may be None, another thing than none. */
export const valueOr = (value: Value | undefined, otherwise: () => Value): Value =>
  value === undefined ? otherwise() : value

/** An int or float, a bool as an int; null for other values. */
export function numeric(value: Value): bigint | number | null {
  if (typeof value === 'boolean') return BigInt(value)
  return typeof value === 'bigint' || typeof value === 'number' ? value : null
}
