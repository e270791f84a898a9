// The options of all calls that read files or configs.

import { describeValue, fail } from '../errors.ts'
import type { ReadOptions } from '../models/saving.ts'
import { checkSignal } from '../util/checkSignal.ts'
import { nullable, type TableFor } from '../util/options.ts'
import type { CustomObjects } from './config/customObjects.ts'

export interface ConfigOptions {
  /**
   * Classes and functions of one's own by the names that the file or the config has for them, which are registered as by `register`;
   * `null`, the default, takes those that are.
   */
  readonly customObjects?: CustomObjects | null
}

/** Options of what makes a model; `registerObjects` checks what it registers. */
export const configOptionTable = {
  customObjects: nullable((_, __, value) => value as CustomObjects),
} as const satisfies TableFor<ConfigOptions>

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
