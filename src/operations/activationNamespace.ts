// What `activations` has: functions of `ops` by Keras's names of activations, which layers take as names, too.

import { describeValue, didYouMean, fail, plainName } from '../errors.ts'
import { functionReference } from '../layers/classNames.ts'
import { snakeCase } from '../layers/naming.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as activations from './activations.ts'
import { convertToTensor } from './casting.ts'
import { celu, glu, hardShrink, softShrink, sparsePlus, sparseSigmoid, threshold } from './curves.ts'
import { exp as exponential } from './elementwise.ts'
import { keyworded } from './keywords.ts'
import { logSoftmax, softmax } from './normalizing.ts'
import type { OnNumbers } from './onNumbers.ts'
import type { Operand } from './operation.ts'
import { sparsemax } from './sorting.ts'

export {
  elu,
  hardSigmoid,
  hardSilu,
  hardSwish,
  hardTanh,
  leakyRelu,
  logSigmoid,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softsign,
  squareplus,
  swish,
  tanh,
  tanhShrink,
} from './activations.ts'
export {
  celu,
  exponential,
  glu,
  hardShrink,
  logSoftmax,
  softmax,
  softShrink,
  sparsemax,
  sparsePlus,
  sparseSigmoid,
  threshold,
}

type OfTensor = (x: Operand) => SymbolicTensor

/** A function that files know by the name of an activation. */
const named = <F extends object>(activation: string, fn: F): F => Object.assign(fn, { activation })

/** x·Φ(x) of the normal distribution; unlike `ops.gelu` exactly, unless `approximate` is true. */
export const gelu = named(
  'gelu',
  keyworded(
    'activations.gelu',
    'x approximate=false',
    (x: SymbolicTensor, approximate = false): SymbolicTensor => activations.gelu(x, approximate),
  ),
) as unknown as typeof activations.gelu

/** x as it is. */
export const linear = named(
  'linear',
  keyworded('activations.linear', 'x', (x: SymbolicTensor): SymbolicTensor => convertToTensor(x)),
) as unknown as OnNumbers<OfTensor>

const functions: Readonly<Record<string, unknown>> = {
  ...activations,
  celu,
  exponential,
  gelu,
  glu,
  hardShrink,
  linear,
  logSoftmax,
  softmax,
  softShrink,
  sparsemax,
  sparsePlus,
  sparseSigmoid,
  threshold,
}

/**
 * The activation of a name, as layers take it: `activations.get('tanh')`. `null` is {@link linear}, and a function is itself.
 *
 * @throws {RecurraError} if there is none of this name.
 * @see keras/src/activations/__init__.py
 */
export function get(identifier: string | null): OnNumbers<OfTensor>
export function get<F extends (...args: never[]) => unknown>(identifier: F): F
export function get(identifier: unknown): unknown {
  if (identifier === null) return linear
  if (typeof identifier === 'function') return identifier
  const names = Object.keys(functions)
  const plain = typeof identifier === 'string' ? plainName(identifier) : null
  const found = names.find((name) => plainName(name) === plain)
  if (found !== undefined) return functions[found]
  return fail('activations.get', {
    expected: 'the name of an activation, or a function',
    got: describeValue(identifier),
    remedy: didYouMean(identifier, names) ?? `There are ${names.join(', ')}.`,
  })
}

/** The activation of a name or a function, as {@link serialize} writes it. */
export const deserialize = (config: string): OnNumbers<OfTensor> => get(config)

/**
 * An activation as the config of a layer has it: `'relu'` for `activations.relu`, and the registered name of a function of one's own.
 *
 * @throws {RecurraError} for a function that is neither.
 */
export function serialize(activation: (...args: never[]) => unknown): string {
  const found = Object.keys(functions).find((name) => functions[name] === activation)
  return found === undefined
    ? functionReference(activation, 'activations.serialize').config
    : snakeCase(found)
}
