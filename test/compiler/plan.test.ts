// A training step as it is compiled, and as it is printed.
import { expect, test } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { largestTensors } from '../../src/compiler/largestTensors.ts'
import { printPlan } from '../../src/compiler/plan.ts'
import { differentiate } from '../../src/graph/autodiff.ts'
import { Graph } from '../../src/graph/graph.ts'
import { DEFAULT_TRAITS } from '../../src/graph/operation.ts'
import { sumOf } from '../../src/ops/addAll.ts'
import { elementwiseLossCodes } from '../../src/ops/codes.gen.ts'

import { elementwiseLoss } from '../../src/ops/losses.ts'
import { lstm } from '../../src/ops/lstm.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { sgdUpdate } from '../../src/ops/optimizers.ts'
import type { RecurrenceAttributes } from '../../src/ops/recurrentCell.ts'
import { reshape } from '../../src/ops/view.ts'

/** One SGD step of LSTM(units), batch 2, 3 steps of 1 feature, trained on its last state. */
function trainingStep(units: number) {
  const graph = new Graph()
  const x = graph.resident('batch', 0, [6, 1])
  const kernel = graph.resident('parameters', 0, [1, 4 * units])
  const bias = graph.resident('parameters', 64, [4 * units])
  const recurrentKernel = graph.resident('parameters', 128, [units, 4 * units])
  const { y } = matmul(graph, { a: x, b: kernel, bias }, {})
  const z = reshape(graph, y, { shape: [2, 3, 4 * units] })
  const attrs: RecurrenceAttributes = {
    activation: 3,
    recurrentActivation: 2,
    reverse: false,
  }
  const { hLast } = lstm(graph, { z, recurrentKernel }, attrs)
  const targets = graph.resident('batch', 64, [2, units])
  const { losses } = elementwiseLoss(
    graph,
    { predictions: hLast, targets },
    { code: elementwiseLossCodes.meanSquaredError },
  )
  graph.result('losses', losses)
  const weights = [kernel, bias, recurrentKernel]
  differentiate(graph, [losses], weights, sumOf).forEach((d, i) => {
    if (d) graph.placeAt(d, { arena: 'gradients', offset: weights[i]?.place?.offset ?? 0 })
  })
  const size = [128 + 4 * units * units]
  const parameters = graph.resident('parameters', 0, size)
  sgdUpdate(graph, { parameters, gradients: graph.resident('gradients', 0, size) }, {})
  return compile(graph, DEFAULT_TRAITS)
}

test('a training step as text', () => {
  expect(`\n${printPlan(trainingStep(5))}\n`).toMatchInlineSnapshot(`
    "
      0 matmul (tile32)  a[6×1]@batch  b[1×20]@parameters  bias[20]@parameters+64  y[6×20]@slot:1
      1 lstm (registers)  recurrentKernel[5×20]@parameters+128  gates[2×3×20]@slot:1  h[2×3×5]@slot:2  c[2×3×5]@slot:3  last[128]@slot:0  hLast[2×5]@slot:0
      2 elementwiseLoss  predictions[2×5]@slot:0  targets[2×5]@batch+64  losses[2]@slot:5  dPredictions[2×5]@slot:4
      3 lstmGradient (registers)  recurrentKernel[5×20]@parameters+128  cells[2×3×5]@slot:3  dh[2×5]@slot:4  gates[2×3×20]@slot:1  dInitial[128]@slot:0
      4 recurrentKernelGradient (tile32)  h[2×3×5]@slot:2  dz[2×3×20]@slot:1  dR[5×20]@gradients+128
      5 matmul (tile32)  a[6×1]@batch  b[6×20]@slot:1  y[1×20]@gradients  columnSums[20]@gradients+64
      6 sgd  parameters[228]@parameters  gradients[228]@gradients
        6 slots, 2048 bytes
    "
  `)
})

test('an LSTM of many units is a launch a time step', () => {
  const launches = trainingStep(257).operations.map(({ op, launches: { length } }) => [op.name, length])
  expect(launches).toContainEqual(['lstm', 3])
  expect(launches).toContainEqual(['lstmGradient', 3])
})

test('the largest tensors', () => {
  expect(largestTensors(trainingStep(5), 2)).toEqual([
    { name: 'lstm.last', shape: [128], bytes: 512 },
    { name: 'matmul.y', shape: [6, 20], bytes: 480 },
  ])
})
