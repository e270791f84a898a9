// Methods of Keras's models that steps here do not call: a class that has one would be trained otherwise than it says.

import { fail } from '../errors.ts'
import { snakeCase } from '../layers/naming.ts'
import { refusePythonNames } from '../layers/own/pythonNames.ts'

const UNCALLED = [
  'trainStep',
  'testStep',
  'predictStep',
  'computeLoss',
  'computeMetrics',
  'makeTrainFunction',
]

/** Throws if a class that extends `Model` has such a method, or a hook under its name in Python. */
export function refuseUncalledMethods(className: string, prototype: object): void {
  refusePythonNames(className, prototype, ['computeMask', 'getConfig'])
  const uncalled = UNCALLED.flatMap((name) => [name, snakeCase(name)]).find((name) => name in prototype)
  if (uncalled === undefined) return
  fail(className, {
    expected: 'a step that is a forward pass, its losses and one update',
    got: `a method ${uncalled}`,
    remedy:
      'Add losses by this.addLoss(…) in call, or write the loop with trainOnBatch of several models: docs/own-code.md.',
  })
}
