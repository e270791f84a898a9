// Weights of layers that only a step calls, the models that it trains against each other, say: the step runs once on stand-ins for data,
// as its trace does, and all that it would do to weights is nothing.

import { impossible, RecurraError } from '../../errors.ts'
import { argumentsOf } from '../../layers/own/arrangement.ts'
import { type AssignedBy, type AssignedValue, assigned } from '../../layers/own/assignment.ts'
import { isMetric } from '../../layers/own/ownCode.ts'
import { stepCall } from '../../layers/own/stepCall.ts'
import {
  type OwnStepHook,
  type StepTrace,
  type StepWeights,
  tracingStep,
} from '../../layers/own/stepTrace.ts'
import { trace } from '../../layers/own/trace.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { DrawnVariable } from '../../layers/weights/variable.ts'
import { variableOf } from '../../layers/weights/weightAccess.ts'
import { allowApplying } from '../../training/applying.ts'
import { Mean } from '../../training/metrics/reductions.ts'
import type { OpenShape } from '../../util/shape.ts'
import { isTensorData } from '../../util/tensor.ts'
import { shapesOfData } from '../inputShapes.ts'
import type { LayersModel } from '../model.ts'
import { builtInSteps, openParts } from '../openParts.ts'
import { SteppedModel } from '../steppedModel.ts'
import { flat, takingData } from './given.ts'
import { LossTracker } from './stepMetrics.ts'
import { MetricInStep } from './stepOfClass.ts'

/** A step of which nothing is computed. */
class BuildingStep implements StepTrace {
  readonly metrics: readonly object[]

  constructor(metrics: readonly object[]) {
    this.metrics = metrics
  }

  gradients(
    loss: SymbolicTensor,
    sources: readonly (SymbolicTensor | StepWeights[number])[],
  ): SymbolicTensor[] {
    return [
      ...standIns(
        [loss],
        sources.map(({ shape }) => shape),
      ),
    ]
  }

  apply(): void {
    // Updates are for steps that run.
  }

  get losses(): readonly SymbolicTensor[] {
    return standIns([], [[]])
  }

  scaleLoss(_optimizer: object, _where: string, loss: SymbolicTensor): SymbolicTensor {
    return loss
  }

  assign(where: string, weight: StepWeights[number], by: AssignedBy, value: AssignedValue): SymbolicTensor {
    const variable = weight instanceof DrawnVariable ? weight : variableOf(weight)
    if (!(variable instanceof DrawnVariable)) impossible(`${where}: a weight without variable`)
    return assigned(where, variable, by, value)
  }

  metricResult(metric: object): MetricInStep {
    return new MetricInStep(metric)
  }

  usual(hook: OwnStepHook, args: readonly unknown[]): unknown {
    if (hook === 'computeMetrics') return {}
    const [loss] = standIns(flat(args).slice(0, 1), [[]])
    return hook === 'computeLoss' ? loss : { loss }
  }
}

const standIns = (
  inputs: readonly SymbolicTensor[],
  shapes: readonly OpenShape[],
): readonly SymbolicTensor[] =>
  stepCall('a step that is built', inputs, shapes, () => impossible('a step that is built is not run'))

/**
 * Makes the weights of what the model's `trainStep` calls first, where its class has no `call`, which would make them.
 *
 * @param data What a fit is given, or the first batch of a stream.
 */
export function buildInStep(model: LayersModel, where: string, data: unknown): void {
  const isOpen = model instanceof SteppedModel && model.ownHooks.includes('trainStep') && !model.hasOutputs
  if (!isOpen || openParts(model).length === 0) return
  builtInSteps.add(model)
  const given: readonly unknown[] = Array.isArray(data) && !isTensorData(data) ? data : [data]
  const parts = given.filter((part) => part !== null && part !== undefined)
  const shaped = parts.map((part) => shapesOfData(part, where))
  allowApplying()
  const step = new BuildingStep([
    new LossTracker(Mean({ name: 'loss' })),
    ...Object.values(model).filter(isMetric),
  ])
  const name = `${model.where}.trainStep`
  const run = (rows: number | null): void => {
    const placeholders = shaped.flatMap(({ shapes }) =>
      shapes.map(([, ...sample]) => ({ shape: [rows, ...sample] as OpenShape })),
    )
    trace({ where: name, owner: model.where, parts: [model] }, placeholders, (tensors) => {
      const structure = shaped.map(({ arrangement }) => arrangement)
      const arranged = argumentsOf(tensors, structure)
      const given = arranged.length === 1 ? arranged[0] : arranged
      const stepped = () => takingData(name, given, () => model.trainStep(given as never))
      model.caller.collecting({ losses: [], assignments: [] }, () => tracingStep(step, stepped))
      return []
    })
  }
  try {
    run(null)
  } catch (error) {
    if (!(error instanceof RecurraError)) throw error
    // A step has a batch of so many samples, of which it may make classes, say.
    run(ROWS)
  }
}

/** The samples of a batch where a step needs to know them. */
const ROWS = 4
