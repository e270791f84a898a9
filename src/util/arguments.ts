// Arguments of constructors that Keras's users give by place or by name.

import { describeValue, fail } from '../errors.ts'
import { isOptions } from './options.ts'

/**
 * Arguments by name: those that stand in front, and then options, which may name the remaining ones.
 *
 * @param positional Names of those in front, in Keras's order.
 */
export function namedArguments(
  where: string,
  positional: readonly string[],
  args: readonly unknown[],
): Record<string, unknown> {
  const found = args.findIndex(isOptions)
  const count = found < 0 ? positional.length : found
  const [options, ...more] = args.slice(count)
  const isOther = found < 0 && options !== undefined && options !== null
  const isTwice =
    isOptions(options) &&
    positional.some((name, i) => i < count && args[i] !== undefined && Object.hasOwn(options, name))
  if (isOther || isTwice || count > positional.length || more.some((argument) => argument !== undefined)) {
    fail(where, {
      expected: `(${[...positional, 'options'].join(', ')})`,
      got: `(${args.map(describeValue).join(', ')})`,
    })
  }
  const given: Record<string, unknown> = { ...(options ?? {}) }
  positional.slice(0, count).forEach((name, index) => {
    if (args[index] !== undefined) given[name] = args[index]
  })
  return given
}
