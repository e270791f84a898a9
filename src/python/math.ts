// Python's module math, which numpy has, too.

import { plain } from './builtins.ts'
import type { Interpreter } from './interpreter.ts'
import { numeric, Unknown, type Value } from './values.ts'

const math: Readonly<Record<string, (...args: number[]) => number | bigint>> = {
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: (x = 0, base) => (base === undefined ? Math.log(x) : Math.log(x) / Math.log(base)),
  log2: Math.log2,
  log10: Math.log10,
  pow: Math.pow,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  fabs: Math.abs,
  floor: (x = 0) => BigInt(Math.floor(x)),
  ceil: (x = 0) => BigInt(Math.ceil(x)),
  trunc: (x = 0) => BigInt(Math.trunc(x)),
  prod: (...factors) => factors.reduce((product, factor) => product * factor, 1),
}

const constants: Readonly<Record<string, number>> = {
  pi: Math.PI,
  e: Math.E,
  inf: Infinity,
  nan: Number.NaN,
}

/** A constant or a function of numbers that the modules math and numpy have; undefined for others. */
export function mathOf(interpreter: Interpreter, name: string): Value | undefined {
  if (name === 'newaxis') return null
  if (Object.hasOwn(constants, name)) return constants[name]
  const compute = Object.hasOwn(math, name) ? math[name] : undefined
  if (!compute) return undefined
  return plain(name, (_, args) => {
    const numbers = args.map(numeric)
    // numpy has these functions for arrays, too.
    if (numbers.includes(null)) return new Unknown(`${name}(…)`)
    const floats = numbers.map(Number)
    const areFinite = floats.every((value) => Number.isFinite(value))
    return areFinite ? compute(...floats) : new Unknown(`${name}(…)`)
  })(interpreter)
}
