// What statements do.

import { setAttributeOf, setIndex } from './access.ts'
import { HostValue } from './hostValue.ts'
import type { Interpreter } from './interpreter.ts'
import { runFor, runWhile } from './loops.ts'
import { Scope } from './scope.ts'
import type { Expression, Statement } from './syntax.ts'
import { truthOf } from './truth.ts'
import { Branches, forget, watch } from './uncertain.ts'
import {
  Instance,
  PythonClass,
  PythonFunction,
  placedArguments,
  Tuple,
  Unknown,
  type Value,
} from './values.ts'

/** How a body ends other than at its last statement; null for that. */
export type Signal = null | 'break' | 'continue' | { readonly returned: Value }

type Kind = Statement['kind']
type Of<K extends Kind> = Extract<Statement, { readonly kind: K }>
type Runners = {
  readonly [K in Kind]: (interpreter: Interpreter, statement: Of<K>, scope: Scope) => Signal
}

/** Runs statements one after the other. */
export function runBody(interpreter: Interpreter, body: readonly Statement[], scope: Scope): Signal {
  return interpreter.budget.deeper(() => {
    for (const statement of body) {
      interpreter.at = statement.at
      interpreter.budget.spend()
      // Each kind has the function for its own type.
      const run = runners[statement.kind] as (
        interpreter: Interpreter,
        statement: Statement,
        scope: Scope,
      ) => Signal
      try {
        const signal = run(interpreter, statement, scope)
        if (signal !== null) return signal
      } catch (error) {
        const unknown = interpreter.host.refused(error, statement.at)
        // What the statement did not get to is not known.
        forget([statement], scope, [])
        if (statement.kind === 'return') return { returned: unknown }
      }
    }
    return null
  })
}

const nothing = (): Signal => null

const runners: Runners = {
  expression(interpreter, { value }, scope) {
    interpreter.evaluate(value, scope)
    return null
  },
  assign(interpreter, { targets, value }, scope) {
    const made = interpreter.evaluate(value, scope)
    for (const target of targets) assign(interpreter, target, made, scope)
    return null
  },
  update(interpreter, { operator, target, value, at }, scope) {
    const before = interpreter.evaluate(target, scope)
    const made = interpreter.binary(operator, before, interpreter.evaluate(value, scope), at)
    assign(interpreter, target, made, scope)
    return null
  },
  if: runIf,
  for: runFor,
  while: runWhile,
  function(interpreter, { syntax }, scope) {
    const made = interpreter.makeFunction(syntax, scope)
    scope.set(syntax.name, made)
    for (const decorator of [...syntax.decorators].reverse()) decorate(interpreter, decorator, made, scope)
    return null
  },
  class: runClass,
  return: (interpreter, { value }, scope) => ({
    returned: value === null ? null : interpreter.evaluate(value, scope),
  }),
  import(interpreter, { names, at }, scope) {
    for (const { path, name } of names) {
      if (name === '*') continue
      const made = interpreter.host.imported(path, at)
      const own = made instanceof Unknown ? scope.find(name) : undefined
      // Of a text of several files one has what another imports.
      if (!(own instanceof PythonClass || own instanceof PythonFunction)) scope.set(name, made)
    }
    return null
  },
  block(interpreter, { contexts, body }, scope) {
    const entered: HostValue[] = []
    try {
      for (const { value, target } of contexts) {
        const made = interpreter.evaluate(value, scope)
        if (made instanceof HostValue) {
          made.enter()
          entered.push(made)
        }
        if (target) assign(interpreter, target, made, scope)
      }
      return runBody(interpreter, body, scope)
    } finally {
      for (const made of entered.reverse()) made.leave()
    }
  },
  global(_, { names }, scope) {
    for (const name of names) scope.declareOuter(name)
    return null
  },
  delete(_, { targets }, scope) {
    for (const target of targets) if (target.kind === 'name') scope.delete(target.name)
    return null
  },
  raise: (interpreter, { at }) => ({
    returned: interpreter.problem(at, 'raises an exception: give values with which the text does not'),
  }),
  break: () => 'break',
  continue: () => 'continue',
  pass: nothing,
}

/**
 * Hands a function to a decorator that is a method of the text's own, `@Decoder.add_method`, which keeps it elsewhere. What other decorators
 * make of a function is the function.
 */
function decorate(interpreter: Interpreter, decorator: string, made: PythonFunction, scope: Scope): void {
  const [root = '', ...members] = decorator.split('.')
  if (members.length === 0) return
  let found = scope.find(root)
  for (const name of members) {
    if (!(found instanceof PythonClass || found instanceof Instance)) return
    found = interpreter.attribute(found, name, made.syntax.at)
  }
  if (found instanceof PythonFunction && found.self !== undefined)
    interpreter.call(found, placedArguments([made]), made.syntax.at)
}

/** Whether a body ends the function or the round that it is in. */
const leaves = (body: readonly Statement[]): boolean =>
  ['return', 'raise', 'break', 'continue'].includes(body.at(-1)?.kind ?? '')

const raises = (body: readonly Statement[]): boolean => body.at(-1)?.kind === 'raise'

/** Whether a condition asks for a file. None is there, but a text that raises an exception without it counts on it. */
function asksForFile(condition: Expression): boolean {
  if (condition.kind === 'unary') return asksForFile(condition.operand)
  if (condition.kind !== 'call' || condition.callee.kind !== 'member') return false
  return ['exists', 'isfile', 'isdir'].includes(condition.callee.name)
}

function runIf(interpreter: Interpreter, statement: Of<'if'>, scope: Scope): Signal {
  const { branches, otherwise } = statement
  const { host } = interpreter
  const before = host.activity
  let unknown: { readonly at: number; readonly value: Unknown } | null = null
  let uncertain: Branches | null = null
  let signal: Signal = null
  let isDecided = false
  /** Runs a body of which it may not be known whether it runs. */
  const run = (body: readonly Statement[]): Signal => {
    if (!uncertain) return runBody(interpreter, body, scope)
    const [made, changed] = watch(interpreter, () => runBody(interpreter, body, scope))
    for (const container of changed) container.isOpen = true
    uncertain.end()
    return made
  }
  for (const { condition, body } of branches) {
    const value = interpreter.evaluate(condition, scope)
    const truth = truthOf(value)
    if (truth === false) continue
    if (truth === true) {
      isDecided = true
      if (raises(body) && asksForFile(condition)) break
      signal = run(body)
      break
    }
    const open = value instanceof Unknown ? value : new Unknown('')
    if (!open.isReported) unknown ??= { at: condition.at, value: open }
    if (!interpreter.readsEveryBranch) break
    uncertain ??= new Branches([...branches.map((branch) => branch.body), otherwise], scope)
    // What a check of the data leaves early is what the rest of the text does not expect.
    if (!leaves(body)) signal = run(body)
    if (signal !== null) break
  }
  if (unknown && !interpreter.readsEveryBranch) {
    interpreter.problem(
      unknown.at,
      `whether ${unknown.value.word} is true is not known: what depends on it is passed over`,
    )
    return signal
  }
  // No exception is raised where a condition is not known, or is a file's.
  const isPassed = raises(otherwise) && (unknown || branches.some((branch) => asksForFile(branch.condition)))
  if (!isDecided && signal === null && !isPassed) signal = run(otherwise)
  uncertain?.settle()
  if (unknown && host.activity > before && !interpreter.tellFailure(unknown.value))
    interpreter.askFor(
      unknown.at,
      unknown.value.word,
      `whether ${unknown.value.word} is true is not known: every branch is read`,
    )
  return signal
}

function runClass(
  interpreter: Interpreter,
  { name, bases, fields, body }: Of<'class'>,
  scope: Scope,
): Signal {
  const values = bases
    .filter((base) => base.name === null && base.star === '')
    .map(({ value }) => interpreter.evaluate(value, scope))
  const made = new PythonClass(name, values, fields)
  const inner = new Scope(scope)
  runBody(interpreter, body, inner)
  for (const [member, value] of inner.entries)
    made.members.set(
      member,
      // Methods do not see the names of the class.
      value instanceof PythonFunction && value.scope === inner
        ? new PythonFunction(value.syntax, value.defaults, scope, undefined, made)
        : value,
    )
  scope.set(name, made)
  return null
}

/** Gives a value to a name, an attribute, an entry, or in parts to several of these. */
export function assign(interpreter: Interpreter, target: Expression, value: Value, scope: Scope): void {
  switch (target.kind) {
    case 'name':
      scope.set(target.name, named(interpreter, target.name, value))
      return
    case 'tuple':
    case 'list':
      spread(interpreter, target, value, scope)
      return
    case 'member':
      setAttribute(interpreter, target, value, scope)
      return
    case 'index': {
      const object = interpreter.evaluate(target.object, scope)
      setIndex(interpreter, object, interpreter.evaluate(target.index, scope), value, target.at)
      return
    }
    default:
      interpreter.problem(target.at, 'is nothing that a value can be given to')
  }
}

/** An unknown value is called by its name, and may be known by it. */
const named = ({ host }: Interpreter, name: string, value: Value): Value =>
  host.known(name, value instanceof Unknown && !value.isReported ? value.called(name) : value)

function setAttribute(
  interpreter: Interpreter,
  { object, name, at }: Extract<Expression, { readonly kind: 'member' }>,
  value: Value,
  scope: Scope,
): void {
  const owner = interpreter.evaluate(object, scope)
  // What is not known may be known by the attribute: self.model.
  const isOpen = value instanceof Unknown && object.kind === 'name'
  const known = isOpen ? interpreter.host.known(`${object.name}.${name}`, value) : value
  setAttributeOf(interpreter, owner, name, known, at)
}

function spread(
  interpreter: Interpreter,
  { items: targets, at }: Extract<Expression, { readonly items: readonly Expression[] }>,
  value: Value,
  scope: Scope,
): void {
  const items = interpreter.items(value, at)
  const star = targets.findIndex(({ kind }) => kind === 'star')
  const isWrong =
    items !== null && (star < 0 ? items.length !== targets.length : items.length < targets.length - 1)
  if (isWrong) interpreter.problem(at, `takes ${targets.length} values, but gets ${items.length}`)
  const more = (items?.length ?? 0) - targets.length
  for (const [i, target] of targets.entries()) {
    const word = interpreter.wordAt(target.at)
    const unknown = value instanceof Unknown ? value.derived(word) : new Unknown(word, isWrong)
    if (target.kind === 'star') {
      const rest = items?.slice(i, i + more + 1) ?? null
      assign(interpreter, target.value, rest === null || isWrong ? unknown : new Tuple(rest), scope)
    } else {
      const place = star >= 0 && i > star ? i + more : i
      const item = isWrong ? undefined : items?.[place]
      assign(interpreter, target, item === undefined ? unknown : item, scope)
    }
  }
}
