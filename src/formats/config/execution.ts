// What Keras's compile says of how it executes steps, which changes no number. Here it changes nothing at all, so a model that came
// from a file keeps it for the file that it is written to.

import type { CompileOptions } from '../../models/compileOptions.ts'
import type { JsonObject } from './json.ts'

/** Keras's settings where a model does not come from a file. */
const USUAL = { run_eagerly: false, steps_per_execution: 1, jit_compile: false } as const satisfies JsonObject

/** Goes along with options where `compile` copies them, and is none of them. */
const EXECUTION = Symbol('execution')

type Executed = CompileOptions & { readonly [EXECUTION]?: JsonObject }

/** Options of `compile` with the file's settings, where these are not the usual ones. */
export function withExecution(options: CompileOptions, config: JsonObject): CompileOptions {
  const given = Object.keys(USUAL).flatMap((name) => {
    const value = config[name]
    return value !== undefined && value !== USUAL[name as keyof typeof USUAL] ? [[name, value] as const] : []
  })
  return given.length > 0 ? ({ ...options, [EXECUTION]: Object.fromEntries(given) } as Executed) : options
}

/** The settings for a file. */
export const executionOf = (options: CompileOptions): JsonObject => ({
  ...USUAL,
  ...(options as Executed)[EXECUTION],
})
