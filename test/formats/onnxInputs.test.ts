// What is left out of ONNX's nodes and graphs: inputs at the end of a node, for which an empty name stands only where another input is
// behind it; and names of open extents in the graphs of loops.
import { fromBinary } from '@bufbuild/protobuf'
import { type GraphProto, ModelProtoSchema } from 'onnx-buf'
import { toONNX } from 'recurra/formats'
import { beforeAll, expect, test } from 'vitest'
import * as recurra from '../../src/index.ts'
import { Input, Model, Sequential, setBackend } from '../../src/index.ts'
import { layerModels } from '../support/everyLayer.ts'

beforeAll(() => setBackend('cpu'))

/** The inputs of each node that are left out at its end, in graphs inside of nodes too. */
const leftOut = ({ node }: GraphProto): string[] =>
  node.flatMap(({ opType, input, attribute }) => [
    ...(input.at(-1) === '' ? [`${opType}(${input.join(', ')})`] : []),
    ...attribute.flatMap(({ g }) => (g ? leftOut(g) : [])),
  ])

const graphOf = async (model: recurra.LayersModel): Promise<GraphProto> => {
  const { graph } = fromBinary(ModelProtoSchema, await toONNX(model))
  if (!graph) throw new TypeError('a file without a graph')
  return graph
}

const { Conv1D, GRU, LayerNormalization, LSTM } = recurra

test.each([
  ['LayerNormalization', () => LayerNormalization({ center: false })],
  ['LayerNormalization without scale', () => LayerNormalization({ center: false, scale: false })],
  ['Conv1D', () => Conv1D(2, 2, { useBias: false })],
  ['LSTM', () => LSTM(2, { useBias: false })],
  ['GRU', () => GRU(2, { useBias: false })],
])('%s, without what it may go without', async (_name, make) => {
  const x = Input([4, 3])
  expect(leftOut(await graphOf(Model(x, make()(x) as recurra.SymbolicTensor)))).toEqual([])
  expect(leftOut(await graphOf(Sequential([Input([4, 3]), make()])))).toEqual([])
})

test('every layer that ONNX can express', async () => {
  const graphs = await Promise.all(
    [...layerModels(recurra).values()].map(({ make }) => graphOf(make()).catch(() => null)),
  )
  const written = graphs.filter((graph) => graph !== null)
  expect(written.length).toBeGreaterThan(80)
  expect(written.flatMap(leftOut)).toEqual([])
})

test('in a loop open extents have no names, since these would be equal to those outside', async () => {
  const { GRUCell, RNN, StackedRNNCells, TimeDistributed } = recurra
  const cells = StackedRNNCells([GRUCell(3, { activation: 'gelu' }), GRUCell(2)])
  const { node, input } = await graphOf(Sequential([Input([2, 3, 2]), TimeDistributed(RNN(cells))]))
  const names = (values: GraphProto['input']) =>
    values.flatMap(({ type }) => {
      const { case: kind, value } = type?.value ?? {}
      return kind === 'tensorType' ? (value?.shape?.dim ?? []).map(({ value }) => value.case) : []
    })
  expect(names(input)).toEqual(['dimParam', 'dimValue', 'dimValue', 'dimValue'])
  const bodies = node.flatMap(({ attribute }) => attribute.flatMap(({ g }) => g ?? []))
  expect(bodies.length).toBeGreaterThan(0)
  for (const { input, output } of bodies) expect(names([...input, ...output])).not.toContain('dimParam')
})
