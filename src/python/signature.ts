// `inspect.signature(fn)`, by which texts ask what a function may be given.

import { Dict, NativeFunction, PythonFunction, Unknown, type Value } from './values.ts'

function parametersOf(fn: Value): readonly string[] {
  if (fn instanceof NativeFunction) return fn.parameters
  if (!(fn instanceof PythonFunction)) return []
  const names = fn.syntax.parameters.map(({ name }) => name)
  return fn.self === undefined ? names : names.slice(1)
}

/** The function; what it gives has the parameters by their names. */
export const signature = new NativeFunction('signature', ({ placed: [fn = null] }) => {
  const names = parametersOf(fn)
  if (names.length === 0) return new Unknown('signature(…)')
  return Dict.of([['parameters', Dict.of(names.map((name) => [name, name]))]])
})
