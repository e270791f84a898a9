// Which of a text's layers are cells: those with a size of their state, whose `call` takes states behind its input. And the states
// that they start from.

import type { Statement } from '../python/syntax.ts'
import { PythonClass, PythonFunction, type Value } from '../python/values.ts'
import { callFromHere } from './functions.ts'
import { parametersOf } from './ownCalls.ts'
import type { Reader } from './reader.ts'

const SIZE = 'state_size'

export function isCell(type: PythonClass): boolean {
  const parameters = parametersOf(type.find('call')) ?? []
  if (parameters.length < 2) return false
  return type.find(SIZE) !== undefined || initsOf(type).some(({ syntax }) => syntax.body.some(setsSize))
}

/** The methods `__init__` of a class and of its bases. */
const initsOf = (type: PythonClass): readonly PythonFunction[] => {
  const own = type.members.get('__init__')
  const inherited = type.bases.flatMap((base) => (base instanceof PythonClass ? initsOf(base) : []))
  return own instanceof PythonFunction ? [own, ...inherited] : inherited
}

function setsSize(statement: Statement): boolean {
  switch (statement.kind) {
    case 'assign':
      return statement.targets.some((target) => target.kind === 'member' && target.name === SIZE)
    case 'if':
      return [...statement.branches.flatMap(({ body }) => body), ...statement.otherwise].some(setsSize)
    case 'block':
      return statement.body.some(setsSize)
    default:
      return false
  }
}

/**
 * What a cell's method `get_initial_state` returns for a batch. As in Keras 3 the method is told the batch alone; the inputs and the
 * type that it takes in TensorFlow's Keras are None and float32.
 */
export function initialStates(reader: Reader, method: PythonFunction, batch: number): unknown {
  const known = new Map<string, Value>([
    ['batch_size', BigInt(batch)],
    ['inputs', null],
    ['dtype', 'float32'],
  ])
  const names = method.syntax.parameters.slice(1).map(({ name }) => name)
  const named = new Map([...known].filter(([name]) => names.includes(name)))
  return callFromHere(reader, method, { placed: [], named, places: new Map() })
}
