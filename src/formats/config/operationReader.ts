// Whether there are functions of `ops` in a file, and the code that reads them, which is loaded where there are some.

import { impossible } from '../../errors.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import { isJsonObject, type Json } from './json.ts'

/** Whether a config is that of an operation, and not of a layer. */
export const isOperation = ({ module }: KerasConfig): boolean => String(module).startsWith('keras.src.ops.')

/** Makes the operations of a file, and reads the arguments of their calls. */
export type OperationReader = Pick<typeof import('./operations.ts'), 'readOperation' | 'operationArguments'>

const hasOperations = (value: Json | undefined): boolean =>
  Array.isArray(value)
    ? value.some(hasOperations)
    : isJsonObject(value) &&
      ((isKerasConfig(value) && isOperation(value)) || Object.values(value).some(hasOperations))

const none = (): never => impossible('an operation of a file without operations')

/** The reader of a config's operations. */
export const operationReader = async (config: KerasConfig): Promise<OperationReader> =>
  hasOperations(config) ? import('./operations.ts') : { readOperation: none, operationArguments: none }
