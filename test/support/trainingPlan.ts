import type { Plan } from '../../src/compiler/plan.ts'
import type { DeviceTraits } from '../../src/graph/operation.ts'
import type { SequentialModel } from '../../src/index.ts'
import { findTopology } from '../../src/layers/topology.ts'
import { readTraining } from '../../src/models/compileOptions.ts'
import { ModelCore } from '../../src/models/core.ts'
import { getOptimizer } from '../../src/training/optimizerByName.ts'

/** A training step of a model of one output, by Adam, as it is compiled for a device; nothing runs. */
export function trainingPlan(
  { inputs, outputs }: Pick<SequentialModel, 'inputs' | 'outputs'>,
  batch: number,
  device: DeviceTraits,
): Plan {
  const core = new ModelCore('model', { inputs, outputs, topology: findTopology('model', inputs, outputs) })
  const training = readTraining(core, { loss: 'mse', optimizer: 'adam' }, 'model')
  core.setUp({ training, optimizer: getOptimizer('adam', 'model') })
  core.buildOptimizer()
  const shapes = inputs.map(({ shape }) => shape.slice(1) as number[])
  return core.planStep({ kind: 'train', batch, inputs: shapes, targets: [], weights: [null] }, device)
}
