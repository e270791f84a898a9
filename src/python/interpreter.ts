// Computes expressions of a text. What is not known stays unknown, and what does not work is told as a problem with its place: the
// rest of the text is read all the same.

import { attributeOf, entriesOf, indexOf, itemsOf } from './access.ts'
import { bindArguments, fillFields } from './binding.ts'
import { Budget } from './budget.ts'
import { builtins } from './builtins.ts'
import { evaluators } from './evaluators.ts'
import { Frames } from './frames.ts'
import { HostValue } from './hostValue.ts'
import { binary } from './operators.ts'
import { Scope } from './scope.ts'
import { assign, runBody, type Signal } from './statements.ts'
import type { Argument, Expression, FunctionSyntax } from './syntax.ts'
import { openBinary } from './text.ts'
import type { Changeable } from './uncertain.ts'
import {
  type Arguments,
  Container,
  Instance,
  NativeFunction,
  PythonClass,
  PythonFunction,
  Unknown,
  type Value,
  valueOr,
} from './values.ts'
import { placeOfWord } from './words.ts'

/** What a text finds outside of itself. */
export interface Host {
  /** What an operator gives where None is an extent that is open, while shapes of calls are found; undefined for all else. */
  ofOpenExtents(operator: string, left: Value, right: Value): Value | undefined
  /** How much was done that matters to the host: whether a loop or a branch has any effect is seen by it. */
  readonly activity: number
  /** The value of a name that the text does not define. */
  nameOf(name: string): Value | undefined
  /** What an import binds. */
  imported(path: string, at: number): Value
  /** What to take for a value by its name or by what the text calls it: one that is not known may be known by that. */
  known(name: string, value: Value): Value
  /** The result of a function that is not known. */
  callUnknown(callee: Unknown, args: Arguments, at: number): Value
  /** Says how the user gives a value that is not known; `form` is how such a value is written. */
  remedyFor(word: string, form?: string): string
  /** What an object of a class is for the host; null where the class has nothing of the host. */
  baseOf(instance: Instance, args: Arguments, at: number): HostValue | null
  /** Is told of an object whose __init__ has run. */
  constructed(instance: Instance): void
  /** Tells of the problem that an error of the host says; other errors it throws on. */
  refused(error: unknown, at: number): Unknown
  /** Whether a loop trains, so that how often it runs is for the training to say. */
  trains(loop: object): boolean
}

/** What does not work, at an offset in the text: its word, and what is to be said of that. */
export interface Trouble {
  readonly at: number
  readonly word: string
  readonly message: string
}

/** Tells of a problem. */
export type Tell = (trouble: Trouble) => void

/** The steps that a text may take, and a function of it that is called later. */
const STEPS = 1_000_000

/** More of what was passed over says nothing new. */
const MOST_PASSED_OVER = 20

export class Interpreter {
  budget = new Budget(STEPS)
  /** By loops, how many of their rounds had no effect on the host. */
  readonly idleRounds = new Map<object, number>()
  readonly frames = new Frames()
  /** Where the statement is that runs. */
  at = 0
  /** Whether the text is being read. */
  isReading = true
  /** The lists, dicts and sets that statements change which may or may not run; null where all statements are known to run. */
  changed: Set<Changeable> | null = null
  /** What did not work, and was passed over since nothing needed it so far. */
  readonly passedOver: Trouble[] = []
  /** Whether branches are read of which it is not known whether they are taken. */
  readsEveryBranch = true
  #tell: Tell

  constructor(
    readonly text: string,
    readonly host: Host,
    tell: Tell,
  ) {
    this.#tell = tell
  }

  /** Tells of a problem; the result stands for what would have been computed. */
  problem(at: number, message: string, word = this.wordAt(at)): Unknown {
    this.#tell({ at, word, message })
    return new Unknown(word, true)
  }

  /**
   * What does not work where no layer may need it: the result is not known, and a problem is told once something does. Of a text
   * without a model all are told.
   */
  failed(at: number, message: string, word = this.wordAt(at)): Unknown {
    const trouble = { at, word, message }
    if (this.passedOver.length < MOST_PASSED_OVER) this.passedOver.push(trouble)
    return new Unknown(word).of(trouble)
  }

  /** Tells of what a needed value comes of; null where it is not known because of itself. */
  tellOrigin({ origin }: Unknown, consequence = ''): Unknown | null {
    if (!origin) return null
    const { at, word, message, form } = origin
    return form === undefined
      ? this.problem(at, message, word)
      : this.askFor(at, word, message + consequence, form)
  }

  /** Tells of what did not work, where a value that comes of it is needed; null for other values. */
  tellFailure(unknown: Unknown): Unknown | null {
    return unknown.origin?.form === undefined ? this.tellOrigin(unknown) : null
  }

  /** Tells of a value that is not known: where it stands behind an offset, what follows of that, and how to give it. */
  askFor(at: number, word: string, message: string, form?: string): Unknown {
    return this.problem(
      placeOfWord(this.text, word, at),
      `${message}. ${this.host.remedyFor(word, form)}.`,
      word,
    )
  }

  /** The name, with its dots, or the sign that stands at an offset. */
  wordAt(at: number): string {
    return /^(?:[\w.]+|\S)/.exec(this.text.slice(at, at + 60))?.[0] ?? 'the end of the line'
  }

  /** Runs a function of the text that is called from elsewhere, with steps of its own once the text was read; `tell` gets its problems. */
  called<T>(tell: Tell, work: () => T): T {
    const { budget } = this
    const outer = this.#tell
    if (!this.isReading) this.budget = new Budget(STEPS)
    this.#tell = tell
    try {
      return work()
    } finally {
      this.budget = budget
      this.#tell = outer
    }
  }

  evaluate(expression: Expression, scope: Scope): Value {
    this.budget.spend()
    // Each kind has the function for its own type.
    const evaluate = evaluators[expression.kind] as (
      interpreter: Interpreter,
      expression: Expression,
      scope: Scope,
    ) => Value
    const made = this.budget.deeper(() => evaluate(this, expression, scope))
    const value = made instanceof Container && made.isOpen ? new Unknown(this.wordAt(expression.at)) : made
    // A user may know it by what the text calls it: `len(chars)`, `config.units`.
    return value instanceof Unknown && !value.isReported ? this.host.known(value.word, value) : value
  }

  /** The value of a name. */
  lookUp(name: string, scope: Scope): Value {
    const own = scope.find(name)
    if (own !== undefined) return own
    return valueOr(builtins.get(name)?.(this), () => valueOr(this.host.nameOf(name), () => new Unknown(name)))
  }

  attribute(object: Value, name: string, at: number): Value {
    return attributeOf(this, object, name, at)
  }

  index(object: Value, key: Value, at: number): Value {
    return indexOf(this, object, key, at)
  }

  /** What a loop over a value goes through; null where that is not known. */
  items(value: Value, at: number): readonly Value[] | null {
    return itemsOf(this, value, at)
  }

  binary(operator: string, left: Value, right: Value, at: number): Value {
    const open = openBinary(operator, left, right)
    if (open) return open
    for (const side of [left, right]) if (side instanceof Unknown) return side.derived(side.word)
    for (const side of [left, right]) {
      const made = hostOf(side)?.binary(operator, left, right, at)
      if (made !== undefined) return made
    }
    const made = binary(operator, left, right, this.budget) ?? this.host.ofOpenExtents(operator, left, right)
    return valueOr(made, () =>
      this.failed(at, `the operator ${operator} has no result for these values here`),
    )
  }

  /** The arguments of a call; a problem where they are not known. */
  arguments(args: readonly Argument[], scope: Scope): Arguments | Unknown {
    const placed: Value[] = []
    const named = new Map<string, Value>()
    const places = new Map<number | string, number>()
    let missing: Unknown | null = null
    for (const { name, star, value: expression, at } of args) {
      const value = this.evaluate(expression, scope)
      if (star === '') {
        places.set(name ?? placed.length, at)
        if (name === null) placed.push(value)
        else named.set(name, value)
        continue
      }
      const items = star === '*' ? this.items(value, at) : entriesOf(value)
      if (items === null) {
        missing = value instanceof Unknown ? value : this.problem(at, `${star} is not read of this value`)
        continue
      }
      this.budget.spend(items.length)
      for (const item of items) {
        const [key, inner] = Array.isArray(item) ? item : [placed.length, item as Value]
        places.set(key, at)
        if (typeof key === 'string') named.set(key, inner)
        else placed.push(inner)
      }
    }
    return missing ?? { placed, named, places }
  }

  call(callee: Value, args: Arguments, at: number): Value {
    this.budget.spend()
    if (callee instanceof Unknown) return this.host.callUnknown(callee, args, at)
    if (callee instanceof NativeFunction) return callee.call(args, at)
    if (callee instanceof PythonFunction) return this.callFunction(callee, args, at)
    if (callee instanceof PythonClass) return this.construct(callee, args, at)
    if (callee instanceof Instance) {
      const own = callee.type.find('__call__')
      if (own instanceof PythonFunction) return this.callFunction(own.bind(callee), args, at)
    }
    const made = hostOf(callee)?.call(args, at)
    return valueOr(made, () => this.problem(at, 'is called, but is nothing that can be'))
  }

  callFunction(fn: PythonFunction, args: Arguments, at: number): Value {
    const { syntax, self } = fn
    if (syntax.isGenerator) return new Unknown(`${syntax.name}(…)`)
    const scope = new Scope(fn.scope)
    if (self !== undefined) scope.set(SELF, self)
    if (fn.owner) scope.set(OWNER, fn.owner)
    const given = self === undefined ? args : { ...args, placed: [self, ...args.placed] }
    const wrong = bindArguments(this, fn, given, scope)
    if (wrong !== null) return this.problem(at, wrong)
    const run = (): Signal => this.budget.deeper(() => runBody(this, syntax.body, scope))
    const signal = this.frames.within({ kind: 'call', fn, args }, run)
    return signal !== null && typeof signal === 'object' ? signal.returned : null
  }

  construct(type: PythonClass, args: Arguments, at: number): Value {
    const instance = new Instance(type)
    instance.host = this.host.baseOf(instance, args, at)
    this.initialize(instance, args, at)
    return instance
  }

  /** Runs the __init__ of an object. */
  initialize(instance: Instance, args: Arguments, at: number): void {
    const init = instance.type.find('__init__')
    if (init instanceof PythonFunction) this.callFunction(init.bind(instance), args, at)
    else if (instance.host === null) {
      const wrong = fillFields(instance, args)
      if (wrong !== null) this.problem(at, wrong)
    }
    this.host.constructed(instance)
  }

  /** Makes a function of the text, whose defaults are computed now. */
  makeFunction(syntax: FunctionSyntax, scope: Scope, owner: PythonClass | null = null): PythonFunction {
    const defaults = syntax.parameters.map(({ fallback }) =>
      fallback === null ? undefined : this.evaluate(fallback, scope),
    )
    return new PythonFunction(syntax, defaults, scope, undefined, owner)
  }

  assign(target: Expression, value: Value, scope: Scope): void {
    assign(this, target, value, scope)
  }
}

/** Names by which a method's scope knows its object and its class, which no text can write. */
export const SELF = ' self'
export const OWNER = ' class'

/** What the host has of a value. */
export const hostOf = (value: Value | undefined): HostValue | null =>
  value instanceof HostValue ? value : value instanceof Instance ? value.host : null
