// `functools.partial`: a function with some of its arguments.

import type { Interpreter } from './interpreter.ts'
import { NativeFunction, type Value } from './values.ts'

export const partial = (interpreter: Interpreter): NativeFunction =>
  new NativeFunction('partial', ({ placed: [fn = null, ...first], named }) => {
    const bound = (more: readonly Value[]): Value[] => {
      interpreter.budget.spend(first.length + more.length + named.size)
      return [...first, ...more]
    }
    return new NativeFunction('partial', (args, at) => {
      const places = [...args.places].map(
        ([key, place]) => [typeof key === 'number' ? key + first.length : key, place] as const,
      )
      const given = {
        placed: bound(args.placed),
        named: new Map([...named, ...args.named]),
        places: new Map(places),
      }
      return interpreter.call(fn, given, at)
    })
  })
