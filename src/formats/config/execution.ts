// What Keras's compile says of how it executes steps, which changes no number.

import type { CompileOptions } from '../../models/compileOptions.ts'
import { mapValues } from '../../util/mapValues.ts'
import { EXECUTION } from '../kerasConfig.ts'
import type { JsonObject } from './json.ts'

/** Keras's settings where a model does not come from a file. */
const USUAL: JsonObject = { run_eagerly: false, steps_per_execution: 1, jit_compile: false }

/** The settings for a file: those of the file that a model came from. */
export function executionOf(options: CompileOptions): JsonObject {
  const { [EXECUTION]: given } = options as CompileOptions & { readonly [EXECUTION]?: JsonObject }
  return mapValues(USUAL, (usual, name) => given?.[name] ?? usual)
}
