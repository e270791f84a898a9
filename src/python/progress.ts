// `tqdm(iterable)` and `trange(n)`, which show how far a loop is: it goes through what they are given.

import { builtins } from './builtins.ts'
import type { Interpreter } from './interpreter.ts'
import { NativeFunction, Unknown, type Value } from './values.ts'

const NAMES = ['tqdm', 'tqdm_notebook', 'trange', 'tnrange']

/** A function of the package tqdm; undefined for other names. */
export function progressOf(interpreter: Interpreter, path: string): Value | undefined {
  const [root, ...names] = path.split('.')
  const name = names.at(-1) ?? ''
  if (root !== 'tqdm' || !NAMES.includes(name)) return undefined
  const range = name.endsWith('range') ? builtins.get('range')?.(interpreter) : undefined
  return new NativeFunction(name, ({ placed, named, places }, at) => {
    if (range !== undefined) return interpreter.call(range, { placed, named: new Map(), places }, at)
    const given = placed[0] ?? named.get('iterable')
    return given === undefined || given instanceof Unknown
      ? interpreter.host.callUnknown(new Unknown(name), { placed, named, places }, at)
      : given
  })
}
