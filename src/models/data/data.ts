// From what users hand over to the fields of a data set: inputs, targets and sample weights as flat arrays, checked.

import { fail, impossible } from '../../errors.ts'
import { givesIntegers } from '../../layers/integers.ts'
import { fitsShape } from '../../layers/layerGraph.ts'
import type { NestedStrings } from '../../layers/preprocessing/hostData.ts'
import { hostValue, sourceOf } from '../../layers/preprocessing/hostStage.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { fitsSample } from '../../training/loss.ts'
import type { BatchStream } from '../../util/batchStream.ts'
import { isKnown, type OpenShape, type Shape, showShape, sizeOf } from '../../util/shape.ts'
import type { NestedData, Tensor } from '../../util/tensor.ts'
import { type RowPlaces, Windows } from '../../util/windows.ts'
import { isIntegerField, type StepModel, sampleShape, type TargetShape, targetShapes } from '../stepGraph.ts'
import { arraysOf, type GivenArray, matchRank, readArray, readArrays } from './arrays.ts'
import { checkFiniteSamples, type Field, type FieldData, integersOf, numbersIn, placesOf } from './fields.ts'
import { hindranceTo, otherTargets, outputsFor } from './otherExtents.ts'

/**
 * One array of samples: nested arrays, also of texts for a model whose first layer reads such; a typed array, a tensor or its plain data;
 * or arrays of these.
 */
export type ArrayData = NestedData | readonly NestedStrings[]
/** Arrays of a model's inputs or outputs: one, a list, or an object by name. */
export type Data = ArrayData | readonly ArrayData[] | Readonly<Record<string, ArrayData>>

/** A batch to train on or to evaluate: `[x, y]` or `[x, y, sampleWeight]`; y is null for a model without targets. */
export type TrainingBatch = readonly [x: Data, y: Data | null, sampleWeight?: Data | null] | readonly Data[]
/** Batches to train on or to evaluate, such as a `Dataset` of `recurra/data`. */
export type TrainingStream = BatchStream<TrainingBatch>
/** Batches to predict from: `[x]`, `[x, y]`, `[x, y, sampleWeight]`, or tensors alone. */
export type PredictionStream = BatchStream<TrainingBatch | readonly [x: Data] | Tensor>

/** Weights of samples by class index. */
export type ClassWeight = Readonly<Record<number, number>> | ReadonlyMap<number, number>

/** All arrays of a data set with the same number of samples. */
export interface Samples {
  readonly rows: number
  /** Shapes of one sample of each input. */
  readonly inputs: readonly Shape[]
  /** Inputs, then targets, then weights, as `fieldShapes` orders them. */
  readonly fields: readonly FieldData[]
  /** Where the rows of fields lie that do not follow each other; absent where all do. */
  readonly places?: readonly (RowPlaces | undefined)[] | undefined
  /** Shapes of one sample's targets, where the data say them (stepGraph.ts). */
  readonly targets: readonly TargetShape[]
  /** Shapes of one sample's weights of each output, null where there are none. */
  readonly weights: readonly (Shape | null)[]
}

function checkRows(tensors: readonly Field[], where: string): number {
  const rows = tensors.map(({ shape }) => shape[0] ?? 0)
  if (rows.some((count) => count !== rows[0])) {
    fail(where, {
      expected: 'as many targets and weights as inputs',
      got: rows.map((count) => `${count}`).join(' and '),
    })
  }
  return rows[0] ?? 0
}

/** What layers on the host made of data, for who reads these again at once. */
const made = new WeakMap<object, GivenArray[]>()

/** What is given for each input of a step: the user's arrays, or what layers on the host make of them. */
export function inputArrays({ inputs }: Pick<StepModel, 'inputs'>, x: unknown, where: string): GivenArray[] {
  const isData = typeof x === 'object' && x !== null
  const found = isData ? made.get(x) : undefined
  if (found && isData) {
    made.delete(x)
    return found
  }
  const sources = inputs.map(sourceOf)
  const distinct = [...new Set(sources)]
  const names = distinct.map(({ layer }) => layer.key ?? layer.name)
  const arrays = arraysOf(x, names, where, 'x')
  return inputs.map((input, i) => {
    const array = arrays[distinct.indexOf(sources[i] ?? input)]
    if (!array) impossible('an input without data')
    const isMade = sources[i] !== input
    const given = isMade && array.given instanceof Windows ? array.given.toTensor() : array.given
    return { ...array, given: hostValue(input, given, array.where) }
  })
}

/** Keeps what layers on the host made of data until these are read again. */
export function keepMade(x: unknown, arrays: GivenArray[]): void {
  if (typeof x === 'object' && x !== null) made.set(x, arrays)
}

/** Reads inputs and checks them against the model's; each has the rank that the model's has. */
export function readInputs(model: StepModel, x: unknown, where: string): Field[] {
  const arrays = inputArrays(model, x, where)
  const tensors = arrays.map(readArray)
  const fields = tensors.map((data, i) => {
    const input = model.inputs[i] as SymbolicTensor
    const expected = sampleShape(input)
    const named = arrays[i]?.where ?? where
    if (data.shape[0] === 0) fail(named, { expected: 'at least one sample', got: 'none' })
    const shape = matchRank(data.shape, expected.length + 1, expected)
    const fits = fitsShape(shape, [null, ...expected])
    const hindrance = fits ? null : hindranceTo(model, shapesOf(tensors))
    if (hindrance !== null || shape.includes(0)) {
      fail(named, {
        expected: `input ${showShape([null, ...expected])}`,
        got: showShape(data.shape),
        remedy: shapeRemedy(data.shape, expected) ?? hindrance ?? undefined,
      })
    }
    checkFiniteSamples(data, named)
    const { places }: Field = data
    if (!givesIntegers(input.layer)) return { data: data.data, shape, places }
    const integers = integersOf(data, named)
    return { data: isIntegerField(model, input) ? integers : data.data, shape, places }
  })
  checkRows(tensors, where)
  return fields
}

const shapesOf = (inputs: readonly Pick<Field, 'shape'>[]): Shape[] => inputs.map(({ shape }) => [...shape])

/** Shapes of one sample of each input. */
export const samplesOf = (inputs: readonly Field[]): Shape[] => inputs.map(({ shape }) => shape.slice(1))

function shapeRemedy(shape: Shape, sample: OpenShape): string | undefined {
  if (shape.includes(0)) return 'Each extent is at least 1.'
  // A sample without its batch is the commonest slip.
  if (fitsShape([1, ...shape], [1, ...sample])) return 'Put the sample in an array: [sample].'
  if (shape[0] === 1 && fitsShape(shape.slice(1), [null, ...sample]))
    return 'Give the array without one around it.'
  if (!isKnown(sample)) return
  const isFlat = shape.length === 1 && (shape[0] ?? 0) % sizeOf(sample) === 0
  return isFlat ? `Give flat data their shape: tensor(data, [samples, ${sample.join(', ')}]).` : undefined
}

/** Reads inputs, targets and weights of a data set for training or evaluation. */
export async function readSamples(
  model: StepModel,
  data: {
    readonly x: unknown
    readonly y: unknown
    readonly sampleWeight?: unknown
    readonly classWeight?: unknown
  },
  where: string,
): Promise<Samples> {
  const inputs = readInputs(model, data.x, where)
  const samples = samplesOf(inputs)
  const outputs = outputsFor(model, samples, where)
  const { ownSteps, outputNames: names } = model
  const asked = ownSteps?.asked(data.y, names.length) ?? model.training.map(({ target }) => target !== null)
  const isAny = model.training.map(({ target }, i) => target === 'any' || (asked[i] && target === null))
  const others = otherTargets(model, outputs)
  const shapes = targetShapes(model, outputs, others)
  const some = asked.includes(false) ? await import('../someOutputs.ts') : null
  const targets = some?.readSome(data.y, names, asked, where, 'y') ?? readArrays(data.y, names, where, 'y')
  const refused = () => import('./targetRefusals.ts')
  for (const [i, target] of targets.entries()) {
    const predictions: OpenShape = [model.outputs[i]?.shape[0] ?? null, ...(outputs[i] ?? [])]
    const expected = shapes[i]
    if (!target || !expected) continue
    const named = `${where}, y${names.length > 1 ? ` "${names[i]}"` : ''}`
    if (!isAny[i] && !fitsSample(target.shape, expected))
      (await refused()).failForTargets(named, target.shape, {
        predictions,
        expected,
        loss: model.training[i]?.loss?.className,
      })
    checkFiniteSamples(target, named)
    if (ownSteps && !ownSteps.hasOutputs) continue
    const isShort = !isAny[i] && expected.length < predictions.length - 1
    const indices = model.training[i]?.loss?.indices ?? (isShort && { axis: -1, ignored: null })
    if (!indices) continue
    const { axis, ignored } = indices
    const classes = axis === null ? null : (predictions.at(axis) ?? 1)
    const isClass = (value: number): boolean => classes === null || (value >= 0 && value < classes)
    const numbers = numbersIn(target)
    const wrong = numbers.data.findIndex(
      (value) => value !== ignored && !(Number.isInteger(value) && isClass(value)),
    )
    if (wrong >= 0) (await refused()).failForClass(named, classes, numbers, wrong)
  }
  const isWeighted = (data.classWeight ?? data.sampleWeight ?? null) !== null
  const weighing = isWeighted ? await import('./sampleWeights.ts') : null
  const weights = weighing?.readWeights(model, outputs, targets, data, where) ?? targets.map(() => null)
  const all: readonly Field[] = [...inputs, ...[...targets, ...weights].flatMap((given) => given ?? [])]
  return {
    rows: checkRows(all, where),
    inputs: samples,
    fields: all.map(({ data: values }) => values),
    places: placesOf(all),
    targets:
      ownSteps?.targetShapes(targets) ??
      (isAny.includes(true) || others.some((shape) => shape !== null)
        ? targets.map((target, i) => others[i] ?? ((isAny[i] && target?.shape.slice(1)) || null))
        : []),
    weights: weights.map((weight) => weight?.shape.slice(1) ?? null),
  }
}
