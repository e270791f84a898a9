// Regularizers and constraints: of which kind their options are, and what options of layers take.

import * as api from '../../../src/index.ts'
import { atLeastZero, isPlainFunction, kind, nullable, oneOf } from '../kinds.ts'
import { everything, type Options, type PublicCall, plain } from './call.ts'

class Absolute extends api.Regularizer {
  override call(x: api.SymbolicTensor) {
    return api.ops.sum(api.ops.abs(x))
  }
}

class Halved extends api.Constraint {
  override call(w: api.SymbolicTensor) {
    return api.ops.multiply(w, 0.5)
  }
}

/** What `kernelRegularizer` and the like take. */
export const regularizer = nullable(
  kind(
    ['l2', 'L1L2', api.L1(0.5), { className: 'L2', config: { l2: 0.5 } }, new Absolute(), (x: unknown) => x],
    isPlainFunction,
    ['max_norm', api.MaxNorm(), new Halved(), { className: 'L3' }, Absolute],
  ),
)

/** What `kernelConstraint` and the like take. */
export const constraint = nullable(
  kind(
    ['non_neg', 'MaxNorm', api.UnitNorm(), { className: 'MaxNorm', config: { maxValue: 3 } }, new Halved()],
    isPlainFunction,
    ['l2', api.L2(), new Absolute(), { className: 'Norm' }, Halved],
  ),
)

const axis = kind([0, -1, [0, 1]], (value) => [value].flat().every(Number.isSafeInteger), [[0.5]])

const options: Readonly<Record<string, Options>> = {
  L1: { l1: atLeastZero },
  L2: { l2: atLeastZero },
  L1L2: { l1: atLeastZero, l2: atLeastZero },
  OrthogonalRegularizer: { factor: atLeastZero, mode: oneOf('rows', 'columns') },
  MaxNorm: { maxValue: atLeastZero, axis },
  NonNeg: {},
  UnitNorm: { axis },
  MinMaxNorm: { minValue: atLeastZero, maxValue: atLeastZero, rate: atLeastZero, axis },
}

export const rules: readonly PublicCall[] = [
  ...Object.entries(options).map(
    ([name, options]): PublicCall => ({
      name,
      args: [],
      options,
      isKeyword: true,
      call: plain(everything[name]),
    }),
  ),
  { name: 'regularizers.get', args: [regularizer], call: plain(api.regularizers.get) },
  { name: 'constraints.get', args: [constraint], call: plain(api.constraints.get) },
]
