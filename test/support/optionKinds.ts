// What a table says of an option, found out by asking it.

import type { OptionTable } from '../../src/util/options.ts'

/** Whether an option is read only to be refused: there for code of Keras that says what is so anyway. */
export function isRefused(option: Pick<OptionTable[string], 'read'>): boolean {
  try {
    option.read('', '', 'nonsense')
    return false
  } catch (error) {
    return String(error).includes('it is not supported yet')
  }
}
