// Graphs of layers that are exported to ONNX.

import * as recurra from 'recurra/node'
import {
  AdditiveAttention,
  Attention,
  Bidirectional,
  type CallableLayer,
  Concatenate,
  Dot,
  Embedding,
  GRU,
  Input,
  LSTM,
  Maximum,
  Model,
  MultiHeadAttention,
  Multiply,
  ops,
  type SymbolicTensor,
  type Tensor,
  tensor,
} from 'recurra/node'
import { Net, Tagger } from '../../test/support/subclassedModels.ts'
import { chain, type ExportedModel, random, words } from './exportedModel.ts'

/** Models whose call is the user's own. */
const ownModels = (): ExportedModel[] => {
  const own = (name: string, make: () => Net | Tagger, x: Tensor) => ({
    name: `own ${name}`,
    make() {
      const model = make()
      model.build([null, ...x.shape.slice(1)])
      return model
    },
    x: [x],
  })
  return [
    own('network', () => new Net(), random([2, 5, 3])),
    own('tagger', () => new Tagger(), tensor([0, 3, 2, 6, 0, 1, 0, 4], [2, 4])),
  ]
}

/** Numbers in bins, and ids as vectors. */
const encodings = (): ExportedModel[] =>
  (['one_hot', 'multi_hot', 'count'] as const).flatMap((outputMode) => [
    chain(
      `bins ${outputMode}`,
      random([3, 2, 1]),
      [2, 1],
      recurra.Discretization([-0.4, 0, 0.3], { outputMode }),
    ),
    chain(
      `ids ${outputMode}`,
      tensor([0, 2, 1, 2, 2, 1], [2, 3]),
      [3],
      recurra.CategoryEncoding(3, outputMode) as unknown as CallableLayer,
    ),
  ])

/** Graphs of layers: several inputs, states that are given on, masks of several tensors. */
export const graphs = (): ExportedModel[] => {
  const graph = (
    name: string,
    x: readonly Tensor[],
    build: (...inputs: SymbolicTensor[]) => SymbolicTensor | readonly SymbolicTensor[],
    shapes: readonly (readonly (number | null)[])[],
  ) => ({
    name: `graph ${name}`,
    make() {
      const inputs = shapes.map((shape) => Input([...shape]))
      return Model(inputs, [build(...inputs)].flat() as SymbolicTensor[])
    },
    x,
  })
  const [a, b] = [random([2, 5, 4], 1), random([2, 6, 4], 2)]
  const [ids, others] = [words(2, 5), words(2, 5)]
  const open = [null, 4]
  const embedded = (x: SymbolicTensor) => Embedding(9, 4, { maskZero: true })(x)
  return [
    ...ownModels(),
    ...encodings(),
    graph(
      'states',
      [a, b],
      (x, y) => {
        const [, h, c] = LSTM(3, { returnState: true })(x)
        const [output, ...last] = LSTM(3, { returnSequences: true, returnState: true })(y, {
          initialState: [h, c],
        })
        return [output, ...last]
      },
      [open, open],
    ),
    graph(
      'states both ways',
      [a, b],
      (x, y) => {
        const [, ...states] = Bidirectional(GRU(3, { returnState: true }))(x)
        return Bidirectional(GRU(3, { returnSequences: true }))(y, { initialState: states })
      },
      [open, open],
    ),
    graph(
      'attention',
      [a, b],
      (x, y) => {
        const [output, scores] = Attention({ useScale: true, scoreMode: 'concat' })([x, y], {
          returnAttentionScores: true,
        })
        return [output, scores, AdditiveAttention()([x, y]), Dot([2, 2], { normalize: true })([x, y])]
      },
      [open, open],
    ),
    graph(
      'heads',
      [a, b],
      (x, y) => {
        const [output, scores] = MultiHeadAttention(2, 3, { slidingWindow: 2 })(x, y, {
          returnAttentionScores: true,
        })
        return [
          output,
          scores,
          MultiHeadAttention(2, 3, { outputShape: [2, 3], useBias: false })(x, x, { useCausalMask: true }),
        ]
      },
      [open, open],
    ),
    graph(
      'heads of images',
      [random([2, 3, 4, 5])],
      (x) => MultiHeadAttention(2, 3, { attentionAxes: [1] })(x, x),
      [[3, 4, 5]],
    ),
    graph('heads of whole images', [random([2, 3, 4, 5])], (x) => MultiHeadAttention(2, 3)(x, x), [
      [3, 4, 5],
    ]),
    graph(
      'heads with masks',
      [ids, others],
      (x, y) => {
        const [p, q] = [embedded(x), embedded(y)]
        const mask = ops.greater(ops.matmul(p, ops.transpose(q, [0, 2, 1])), 0)
        return [
          MultiHeadAttention(2, 3)(p, q),
          MultiHeadAttention(2, 3)(p, q, { attentionMask: mask }),
          Attention()([p, q]),
        ]
      },
      [[null], [null]],
    ),
    graph(
      'merged masks',
      [ids, others],
      (x, y) => {
        const [p, q] = [embedded(x), embedded(y)]
        return [
          Multiply()([p, q]),
          Maximum()([p, q]),
          GRU(2)(Concatenate(1)([p, q])),
          GRU(2)(recurra.Add()([p, q])),
        ]
      },
      [[5], [5]],
    ),
    graph(
      'given mask',
      [a, random([2, 5], 3)],
      (x, y) => LSTM(3, { returnSequences: true })(x, { mask: ops.greater(y, 0) }),
      [open, [null]],
    ),
    graph('broadcast', [a, random([2, 4], 3)], (x, y) => [recurra.Add()([x, y]), recurra.Average()([x, y])], [
      open,
      [4],
    ]),
  ]
}
