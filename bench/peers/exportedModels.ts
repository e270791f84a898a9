// Models that are exported to ONNX: those of test/golden, one of each class of layer and each function of `ops`, and options that these
// leave out. Open extents, masks, states and cells of one's own among them.

import * as recurra from 'recurra/node'
import { Input, loadModel, Model, ops, type SymbolicTensor, setSeed, type Tensor, tensor } from 'recurra/node'
import { layerModels } from '../../test/support/everyLayer.ts'
import { callOf, declared } from '../../test/support/everyOperation.ts'
import { goldenCase, goldenNames } from '../../test/support/golden.ts'
import { graphs } from './exportedGraphs.ts'
import { type ExportedModel, random } from './exportedModel.ts'
import { options, recurrences } from './exportedSequences.ts'

const golden = (): ExportedModel[] =>
  goldenNames.map((name) => {
    const { case: description, modelBytes, trainedBytes, x } = goldenCase(name)
    const rows = description.fit?.batch_size ?? x[0]?.shape[0] ?? 1
    const firstOf = ({ data, shape: [all = 1, ...sample] }: (typeof x)[number]): Tensor => {
      const count = Math.min(rows, all)
      return tensor(Float32Array.from(data.subarray(0, (data.length / all) * count)), [count, ...sample])
    }
    return { name: `golden ${name}`, make: () => loadModel(trainedBytes ?? modelBytes), x: x.map(firstOf) }
  })

const layers = (): ExportedModel[] =>
  [...layerModels(recurra)].map(([name, { make, inputShape, data }]) => ({
    name: `layer ${name}`,
    make,
    x: data ? [] : [random([3, ...inputShape])],
  }))

/** Results that are not of samples, or that have extents which depend on the batch. */
const NOT_OF_SAMPLES = ['ctcDecode', 'inner', 'percentile', 'ravel']

const operations = (): ExportedModel[] =>
  declared
    .filter(([name]) => !NOT_OF_SAMPLES.includes(name))
    .map(([name]) => ({
      name: `ops.${name}`,
      make() {
        const [x, y] = [Input([3, 4]), Input([3, 4])]
        const made = callOf(name)(x, y)
        // An output has the batch in front: what has none is that of every sample.
        const zeros = ops.multiply(ops.sum(x, [1, 2]), 0)
        const outputs = ([made].flat(9) as SymbolicTensor[]).map((output) =>
          output.shape[0] === null ? output : ops.add(ops.expandDims(zeros, 1), ops.reshape(output, [1, -1])),
        )
        return Model([x, y], outputs)
      },
      x: [random([2, 3, 4], 1, 0, 1), random([2, 3, 4], 2, 0, 1)],
    }))

export const exportedModels = (): readonly ExportedModel[] =>
  [...golden(), ...layers(), ...operations(), ...options(), ...recurrences(), ...graphs()].map((model) => ({
    ...model,
    make() {
      setSeed(7)
      return model.make()
    },
  }))
