// Methods of Keras's models that steps here do not call: a class that has one would be trained otherwise than it says.

import { fail } from '../errors.ts'

const UNCALLED = [
  'trainStep',
  'testStep',
  'predictStep',
  'computeLoss',
  'computeMetrics',
  'makeTrainFunction',
]

/** Throws if a class that extends `Model` has such a method. */
export function refuseUncalledMethods(className: string, prototype: object): void {
  const uncalled = UNCALLED.find((name) => name in prototype)
  if (uncalled === undefined) return
  fail(className, {
    expected: 'a step that is a forward pass, its losses and one update',
    got: `a method ${uncalled}`,
    remedy:
      'Add losses by this.addLoss(…) in call, or write the loop with trainOnBatch of several models: docs/own-code.md.',
  })
}
