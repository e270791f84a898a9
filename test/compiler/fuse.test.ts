// An activation becomes the end of the product before it, where nothing else needs what is between them.
import { expect, test } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { Plan } from '../../src/compiler/plan.ts'
import { differentiate } from '../../src/graph/autodiff.ts'
import { Graph, type Value } from '../../src/graph/graph.ts'
import { DEFAULT_TRAITS } from '../../src/graph/operation.ts'
import { BatchNormalization, type CallableLayer, Conv2D, ReLU, Sequential } from '../../src/index.ts'
import { activation } from '../../src/ops/activation.ts'
import { activations, type ElementwiseActivation } from '../../src/ops/activations.ts'
import { sumOf } from '../../src/ops/addAll.ts'
import { affine } from '../../src/ops/affine.ts'
import { batchNormalization } from '../../src/ops/batchNormalization.ts'
import { elementwiseLossCodes } from '../../src/ops/codes.gen.ts'
import { elementwiseLoss } from '../../src/ops/losses.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { part, reshape } from '../../src/ops/view.ts'

const operationsOf = ({ operations }: Plan): string[] => operations.map(({ op }) => op.name)

function dense(name: ElementwiseActivation) {
  const graph = new Graph()
  const kernel = graph.resident('weights', 0, [3, 4])
  const { y: z } = matmul(graph, { a: graph.resident('x', 0, [2, 3]), b: kernel }, {})
  return { graph, kernel, z, y: activation(graph, { x: z }, { code: activations[name].code }).y }
}

test('a product and its activation are one step', () => {
  const { graph, y } = dense('tanh')
  graph.result('y', y)
  const plan = compile(graph, DEFAULT_TRAITS)
  expect(operationsOf(plan)).toEqual(['matmul'])
  expect(plan.operations[0]?.launches).toMatchObject([{ overrides: { ACTIVATION: activations.tanh.code } }])
})

test('not when the product is a result, or read by another, or lies in an arena', () => {
  const result = dense('tanh')
  result.graph.result('y', result.y)
  result.graph.result('z', result.z)
  expect(operationsOf(compile(result.graph, DEFAULT_TRAITS))).toEqual(['matmul', 'activation'])

  const read = dense('tanh')
  read.graph.result('y', read.y)
  read.graph.result('more', affine(read.graph, { x: read.z }, { scale: 2 }).y)
  expect(operationsOf(compile(read.graph, DEFAULT_TRAITS))).toEqual(['matmul', 'activation', 'affine'])

  const placed = dense('tanh')
  placed.graph.result('y', placed.y)
  placed.graph.placeAt(placed.z, { arena: 'states', offset: 0 })
  expect(operationsOf(compile(placed.graph, DEFAULT_TRAITS))).toEqual(['matmul', 'activation'])
})

test('a second activation stays', () => {
  const { graph, y } = dense('tanh')
  graph.result('y', activation(graph, { x: y }, { code: activations.relu.code }).y)
  expect(operationsOf(compile(graph, DEFAULT_TRAITS))).toEqual(['matmul', 'activation'])
})

test.each([
  ['tanh', ['matmul', 'elementwiseLoss', 'activationGradient', 'matmul']],
  // The slope of silu is read off its argument, which the product must then leave.
  ['silu', ['matmul', 'activation', 'elementwiseLoss', 'activationGradient', 'matmul']],
] as const)('in training with %s', (name, steps) => {
  const { graph, kernel, y } = dense(name)
  const code = elementwiseLossCodes.meanSquaredError
  const { losses } = elementwiseLoss(
    graph,
    { predictions: y, targets: graph.resident('targets', 0, [2, 4]) },
    { code },
  )
  const [gradient] = differentiate(graph, [losses], [kernel], sumOf)
  if (gradient) graph.result('gradient', gradient)
  expect(operationsOf(compile(graph, DEFAULT_TRAITS))).toEqual(steps)
})

test('also where other shapes of the result lie between, unless something else reads them', () => {
  const { graph, z } = dense('tanh')
  const shaped = reshape(graph, reshape(graph, z, { shape: [8] }), { shape: [2, 2, 2] })
  graph.result('y', activation(graph, { x: shaped }, { code: activations.tanh.code }).y)
  const plan = compile(graph, DEFAULT_TRAITS)
  expect(operationsOf(plan)).toEqual(['matmul'])
  expect(plan.results.get('y')?.shape).toEqual([2, 2, 2])

  const read = dense('tanh')
  const other = reshape(read.graph, read.z, { shape: [8] })
  read.graph.result('y', activation(read.graph, { x: other }, { code: activations.tanh.code }).y)
  read.graph.result('z', affine(read.graph, { x: other }, { scale: 2 }).y)
  expect(operationsOf(compile(read.graph, DEFAULT_TRAITS))).toEqual(['matmul', 'activation', 'affine'])

  // Of a section the rest is not activated.
  const section = dense('tanh')
  const half = part(section.graph, section.z, { shape: [4], offset: 0 })
  section.graph.result('y', activation(section.graph, { x: half }, { code: activations.tanh.code }).y)
  expect(operationsOf(compile(section.graph, DEFAULT_TRAITS))).toEqual(['matmul', 'activation'])
})

test('normalization by batch applies the activation behind it', () => {
  const graph = new Graph()
  const [x, mean, variance] = [[2, 3, 4], [4], [4]].map((shape, i) => graph.resident(`${i}`, 0, shape))
  const given = { x: x as Value, mean: mean as Value, variance: variance as Value }
  const { y } = batchNormalization(graph, given, { epsilon: 1e-3, ofBatch: false })
  graph.result('y', activation(graph, { x: y }, { code: activations.relu6.code }).y)
  const plan = compile(graph, DEFAULT_TRAITS)
  expect(operationsOf(plan)).toEqual(['batchNormalization'])
  expect(plan.operations[0]?.launches).toMatchObject([{ overrides: { ACTIVATION: activations.relu6.code } }])
})

test('a convolution, its normalization and a ReLU are one launch; with another limit two', () => {
  const launches = (...behind: readonly CallableLayer[]): number => {
    const model = Sequential([Conv2D(4, 3, { inputShape: [6, 6, 2] }), ...behind])
    return model.plan({ batchSize: 1, training: false }).dispatches
  }
  const alone = launches()
  expect(launches(BatchNormalization())).toBe(alone)
  expect(launches(BatchNormalization(), ReLU())).toBe(alone)
  expect(launches(BatchNormalization(), ReLU(6))).toBe(alone)
  expect(launches(BatchNormalization(), ReLU(4))).toBe(alone + 1)
  // What is activated before it is normalized is normalized by itself, as what was normalized already is.
  expect(launches(ReLU(), BatchNormalization(), ReLU())).toBe(alone + 1)
  expect(launches(BatchNormalization(), BatchNormalization())).toBe(alone + 1)
  // Along another axis a transposition lies between them.
  expect(launches(BatchNormalization({ axis: 1 }), ReLU())).toBe(
    launches(BatchNormalization({ axis: 1 })) + 1,
  )
})
