// Functions of `ops` in files: each by Keras's module and class, as it is declared beside the function. Loaded for files that have some.

import { describeValue, didYouMean, fail } from '../../errors.ts'
import type { Layer } from '../../layers/layer.ts'
import * as ops from '../../operations/index.ts'
import { type Declaration, type Declared, OperationLayer } from '../../operations/operationLayer.ts'
import { refusedOperations } from '../../operations/refused.ts'
import type { KerasConfig } from '../kerasConfig.ts'
import { namedIn } from './json.ts'

export { operationArguments } from './operationCalls.ts'

const isDeclared = (value: unknown): value is Declared => value instanceof Function && 'declaration' in value

/** The functions of `ops` that files may name, by the names by which code reaches them: `add`, `image.resize`. */
export const declarations: readonly (readonly [name: string, Declaration])[] = [
  ...Object.entries<unknown>(ops),
  ...Object.entries<unknown>(ops.image).map(([name, fn]) => [`image.${name}`, fn] as const),
].flatMap(([name, fn]) => (isDeclared(fn) ? [[name, fn.declaration] as const] : []))

/** The same by the module below `keras.src.ops` and the class: `numpy.TrueDivide`. */
export const operations: ReadonlyMap<string, Declaration> = new Map(
  // Of two functions of a class the first takes all that the other takes.
  [...declarations]
    .reverse()
    .map(([, declaration]) => [`${declaration.module}.${declaration.className}`, declaration]),
)

/** Makes the operation that a config describes, not called yet. One whose module a file does not say is found by its class alone. */
export function readOperation({ module, class_name: className, config }: KerasConfig, where: string): Layer {
  const name = String(module).split('.').at(-1)
  const declaration = name
    ? operations.get(`${name}.${className}`)
    : [...operations.values()].find((operation) => operation.className === className)
  if (declaration)
    return new OperationLayer(declaration, typeof config.name === 'string' ? config.name : null)
  const known = [...operations.values()].map((operation) => operation.className)
  const beside = name ? undefined : `If it is a layer of your own, call register('${className}', …) before.`
  const reason = namedIn(refusedOperations, className.slice(0, 1).toLowerCase() + className.slice(1))
  return fail(where, {
    expected: 'operations that ops has',
    got: `${className}${name ? ` of ${String(module)}` : ''}, ${describeValue(config.name)}`,
    remedy: reason ? `${className} is not here: ${reason}.` : (didYouMean(className, known) ?? beside),
  })
}
