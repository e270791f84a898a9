// What texts of Keras do with several compiled models for each batch: `train_on_batch` and `predict` in the step of a training loop.

import type { StepSources } from '../layers/own/stepTrace.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { gradientsInGraph } from '../models/gradients.ts'
import type { LayersModel } from '../models/model.ts'
import { lossParts } from '../models/ownSteps/compiledLoss.ts'
import * as ops from '../operations/index.ts'
import { type Arguments, Unknown, type Value } from '../python/values.ts'
import type { Optimizer } from '../training/optimizer.ts'
import { getOptimizer } from '../training/optimizerByName.ts'
import { constantsIn } from './constantCalls.ts'
import { valuesGiven } from './functions.ts'
import { isTensor } from './onTensors.ts'
import type { Reader } from './reader.ts'

/** The optimizers by which a loop trains models: of Keras 2 several may share one, which keeps what it knows of each one's weights. */
export function optimizersOf(models: Iterable<LayersModel>): ReadonlyMap<LayersModel, Optimizer> {
  const found = new Map<LayersModel, Optimizer>()
  for (const model of models) {
    const { optimizer } = model
    if (!optimizer) continue
    const isTaken = [...found.values()].includes(optimizer)
    const { className, config } = optimizer
    found.set(model, isTaken ? getOptimizer({ className, config: { ...config } }, model.where) : optimizer)
  }
  return found
}

/** A value as tensors. */
function tensorsOf(reader: Reader, value: Value): SymbolicTensor[] {
  const plain = reader.plain(value)
  const list = isTensor(plain) ? [plain].flat() : constantsIn(reader, [plain])
  return (list ?? []) as SymbolicTensor[]
}

/** A step of a model within that of a loop. */
export function trainInStep(reader: Reader, model: LayersModel, args: Arguments, at: number): Value {
  const given = reader.named(args, ['x', 'y', 'sample_weight'])
  const optimizer = reader.batchOptimizers.get(model)
  return reader.attempt(at, () => {
    const [x = [], y = [], sampleWeight = []] = ['x', 'y', 'sample_weight'].map((name) =>
      tensorsOf(reader, given.get(name)?.[0] ?? null),
    )
    if (!optimizer || x.length === 0) return reader.interpreter.problem(at, 'trains on what is not known')
    reader.act()
    const yPred = model.called([x.length === 1 ? x[0] : x, { training: true }])
    const { parts } = lossParts(model.graph, `${model.where}.train_on_batch`, { yPred, y, sampleWeight })
    const loss = parts.reduce((sum, part) => ops.add(sum, part))
    const weights = model.graph.trained.weights as StepSources
    optimizer.apply(gradientsInGraph('train_on_batch', loss, weights, true), weights as never)
    reader.addNumber(`${nameOf(reader, at)}_loss`, loss)
    return new Unknown('train_on_batch')
  })
}

/** The name in `self.generator.train_on_batch`. */
const nameOf = (reader: Reader, at: number): string =>
  reader.interpreter.wordAt(at).split('.').at(-2) ?? 'model'

/** What a model gives in the step of a loop: numbers, through which no gradient flows. */
export function predictInStep(reader: Reader, model: LayersModel, args: Arguments, at: number): Value {
  return reader.attempt(at, () => {
    const x = tensorsOf(reader, valuesGiven(args)[0] ?? null)
    if (x.length === 0) return new Unknown('predict')
    reader.act()
    const made = [model.called([x.length === 1 ? x[0] : x, { training: false }])].flat() as SymbolicTensor[]
    const fixed = made.map((one) => ops.stopGradient(one))
    return reader.wrap(fixed.length === 1 ? fixed[0] : fixed)
  })
}
