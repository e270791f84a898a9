// Loops. One over unknown values runs once, with unknown values; one that goes on for long without an effect ends, and what it was to
// compute is unknown.

import type { Interpreter } from './interpreter.ts'
import type { Scope } from './scope.ts'
import { runBody, type Signal } from './statements.ts'
import type { Statement } from './syntax.ts'
import { truthOf } from './truth.ts'
import { forget, watch } from './uncertain.ts'
import { Range, Unknown } from './values.ts'

/** Rounds of a loop without an effect on the host, such as one that fills a list with data. */
const IDLE_ROUNDS = 200
/** Such rounds of one loop in all its runs: a loop inside of others, such as one that writes a text after each epoch. */
const IDLE_ROUNDS_OF_ALL = 400
/** Rounds of any loop. */
const MAX_ROUNDS = 10_000

export type For = Extract<Statement, { readonly kind: 'for' }>
type While = Extract<Statement, { readonly kind: 'while' }>

/** Runs rounds of a body until `next` says that there is none; 'uncertain' if it ends before, since nothing comes of it. */
function repeat(
  interpreter: Interpreter,
  statement: For | While,
  scope: Scope,
  next: (round: number) => boolean,
): Signal | 'uncertain' {
  const { host, budget, idleRounds } = interpreter
  const { body, at } = statement
  const before = host.activity
  for (let round = 0; next(round); round++) {
    budget.spend()
    if (host.activity === before) {
      const idle = idleRounds.get(statement) ?? 0
      if (round >= (idle < IDLE_ROUNDS_OF_ALL ? IDLE_ROUNDS : 1)) return 'uncertain'
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
  const items = value instanceof Range ? value : interpreter.items(value, source.at)
  // A loop that was found to do nothing, within another that goes on, ends early: it does not spend the steps of all its rounds again.
  if (value instanceof Range && !interpreter.idleRounds.has(statement)) interpreter.budget.spend(value.length)
  if (items === null) return runOnce(interpreter, statement, scope, value instanceof Unknown ? value : null)
  const [signal, changed] = watch(interpreter, () =>
    interpreter.frames.within({ kind: 'loop', statement, scope, rounds: items.length }, () =>
      repeat(interpreter, statement, scope, (round) => {
        if (round >= items.length) return false
        interpreter.assign(target, items.at(round) ?? null, scope)
        return true
      }),
    ),
  )
  if (signal === 'uncertain') {
    forget(statement.body, scope, changed)
    return null
  }
  return signal ?? runBody(interpreter, statement.otherwise, scope)
}

/** One round that stands for an unknown number of them. */
function runOnce(interpreter: Interpreter, statement: For, scope: Scope, over: Unknown | null): Signal {
  const { target, source, body } = statement
  const { host } = interpreter
  const before = host.activity
  const word = interpreter.wordAt(target.at)
  interpreter.assign(target, over ? over.derived(word) : new Unknown(word), scope)
  const [signal, changed] = watch(interpreter, () =>
    interpreter.frames.within({ kind: 'loop', statement, scope, rounds: null }, () =>
      runBody(interpreter, body, scope),
    ),
  )
  if (
    host.activity > before &&
    !host.trains(statement) &&
    !over?.isReported &&
    !(over && interpreter.tellFailure(over))
  )
    interpreter.askFor(
      source.at,
      over?.word ?? interpreter.wordAt(source.at),
      `how often the loop runs is not known: it is read once, with ${word} unknown`,
      source.kind === 'call' && source.callee.kind === 'name' && source.callee.name === 'range'
        ? '...'
        : '[...]',
    )
  forget(body, scope, changed)
  return signal !== null && typeof signal === 'object' ? signal : null
}

export function runWhile(interpreter: Interpreter, statement: While, scope: Scope): Signal {
  let isKnown = true
  const [signal, changed] = watch(interpreter, () =>
    repeat(interpreter, statement, scope, (round) => {
      const truth = truthOf(interpreter.evaluate(statement.condition, scope))
      isKnown = truth !== null
      // A condition that is not known lets one round run.
      return truth ?? round === 0
    }),
  )
  if (!isKnown || signal === 'uncertain') forget(statement.body, scope, changed)
  return signal === 'uncertain' ? null : signal
}
