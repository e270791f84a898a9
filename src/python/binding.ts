// The arguments of a call as values of a function's parameters.

import type { Interpreter } from './interpreter.ts'
import type { Scope } from './scope.ts'
import { type Arguments, Dict, type Instance, type PythonFunction, Tuple } from './values.ts'

/** Sets the parameters in the scope of a call; returns what is wrong, or null. */
export function bindArguments(
  { budget }: Interpreter,
  { syntax, defaults }: PythonFunction,
  { placed, named }: Arguments,
  scope: Scope,
): string | null {
  const { parameters, name: called } = syntax
  budget.spend(parameters.length + placed.length)
  const remaining = new Map(named)
  let place = 0
  for (const [i, { name, star, isKeyword }] of parameters.entries()) {
    if (star === '*') {
      scope.set(name, new Tuple(placed.slice(place)))
      place = placed.length
    } else if (star === '**') {
      scope.set(name, Dict.of(remaining))
      remaining.clear()
    } else {
      const isPlaced = !isKeyword && place < placed.length
      const value = isPlaced ? placed[place++] : remaining.has(name) ? remaining.get(name) : defaults[i]
      if (isPlaced && remaining.has(name)) return `${called} is given ${name} twice`
      if (value === undefined) return `${called} lacks its argument ${name}`
      remaining.delete(name)
      scope.set(name, value)
    }
  }
  const [extra] = remaining.keys()
  if (extra !== undefined) return `${called} has no argument ${extra}`
  const takesAll = parameters.some(({ star, name }) => star === '*' && name !== '')
  return place < placed.length && !takesAll
    ? `${called} takes ${place} arguments, not ${placed.length}`
    : null
}

/** Sets the fields of an object of a dataclass; returns what is wrong, or null. Those that are left out are members of the class. */
export function fillFields({ type, fields }: Instance, { placed, named }: Arguments): string | null {
  const names = type.fields
  // Another class without an __init__ gets its arguments from a base that is not here.
  if (names.length === 0) return null
  for (const [i, value] of placed.entries()) {
    const name = names[i]
    if (name === undefined) return `${type.name} takes ${names.length} arguments, not ${placed.length}`
    fields.set(name, value)
  }
  for (const [name, value] of named) {
    if (!names.includes(name)) return `${type.name} has no argument ${name}`
    fields.set(name, value)
  }
  return null
}
