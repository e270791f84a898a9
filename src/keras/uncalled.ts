// Functions and classes of a text that build models, where the text itself calls none of them: they are called with arguments of which
// no more is known than their names.

import type { Trouble } from '../python/interpreter.ts'
import type { Scope } from '../python/scope.ts'
import {
  Instance,
  PythonClass,
  PythonFunction,
  placedArguments,
  Unknown,
  type Value,
} from '../python/values.ts'
import { baseOf } from './bases.ts'
import { modelOf } from './heldLayers.ts'
import type { Reader } from './reader.ts'
import { HyperParameters } from './tuner.ts'

/** Calls what a text defines until models come out; of calls that build none, problems are told only where no model comes out at all. */
export function callUncalled(reader: Reader, scope: Scope): void {
  const idle: Trouble[] = []
  const attempt = (work: () => void): void => {
    const before = reader.activity
    const troubles: Trouble[] = []
    reader.interpreter.called((trouble) => troubles.push(trouble), work)
    if (reader.activity === before) idle.push(...troubles)
    else for (const trouble of troubles) reader.problems.add(trouble)
  }
  // What the text itself called built nothing for a reason that is told already.
  const ran = new Set(reader.interpreter.frames.called)
  for (const [name, value] of [...scope.entries]) {
    if (value instanceof PythonFunction && ran.has(value.syntax)) continue
    if (value instanceof PythonFunction)
      attempt(() => {
        // What a function builds is found by its name, which others may call all the same.
        const made = called(reader, value, value.syntax.parameters)
        if (modelOf(made)) scope.set(name, made)
      })
    else if (value instanceof PythonClass) callMethods(reader, { scope, name, type: value, attempt })
  }
  if (reader.models.length === 0) for (const trouble of idle) reader.problems.add(trouble)
}

interface Uncalled {
  readonly scope: Scope
  /** The name of the class. */
  readonly name: string
  readonly type: PythonClass
  readonly attempt: (work: () => void) => void
}

/** Makes an object of a class; of one that is no model's or layer's calls the methods, one after the other. */
function callMethods(reader: Reader, { scope, name, type, attempt }: Uncalled): void {
  const base = baseOf(type)
  if (base === 'Model') attempt(() => scope.set(name, construct(reader, type)))
  if (base !== null) return
  const objects: Instance[] = []
  attempt(() => {
    const made = construct(reader, type)
    if (made instanceof Instance) objects.push(made)
  })
  for (const object of objects) {
    for (const [method, member] of type.members) {
      if (!(member instanceof PythonFunction) || method === '__init__') continue
      const { parameters, decorators } = member.syntax
      const isStatic = decorators.includes('staticmethod')
      const given = isStatic ? member : member.bind(decorators.includes('classmethod') ? type : object)
      attempt(() => keep(scope, method, called(reader, given, isStatic ? parameters : parameters.slice(1))))
    }
    for (const [field, value] of object.fields) keep(scope, field, value)
  }
}

function construct(reader: Reader, type: PythonClass): Value {
  const init = type.find('__init__')
  return called(reader, type, init instanceof PythonFunction ? init.syntax.parameters.slice(1) : [])
}

/** Gives a value a name that the text leaves free. */
function keep(scope: Scope, name: string, value: Value): void {
  if (scope.find(name) === undefined) scope.set(name, value)
}

function called(
  reader: Reader,
  callee: PythonFunction | PythonClass,
  parameters: PythonFunction['syntax']['parameters'],
): Value {
  const { interpreter } = reader
  // A parameter that has a default is given where the user knows it by its name.
  const given = parameters.filter(
    ({ star, fallback, name }) => star === '' && fallback !== null && Object.hasOwn(reader.values, name),
  )
  const needed = parameters.filter(({ star, fallback }) => star === '' && fallback === null)
  const known = (name: string): Value =>
    name === 'hp' ? new HyperParameters(reader) : interpreter.host.known(name, new Unknown(name))
  const placed = needed.filter(({ isKeyword }) => !isKeyword).map(({ name }) => known(name))
  const named = [...needed.filter(({ isKeyword }) => isKeyword), ...given]
  return interpreter.call(
    callee,
    { ...placedArguments(placed), named: new Map(named.map(({ name }) => [name, known(name)])) },
    callee instanceof PythonFunction ? callee.syntax.at : 0,
  )
}
