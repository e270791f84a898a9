// Options of compile on their way to a worker: optimizers, losses and metrics go as files have them.

import { describeProblem, RecurraError } from '../errors.ts'
import { portableCompileOptions } from '../formats/config/compileConfig.ts'
import type { CompileOptions } from '../models/compileOptions.ts'
import { isOptions } from '../util/options.ts'

/** @throws {RecurraError} for what no file can name, such as a function that is not registered. */
export function sentCompileOptions(options: CompileOptions, where: string): object {
  // The model says what is wrong with other things.
  if (!isOptions(options)) return options
  try {
    return portableCompileOptions(options, where)
  } catch (cause) {
    if (!(cause instanceof RecurraError)) throw cause
    const problem = {
      expected:
        'what can be sent to a worker: names, what constructors such as Adam() make, functions that are registered',
      got: `something else: ${cause.message}`,
      remedy: 'Call compile in the file of the worker, in a function that is given to expose.',
    }
    throw new RecurraError(describeProblem(where, problem), { cause })
  }
}
