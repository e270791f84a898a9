// Which activations work element by element.

import type { ReadActivation } from '../options.ts'

/** Whether an activation is known to work element by element. */
export const isElementwise = (name: ReadActivation): boolean =>
  typeof name === 'string' && name !== 'softmax' && name !== 'log_softmax'
