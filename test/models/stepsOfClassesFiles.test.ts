/**
 * Trainings of models whose classes say their steps, interrupted and taken up again: by files, by backups, by checkpoints. Optimizers in
 * fields have their state in files under the names that Keras gives them, and go on with it.
 */
import { expect, test } from 'vitest'
import { readHdf5 } from '../../src/formats/hdf5/reader.ts'
import {
  Adam,
  BackupAndRestore,
  Callback,
  Dense,
  gradients,
  type LayersModel,
  loadModel,
  Model,
  type Optimizer,
  ops,
  register,
  SGD,
  type SymbolicTensor,
  setSeed,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { useMemoryFiles } from '../support/memoryFiles.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { waves } from '../support/steppedModels.ts'

type Batch = readonly [x: SymbolicTensor, y: SymbolicTensor]

/** A loss and its update by the optimizer of `compile`. */
class Own extends Model {
  readonly hidden = Dense(4, { activation: 'tanh' })
  readonly top = Dense(1)
  override call(x: SymbolicTensor) {
    return this.top(this.hidden(x))
  }
  lossOf([x, y]: Batch) {
    return ops.mean(ops.square(ops.subtract(y, this.call(x))))
  }
  override trainStep(batch: Batch) {
    const loss = this.lossOf(batch)
    this.optimizer?.minimize(loss, this.trainableWeights)
    return { loss }
  }
}

/** The same by an optimizer for each layer, one in a field and one in a list. */
class Parted extends Own {
  readonly firstOptimizer = Adam(0.05)
  readonly others: readonly Optimizer[] = [SGD({ learningRate: 0.05, momentum: 0.9 }), Adam(0.05)]
  override trainStep(batch: Batch) {
    const loss = this.lossOf(batch)
    const [a, b] = [this.hidden.trainableWeights, this.top.trainableWeights]
    const found = gradients(loss, [...a, ...b])
    this.firstOptimizer.apply(found.slice(0, 2), a)
    this.others[1]?.apply(found.slice(2), b)
    return { loss }
  }
}

const classes = { Own, Parted } as const
for (const [name, Class] of Object.entries(classes)) register(`files>${name}`, Class)

const [x, y] = [waves(12, 3), waves(12, 1)]
const fitting = { ...quiet, batchSize: 4, shuffle: false } as const

function make(Class: typeof Own): LayersModel {
  setSeed(3)
  const model = new Class()
  model.build([null, 3])
  model.compile({ optimizer: Adam(0.05) })
  return model
}

class Crash extends Callback {
  override onEpochEnd(epoch: number) {
    if (epoch === 2) throw new RangeError('the lights went out')
  }
}

onEachBackend(() => {
  for (const [name, Class] of Object.entries(classes)) {
    test(`${name}: a training that was interrupted goes on from its backup`, async () => {
      const whole = make(Class)
      await whole.fit(x, y, { ...fitting, epochs: 6 })
      useMemoryFiles()
      const ended = make(Class).fit(x, y, {
        ...fitting,
        epochs: 6,
        callbacks: [BackupAndRestore('backup'), new Crash()],
      })
      await expect(ended).rejects.toThrow('the lights went out')
      const again = make(Class)
      const { epoch } = await again.fit(x, y, {
        ...fitting,
        epochs: 6,
        callbacks: [BackupAndRestore('backup')],
      })
      expect(epoch).toEqual([3, 4, 5])
      expect(await weightsOf(again)).toEqual(await weightsOf(whole))
    })

    test(`${name}: a model that is loaded trains on as the one that was saved`, async () => {
      const model = make(Class)
      await model.fit(x, y, { ...fitting, epochs: 2 })
      const loaded = await loadModel(await model.save())
      const weights = await model.saveWeights()
      await model.fit(x, y, { ...fitting, epochs: 2 })
      await loaded.fit(x, y, { ...fitting, epochs: 2 })
      const expected = await weightsOf(model)
      expect(await weightsOf(loaded)).toEqual(expected)
      // Into one that has trained already, and is taken back.
      await loaded.loadWeights(weights)
      await loaded.fit(x, y, { ...fitting, epochs: 2 })
      expect(await weightsOf(loaded)).toEqual(expected)
    })
  }
})

test('the groups of optimizers are those of Keras', async () => {
  const model = make(Parted)
  await model.fit(x, y, { ...fitting, epochs: 1 })
  const file = await readHdf5('a file', await model.saveWeights())
  const sizes = (...path: string[]): number => {
    let group = file
    for (const name of [...path, 'vars']) group = group.children.get(name) as typeof file
    return group.children.size
  }
  expect([...file.children.keys()].sort()).toEqual(
    ['first_optimizer', 'hidden', 'optimizer', 'others', 'top', 'vars'].sort(),
  )
  // Iterations, the learning rate, and two moments for each weight.
  expect(sizes('first_optimizer')).toBe(6)
  expect(sizes('others', 'adam')).toBe(6)
  expect(sizes('others', 'sgd')).toBe(2)
})
