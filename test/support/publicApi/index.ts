// The public API as a table: every function and method, and of which kind its arguments and options are.

import type { PublicCall } from './call.ts'
import { callbacks } from './callbacks.ts'
import { files } from './files.ts'
import { functions } from './functions.ts'
import { layers } from './layers.ts'
import { publicMethods } from './methods.ts'
import { metrics } from './metrics.ts'
import { ownCode } from './ownCode.ts'
import { rules } from './rules.ts'
import { schedules } from './schedules.ts'

export type { PublicCall }
export { publicMethods }

export const publicCalls: readonly PublicCall[] = [
  ...layers,
  ...publicMethods,
  ...files,
  ...functions,
  ...callbacks,
  ...metrics,
  ...ownCode,
  ...rules,
  ...schedules,
]

/** What takes no arguments; and setBackend, of which test/backends holds the same. */
export const withoutArguments: ReadonlySet<string> = new Set([
  'setBackend',
  // Its objects are made by classes that extend it.
  'Callback',
  'Constraint',
  'Initializer',
  'initializers.Initializer',
  'Regularizer',
  'History',
  'ProgbarLogger',
  'clearSession',
  'config.dtypePolicy',
  'config.epsilon',
  'config.floatx',
  'config.imageDataFormat',
  'pop',
  'build',
  'createWeights',
  'buildOptimizer',
  'resetMetrics',
  'resetOptimizer',
  'restoreWeights',
  'pause',
  'resume',
  'stop',
  'getConfig',
  'getStates',
  'getWeights',
  'countParams',
  'toJSON',
  'dispose',
])
