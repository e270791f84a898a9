// Data of other extents than those for which a model was made, where no Input has declared these.

import { RecurraError } from '../../errors.ts'
import { fitsShape, outputSamples, shapesThrough } from '../../layers/layerGraph.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import type { OpenShape, Shape } from '../../util/shape.ts'
import { type StepModel, sampleShape } from '../stepGraph.ts'
import { matchRank } from './arrays.ts'

/**
 * Why a model does not take inputs of these shapes: what a layer says, or undefined where an Input has declared others; null where it
 * does take them.
 */
export function hindranceTo(model: StepModel, given: readonly Shape[]): string | null | undefined {
  if (!model.model?.adapts) return
  const shapes = model.inputs.map((input, i): OpenShape => {
    const expected = sampleShape(input)
    return [null, ...matchRank(given[i] ?? [], expected.length + 1, expected).slice(1)]
  })
  if (shapes.some(({ length }, i) => length !== model.inputs[i]?.shape.length)) return
  try {
    shapesThrough(model, '', shapes)
    return null
  } catch (error) {
    if (error instanceof RecurraError) return error.message
    throw error
  }
}

/** Shapes of one sample of each output, for those of each input, which may have other extents than the model's own. */
export function outputsFor(model: StepModel, inputs: readonly Shape[], where: string): Shape[] {
  const given = inputs.map((shape, i): OpenShape => [model.inputs[i]?.shape[0] ?? null, ...shape])
  const isOther = given.some((shape, i) => !fitsShape(shape, model.inputs[i]?.shape ?? []))
  if (!isOther) return outputSamples(model, inputs, where)
  return shapesThrough(model, where, given).map((shape) => shape.slice(1) as Shape)
}

/** Shapes of one sample's targets of each output whose extents are others than those that `compile` saw; null where they are not. */
export function otherTargets(model: StepModel, outputs: readonly Shape[]): (Shape | null)[] {
  if (!model.model?.adapts) return []
  return model.training.map(({ loss, metrics, weightedMetrics }, i) => {
    const seen = sampleShape(model.outputs[i] as SymbolicTensor)
    const output = outputs[i] ?? []
    if (fitsShape([null, ...output], [null, ...seen])) return null
    const judges = loss ? [loss, ...metrics, ...weightedMetrics] : [...metrics, ...weightedMetrics]
    const shapes = judges.map((judge) => judge.targetShape(output))
    const target = shapes.find((shape) => shape !== 'any')
    return target?.map((extent, axis) => extent ?? output[axis] ?? 1) ?? null
  })
}
