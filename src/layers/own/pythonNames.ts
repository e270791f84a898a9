// Hooks that a class of the user's own has under their names in Python, which nobody would call.

import { fail } from '../../errors.ts'
import { prototypeChain } from '../../util/prototypeChain.ts'
import { snakeCase } from '../naming.ts'

/** Throws if a class has a method that is one of the hooks but for its spelling: `get_config`. */
export function refusePythonNames(className: string, prototype: object, hooks: readonly string[]): void {
  const hook = hooks.find((name) => hasMethod(prototype, snakeCase(name)))
  if (hook === undefined) return
  fail(className, {
    expected: 'hooks in camelCase',
    got: `a method ${snakeCase(hook)}`,
    remedy: `Call it ${hook}.`,
  })
}

/** Whether the class, or one that it extends, says such a method itself. */
const hasMethod = (prototype: object, name: string): boolean =>
  prototypeChain(prototype).some(
    (level) => typeof Object.getOwnPropertyDescriptor(level, name)?.value === 'function',
  )
