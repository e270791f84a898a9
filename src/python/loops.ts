// Loops. One over unknown values runs once, with unknown values; one that goes on for long without an effect ends, and what it was to
// compute is unknown.

import type { Interpreter } from './interpreter.ts'
import type { Scope } from './scope.ts'
import { runBody, type Signal } from './statements.ts'
import type { Expression, Statement } from './syntax.ts'
import { Dict, List, PySet, Range, Tuple, truthOf, Unknown, type Value } from './values.ts'

/** Rounds of a loop without an effect on the host, such as one that fills a list with data. */
const IDLE_ROUNDS = 200
/** Such rounds of one loop in all its runs: a loop inside of others, such as one that writes a text after each epoch. */
const IDLE_ROUNDS_OF_ALL = 400
/** Rounds of any loop. */
const MAX_ROUNDS = 10_000

type For = Extract<Statement, { readonly kind: 'for' }>
type While = Extract<Statement, { readonly kind: 'while' }>

/** Runs rounds of a body until `next` says that there is none. */
function repeat(
  interpreter: Interpreter,
  statement: For | While,
  scope: Scope,
  next: (round: number) => boolean,
): Signal {
  const { host, budget, idleRounds } = interpreter
  const { body, at } = statement
  const before = host.activity
  for (let round = 0; next(round); round++) {
    budget.spend()
    if (host.activity === before) {
      const idle = idleRounds.get(statement) ?? 0
      if (round >= (idle < IDLE_ROUNDS_OF_ALL ? IDLE_ROUNDS : 1)) {
        forget(body, scope)
        return null
      }
      idleRounds.set(statement, idle + 1)
    }
    if (round >= MAX_ROUNDS) {
      interpreter.problem(at, `runs more than ${MAX_ROUNDS} times: the rest of its rounds is not read`)
      return null
    }
    const signal = runBody(interpreter, body, scope)
    if (signal === 'break') return null
    if (signal !== null && signal !== 'continue') return signal
  }
  return null
}

export function runFor(interpreter: Interpreter, statement: For, scope: Scope): Signal {
  const { target, source } = statement
  const value = interpreter.evaluate(source, scope)
  const items = interpreter.items(value, source.at)
  if (items === null) return runOnce(interpreter, statement, scope, value instanceof Unknown ? value : null)
  const signal = repeat(interpreter, statement, scope, (round) => {
    if (round >= items.length) return false
    interpreter.assign(target, items[round] ?? null, scope)
    return true
  })
  return signal ?? runBody(interpreter, statement.otherwise, scope)
}

/** One round that stands for an unknown number of them. */
function runOnce(
  interpreter: Interpreter,
  { target, source, body }: For,
  scope: Scope,
  over: Unknown | null,
): Signal {
  const { host } = interpreter
  const before = host.activity
  interpreter.assign(target, new Unknown(interpreter.wordAt(target.at), over?.isReported), scope)
  const signal = runBody(interpreter, body, scope)
  if (host.activity > before && !over?.isReported)
    interpreter.askFor(
      source.at,
      over?.word ?? interpreter.wordAt(source.at),
      `how often the loop runs is not known: it is read once, with ${interpreter.wordAt(target.at)} unknown`,
      source.kind === 'call' && source.callee.kind === 'name' && source.callee.name === 'range'
        ? '...'
        : '[...]',
    )
  forget(body, scope)
  return signal !== null && typeof signal === 'object' ? signal : null
}

export function runWhile(interpreter: Interpreter, statement: While, scope: Scope): Signal {
  let isKnown = true
  const signal = repeat(interpreter, statement, scope, (round) => {
    const truth = truthOf(interpreter.evaluate(statement.condition, scope))
    isKnown = truth !== null
    // A condition that is not known lets one round run.
    return truth ?? round === 0
  })
  if (!isKnown) forget(statement.body, scope)
  return signal
}

/** Makes unknown what statements give values to, or change by a method. */
function forget(body: readonly Statement[], scope: Scope): void {
  for (const name of body.flatMap(changedIn)) {
    const value = scope.find(name)
    if (value !== undefined && isPlain(value)) scope.set(name, new Unknown(name))
  }
}

/** Layers and models stay what they are, whatever a loop did to them. */
const isPlain = (value: Value | undefined): boolean =>
  typeof value !== 'object' ||
  value === null ||
  [List, Tuple, Dict, PySet, Range].some((type) => value instanceof type)

function changedIn(statement: Statement): string[] {
  switch (statement.kind) {
    case 'assign':
      return statement.targets.flatMap(namesIn)
    case 'update':
      return namesIn(statement.target)
    case 'expression': {
      const { value } = statement
      const isMethod = value.kind === 'call' && value.callee.kind === 'member'
      return isMethod && value.callee.kind === 'member' ? namesIn(value.callee.object) : []
    }
    case 'if':
      return [...statement.branches.flatMap(({ body }) => body), ...statement.otherwise].flatMap(changedIn)
    case 'for':
      return [...namesIn(statement.target), ...statement.body.flatMap(changedIn)]
    case 'while':
    case 'block':
      return statement.body.flatMap(changedIn)
    default:
      return []
  }
}

/** The names that values are given to. */
function namesIn(target: Expression): string[] {
  if (target.kind === 'name') return [target.name]
  if (target.kind === 'tuple' || target.kind === 'list') return target.items.flatMap(namesIn)
  if (target.kind === 'index' || target.kind === 'member') return namesIn(target.object)
  return []
}
