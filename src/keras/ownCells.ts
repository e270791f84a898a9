// Which of a text's layers are cells: those with a size of their state, whose `call` takes states behind its input.

import type { Statement } from '../python/syntax.ts'
import { PythonClass, PythonFunction } from '../python/values.ts'
import { parametersOf } from './ownCalls.ts'

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
