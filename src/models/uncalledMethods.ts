// Methods of Keras's models that steps here do not call: a class that has one would be trained otherwise than it says.

import { fail } from '../errors.ts'
import { snakeCase } from '../layers/naming.ts'
import { refusePythonNames } from '../layers/own/pythonNames.ts'

const UNCALLED = ['predictStep', 'makeTrainFunction']

/** Throws if a class that extends `Model` has such a method, or a hook under its name in Python. */
export function refuseUncalledMethods(className: string, prototype: object): void {
  refusePythonNames(className, prototype, [
    'computeMask',
    'getConfig',
    'trainStep',
    'testStep',
    'computeLoss',
    'computeMetrics',
  ])
  const uncalled = UNCALLED.flatMap((name) => [name, snakeCase(name)]).find((name) => name in prototype)
  if (uncalled === undefined) return
  fail(className, {
    expected: 'trainStep, testStep, computeLoss or computeMetrics, which steps call',
    got: `a method ${uncalled}`,
    remedy: 'What a step computes is said in trainStep and testStep, predictions in call: docs/own-code.md.',
  })
}
