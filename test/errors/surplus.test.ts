/** Everything that is made by a call refuses arguments that it has no place for: none is ignored in silence. */
import { expect, test } from 'vitest'
import * as data from '../../src/data.ts'
import * as recurra from '../../src/index.ts'
import { RecurraError } from '../../src/index.ts'

const { losses, metrics, optimizers, initializers, regularizers, constraints, callbacks } = recurra
const all: Readonly<Record<string, unknown>> = {
  ...data,
  ...recurra,
  ...losses,
  ...metrics,
  ...optimizers,
  ...initializers,
  ...regularizers,
  ...constraints,
  ...callbacks,
}

/** Classes to extend, whose constructors are the user's, such as are made otherwise, and callbacks that have no options. */
const OTHERS =
  /^(History|ProgbarLogger|Layer|Cell|Metric|Loss|Callback|Regularizer|Constraint|LearningRateSchedule|Dataset|\w*Error)$/

const makers = Object.entries(all).filter(
  ([name, value]) => typeof value === 'function' && /^[A-Z]/.test(name) && !OTHERS.test(name),
)

test.each(makers)('%s', (_name, maker) => {
  const make = maker as (...args: readonly unknown[]) => unknown
  expect(() => make(...Array<number>(16).fill(1))).toThrow(RecurraError)
})
