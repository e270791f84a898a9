// The options of all calls that read files.

import { describeValue, fail } from '../errors.ts'
import type { ReadOptions } from '../models/saving.ts'
import { checkSignal } from '../util/checkSignal.ts'
import { nullable, type TableFor } from '../util/options.ts'

export const readOptionTable = {
  signal: nullable(checkSignal),
  onProgress: nullable((where, name, value): NonNullable<ReadOptions['onProgress']> => {
    if (typeof value === 'function' && !/^class/.test(`${value}`))
      return value as NonNullable<ReadOptions['onProgress']>
    return fail(where, {
      expected: `${name} to be a function of bytes and their total`,
      got: describeValue(value),
    })
  }),
} as const satisfies TableFor<ReadOptions>
