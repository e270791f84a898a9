// Names of types.

import { HostValue } from './hostValue.ts'
import { Instance, NativeFunction, PySet, PythonFunction, type Value } from './values.ts'

/** Python's name of a value's type. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType'
  if (typeof value === 'object') {
    if (value instanceof Instance) return value.type.name
    if (value instanceof HostValue) return value.label
    if (value instanceof PySet) return 'set'
    if (value instanceof PythonFunction || value instanceof NativeFunction) return 'function'
    return value.constructor.name.toLowerCase()
  }
  const names = { boolean: 'bool', bigint: 'int', number: 'float', string: 'str' } as const
  return names[typeof value as keyof typeof names]
}
