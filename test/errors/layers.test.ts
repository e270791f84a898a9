/** What layers say to wrong options, shapes and inputs. */
import { test } from 'vitest'
import {
  Activation,
  Bidirectional,
  Dense,
  Dropout,
  GaussianDropout,
  Input,
  L2,
  LSTM,
  MaxNorm,
  RepeatVector,
  Reshape,
  Sequential,
  TimeDistributed,
} from '../../src/index.ts'
import { type ErrorCase, expectError, untyped } from '../support/expectError.ts'

const options: ErrorCase[] = [
  ['units below 1', () => LSTM(-1), 'LSTM: expected units to be a positive integer, got -1.'],
  ['units as a text', () => Dense(untyped('8')), 'Dense: expected units to be a positive integer, got "8".'],
  [
    'no units',
    () => Dense(untyped(undefined)),
    'Dense: expected units to be a positive integer, got undefined.',
  ],
  ['a number for options', () => LSTM(3, untyped(4)), 'LSTM: expected (units, options), got (3, 4).'],
  [
    'a number before options',
    () => (LSTM as unknown as (...args: unknown[]) => unknown)(3, 4, {}),
    'LSTM: expected (units, options), got (3, 4, {}).',
  ],
  [
    'a misspelt option',
    () => Dropout(0.5, untyped({ sed: 1 })),
    "Dropout: expected one of its options, got 'sed'. Did you mean 'seed'?",
  ],
  [
    'a misspelt activation',
    () => Dense(3, { activation: untyped('sigmod') }),
    `Dense: expected activation to be one of 30 names, got "sigmod". Did you mean 'sigmoid'?`,
  ],
  [
    'an unknown activation of a gate',
    () => LSTM(3, { recurrentActivation: untyped('softmx') }),
    `LSTM: expected recurrentActivation to be one of 30 names, got "softmx". Did you mean 'softmax'?`,
  ],
  [
    'an unknown activation',
    () => Activation(untyped('elux')),
    `Activation: expected activation to be one of 30 names, got "elux". Did you mean 'elu'?`,
  ],
  [
    'a misspelt initializer',
    () => Dense(3, { kernelInitializer: untyped('glorot_unifrm') }),
    'Dense, kernelInitializer: expected an initializer (zeros, ones, constant, identity, random_uniform, random_normal, ' +
      'truncated_normal, variance_scaling, glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform, ' +
      'lecun_normal, orthogonal), got "glorot_unifrm". Did you mean \'glorot_uniform\'?',
  ],
  [
    'what is not supported yet',
    () => Dense(3, untyped({ loraRank: 2 })),
    'Dense: expected loraRank to be null (it is not supported yet), got 2.',
  ],
  [
    'a misspelt regularizer',
    () => Dense(3, { kernelRegularizer: 'l3' as 'l2' }),
    "Dense: expected kernelRegularizer to be one of 'l1', 'l2', 'l1_l2', 'orthogonal_regularizer', got \"l3\". Did you mean 'l1'?",
  ],
  [
    'a regularizer for a constraint',
    () => Dense(3, { kernelConstraint: untyped(L2()) }),
    "Dense: expected kernelConstraint to be one of 'max_norm', 'non_neg', 'unit_norm', 'min_max_norm', got \"L2\".",
  ],
  [
    'an option of a regularizer that is none',
    () => L2(untyped({ l1: 0.1 })),
    "L2: expected only the options l2, got 'l1'. Did you mean 'l2'?",
  ],
  [
    'a norm that is none',
    () => MaxNorm(-1),
    'MaxNorm: expected maxValue to be a finite number of at least 0, got -1.',
  ],
  [
    'another dtype',
    () => Dense(3, { dtype: untyped('float16') }),
    "Dense: expected dtype to be one of 'float32', 'mixed_float16', got \"float16\". Did you mean 'float32'?",
  ],
  [
    'mixed precision that nothing brought',
    () => Dense(3, { dtype: 'mixed_float16' }),
    "Dense: expected mixed precision to be loaded before dtype 'mixed_float16', got none. " +
      "Call config.setDtypePolicy('mixed_float16'), and 'float32' again for other layers.",
  ],
  [
    'an empty name',
    () => Dense(3, { name: '' }),
    'Dense "": expected name to be a text that is not empty, got "".',
  ],
  ['a rate of 1', () => GaussianDropout(1), 'GaussianDropout: expected rate to be less than 1, got 1.'],
  [
    'a rate below 0',
    () => Dropout(-0.1),
    'Dropout: expected rate to be a finite number from 0 to 1, got -0.1.',
  ],
  [
    'a shape that is no list',
    () => Dense(3, { inputShape: untyped(3) }),
    'Dense: expected inputShape to be a list of extents, got 3.',
  ],
  [
    'an extent of 0',
    () => Dense(3, { inputShape: [0] }),
    'Dense: expected each extent of inputShape to be a positive integer, got 0.',
  ],
  [
    'a target with a 0',
    () => Reshape([0]),
    'Reshape: expected targetShape of positive extents and at most one -1, got [0].',
  ],
  [
    'a target with two unknowns',
    () => Reshape([-1, -1]),
    'Reshape: expected targetShape of positive extents and at most one -1, got [-1, -1].',
  ],
  ['no repetitions', () => RepeatVector(0), 'RepeatVector: expected n to be a positive integer, got 0.'],
  [
    'a layer that is none',
    () => TimeDistributed(untyped('lstm')),
    'TimeDistributed: expected a layer, such as LSTM(8), got "lstm".',
  ],
]

const bidirectional: ErrorCase[] = [
  [
    'a layer without time',
    () => Bidirectional(untyped(Dense(3))),
    'Bidirectional "bidirectional": expected a recurrent layer, such as LSTM(8), got Dense "dense".',
  ],
  [
    'an unknown merge',
    () => Bidirectional(LSTM(3), { mergeMode: untyped('cat') }),
    "Bidirectional: expected mergeMode to be one of 'concat', 'sum', 'mul', 'ave', got \"cat\".",
  ],
  [
    'both layers in one direction',
    () => Bidirectional(LSTM(3), { backwardLayer: LSTM(3) }),
    'Bidirectional "bidirectional": expected a backwardLayer that runs the other way, got goBackwards: false on both. ' +
      'Set goBackwards: true on the backwardLayer.',
  ],
  [
    'layers that return different things',
    () => Bidirectional(LSTM(3), { backwardLayer: LSTM(3, { goBackwards: true, returnSequences: true }) }),
    'Bidirectional "bidirectional": expected returnSequences: false on the backwardLayer too, got true.',
  ],
  [
    'a sum of different widths',
    () =>
      Bidirectional(LSTM(3), { mergeMode: 'sum', backwardLayer: LSTM(2, { goBackwards: true }) })(
        Input([3, 2]),
      ),
    'Bidirectional "bidirectional": expected directions of one shape for mergeMode "sum", got [batch, 3] and [batch, 2].',
  ],
  [
    'states for one direction',
    () => Bidirectional(LSTM(3))(Input([3, 2]), { initialState: [Input([3]), Input([3])] }),
    'Bidirectional "bidirectional": expected initialState as [h, c] of the forward layer, then [h, c] of the backward ' +
      'one, got [batch, 3] and [batch, 3].',
  ],
]

const inputs: ErrorCase[] = [
  [
    'LSTM without time',
    () => Sequential([LSTM(4, { inputShape: [5, 2], name: 'encoder' }), LSTM(3, { name: 'decoder' })]),
    'LSTM "decoder": expected input [batch, timesteps, features], got [batch, 4]. ' +
      'Set returnSequences: true on the layer before it.',
  ],
  [
    'RepeatVector with time',
    () => Sequential([LSTM(4, { inputShape: [5, 2], returnSequences: true }), RepeatVector(3)]),
    'RepeatVector "repeat_vector": expected input [batch, features], got [batch, 5, 4]. ' +
      'Set returnSequences: false on the layer before it.',
  ],
  [
    'Reshape to another size',
    () => Sequential([Reshape([4, 2], { inputShape: [3, 2] })]),
    'Reshape "reshape": expected a targetShape of 6 elements for input [batch, 3, 2], got [4, 2].',
  ],
  [
    'Reshape that leaves a remainder',
    () => Sequential([Reshape([-1, 4], { inputShape: [3, 2] })]),
    'Reshape "reshape": expected a targetShape of 6 elements for input [batch, 3, 2], got [-1, 4].',
  ],
  [
    'TimeDistributed without time',
    () => Sequential([TimeDistributed(Dense(2), { inputShape: [3] })]),
    'TimeDistributed "time_distributed": expected input [batch, timesteps, ...], got [batch, 3].',
  ],
  [
    'two inputs',
    () => Dense(2)([Input([3]), Input([4])]),
    'Dense "dense": expected input [batch, ..., features], got [batch, 3] and [batch, 4].',
  ],
  [
    'other features than those of the first call',
    () => {
      const shared = Dense(2, { name: 'shared' })
      return [shared(Input([3])), shared(Input([4]))]
    },
    'Dense "shared": expected 3 features, for which it has its weights, got [batch, 4]. ' +
      'Make another layer for other features.',
  ],
  [
    'a sequence of other features than those of the first call',
    () => {
      const shared = LSTM(2, { name: 'shared' })
      return [shared(Input([5, 3])), shared(Input([5, 4]))]
    },
    'LSTM "shared": expected 3 features, for which it has its weights, got [batch, 5, 4]. ' +
      'Make another layer for other features.',
  ],
  [
    'stateful without a batch size',
    () => Sequential([LSTM(3, { inputShape: [4, 2], stateful: true })]),
    'LSTM "lstm": expected a fixed batch size for stateful: true, got [batch, 4, 2]. ' +
      'Give batchShape: [batch, timesteps, features] to the first layer, or batchSize to Input.',
  ],
  [
    'stateful with another batch size',
    () => {
      const shared = LSTM(3, { stateful: true, name: 'shared' })
      return [shared(Input([4, 2], { batchSize: 8 })), shared(Input([4, 2], { batchSize: 1 }))]
    },
    'LSTM "shared": expected batches of 8 samples, for which it keeps states, got [1, 4, 2].',
  ],
  [
    'states of another size',
    () => LSTM(3)(Input([2, 2]), { initialState: [Input([4]), Input([3])] }),
    'LSTM "lstm": expected initialState as [h, c], each [batch, 3], got [batch, 4] and [batch, 3].',
  ],
  [
    'states for a layer that has none',
    () => Dense(3)(Input([2]), { initialState: Input([2]) }),
    'Dense "dense": expected no initialState, got [batch, 2].',
  ],
  [
    'a number',
    () => Dense(3)(untyped(1)),
    'Dense "dense": expected symbolic tensors or data, got 1. ' +
      'Call a layer on Input(...) or on what another layer returned.',
  ],
]

test.each(options)('options: %s', (_what, attempt, message) => expectError(attempt, message))
test.each(bidirectional)('Bidirectional: %s', (_what, attempt, message) => expectError(attempt, message))
test.each(inputs)('inputs: %s', (_what, attempt, message) => expectError(attempt, message))
