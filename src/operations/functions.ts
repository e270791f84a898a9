// Functions of `ops` as operations of a step: each is traced for the shapes that it meets.

import { describeValue, fail } from '../errors.ts'
import { functionReference } from '../layers/classNames.ts'
import type { TensorFunction, TracedFunction } from '../layers/functions.ts'
import { symbolicTensors } from '../layers/layerCall.ts'
import { snakeCase } from '../layers/naming.ts'
import { activationNames } from '../layers/options.ts'
import { trace } from '../layers/own/trace.ts'
import { stepAlone } from '../layers/rnn/stepAlone.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { lossOf } from '../ops/lossOf.ts'
import { sum } from '../ops/reduce.ts'
import { reshape } from '../ops/view.ts'
import { sizeOf } from '../util/shape.ts'
import type { Declared } from './operationLayer.ts'
import { lowerLoss, lowerTraced } from './tracedLoss.ts'

/** A function of `ops` as an activation and as a loss. */
export function traceFunction(where: string, fn: TensorFunction): TracedFunction {
  const call = (tensors: readonly SymbolicTensor[]): readonly SymbolicTensor[] => [
    resultOf(fn, tensors, where),
  ]
  return {
    className: 'function',
    name: fn.name || 'loss',
    fn,
    reference: () => activationOf(fn) ?? functionReference(fn, where),
    config: {},
    reduction: 'sum_over_batch_size',
    applyTo: (graph, x) => lowerTraced(where, call, [x], stepAlone(graph, where)),
    graphOf: (shape) => trace({ where }, [{ shape }], call),
    penaltyOn(graph, given, scale) {
      const found = lowerTraced(where, call, [given], stepAlone(graph, where))
      const x = reshape(graph, found, { shape: [1, sizeOf(found.shape)] })
      return lossOf(graph, sum(graph, { x }, { axis: 1, scale }).y, {})
    },
    targetShape: () => 'any',
    lower: (_graph, inputs, step) =>
      lowerLoss({ where, reduction: 'sum_over_batch_size', call }, inputs, step),
  }
}

/**
 * The name of the activation that a function of `ops` is, as files have it. `ops.gelu` is none: it is the approximation, and the activation of
 * that name is not.
 */
function activationOf(fn: TensorFunction & { readonly activation?: string }): string | undefined {
  if (fn.activation !== undefined) return fn.activation
  const className = (fn as Partial<Declared>).declaration?.className
  const name = className === 'Exp' ? 'exponential' : className && className !== 'Gelu' && snakeCase(className)
  return activationNames.find((activation) => activation === name)
}

/** The symbolic tensor that a function returned; throws where it returned something else. */
export function resultOf(
  fn: TensorFunction,
  tensors: readonly SymbolicTensor[],
  where: string,
): SymbolicTensor {
  const call = fn as unknown as (...inputs: readonly unknown[]) => unknown
  const returned = call(...tensors)
  const [result, ...others] = symbolicTensors(
    returned,
    where,
    'a function that returns a symbolic tensor, which ops made of its arguments',
  )
  if (result && others.length === 0) return result
  return fail(where, {
    expected: 'a function that returns one symbolic tensor',
    got: describeValue(returned),
  })
}
