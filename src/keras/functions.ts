// Functions of a text as functions of JavaScript: of a Lambda, a loss, a metric, a schedule. They run when a model is built, or later.

import { Spent } from '../python/budget.ts'
import type { Trouble } from '../python/interpreter.ts'
import {
  type Arguments,
  type PythonFunction,
  placedArguments,
  type Unknown,
  type Value,
} from '../python/values.ts'
import { NotKnown } from './problems.ts'
import type { Reader } from './reader.ts'

/** All values that a call gives, those by place first. */
export const valuesGiven = ({ placed, named }: Arguments): readonly Value[] => [...placed, ...named.values()]

/** Objects of classes that are not read have what they are called with, by its name: `Tokenizer(num_words=5000).num_words`. */
export function keepArguments(made: Unknown, word: string, { named }: Arguments): void {
  if (!/(?:^|\.)[A-Z]\w*$/.test(word)) return
  for (const [name, value] of named) made.members.set(name, value)
}

/** A function of a text as one of JavaScript. What it does not understand it throws, with its place. */
export function functionOf(reader: Reader, fn: PythonFunction): (...args: readonly unknown[]) => unknown {
  const { parameters, name } = fn.syntax
  const own = fn.self === undefined ? parameters : parameters.slice(1)
  const count = own.some(({ star }) => star === '*')
    ? Number.POSITIVE_INFINITY
    : own.filter(({ star, isKeyword }) => star === '' && !isKeyword).length
  // What callers add behind, such as the context of a Lambda, Python's function does not take.
  const call = (...args: readonly unknown[]): unknown =>
    callFromHere(reader, fn, placedArguments(args.slice(0, count).map((argument) => reader.wrap(argument))))
  const isNamed = /^\w+$/.test(name)
  // Files have functions by name: that of the text, or where a lambda stands there, beside what tells them from Keras's own.
  const { line, column } = reader.problems.placeOf(fn.syntax.at)
  const stored = isNamed ? name : `lambda_${line}_${column}`
  Object.defineProperties(call, { className: { value: stored }, isOfText: { value: true } })
  return Object.defineProperty(call, 'name', { value: isNamed ? name : 'lambda' })
}

/** Calls a function of the text for code here. */
export function callFromHere(reader: Reader, fn: PythonFunction, args: Arguments): unknown {
  const { interpreter } = reader
  const { at, name } = fn.syntax
  const failing = (message: string, word = name): never => throwing(reader, { at, word, message })
  const notKnown = (unknown: Unknown): never => {
    interpreter.tellOrigin(unknown)
    return failing(`its value is not known. ${reader.remedyFor(unknown.word)}.`, unknown.word)
  }
  const tell = (trouble: Trouble): void => throwing(reader, trouble)
  const { isInCall } = reader
  return interpreter.called(tell, () => {
    try {
      reader.isInCall = true
      return reader.plain(interpreter.callFunction(fn, args, at))
    } catch (error) {
      if (error instanceof NotKnown) return notKnown(error.unknown)
      // While the text is read, it ends there.
      if (error instanceof Spent && !interpreter.isReading) return failing(error.message)
      throw error
    } finally {
      reader.isInCall = isInCall
    }
  })
}

const throwing = (reader: Reader, trouble: Trouble): never => reader.problems.throw(trouble)
