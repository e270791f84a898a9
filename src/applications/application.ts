// Networks of images as `keras.applications` has them: what all of them have in common.

import { type KerasFile, readKerasFile } from '../datasets/kerasFile.ts'
import { describeValue, fail } from '../errors.ts'
import { imageDataFormat } from '../layers/convolutional/imageDataFormat.ts'
import { Input, ModelInput } from '../layers/core/input.ts'
import { nodeOf, type SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { FunctionalModel } from '../models/functional.ts'
import type { CallableModel } from '../models/model.ts'
import { Model } from '../models/modelClass.ts'
import type { Source } from '../models/saving.ts'
import { type Config, readOptions } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import type { ApplicationOptions, applicationTable } from './options.ts'

/** The model of a network, from one tensor to one other. */
export type Network = CallableModel<FunctionalModel>

export type ApplicationTable = typeof applicationTable

/** What a network is made by: its options, and the shape of its images, `[rows, columns, channels]` or with the channels first. */
export type Request<Table extends ApplicationTable = ApplicationTable> = Config<Table> & {
  readonly where: string
  readonly imageShape: OpenShape
}

/** A network with the words that Keras has for it. */
export interface Architecture<Table extends ApplicationTable = ApplicationTable> {
  /** The name of the function. */
  readonly functionName: string
  readonly table: Table
  /** The options in the order of Keras's arguments. */
  readonly positional: readonly string[]
  /** Rows and columns of the images that its weights were trained on. */
  readonly size: number
  /** Other sizes that it was trained on, with weights of their own. */
  readonly otherSizes?: readonly number[]
  /** The fewest rows and columns that it takes. */
  readonly least: number
  /** Whether its top takes images of any size. */
  readonly takesAnySize?: boolean
  /** Whether the size of its images is known without a top, too, by default that of `size`. */
  readonly needsSize?: boolean
  /** Whether it exists with channels behind rows and columns only. */
  readonly isChannelsLast?: boolean
  /** Throws where there are no trained weights for its options. */
  checkTrained?(request: Request<Table>): void
  /** The name of the model where none is given. */
  modelName(request: Request<Table>): string
  /** From images to features or classes. */
  build(x: SymbolicTensor, request: Request<Table>): SymbolicTensor
  /** The file of the trained weights; the sum is that of the file with the top, or of the one without. */
  weightsFile(request: Request<Table>): KerasFile
}

/** A model of a network, whose weights are random as yet. */
export interface Made {
  readonly model: Network
  /** The file of Keras that has its weights; null where another has them, or none. */
  readonly trained: KerasFile | null
  /** Another file with its weights. */
  readonly source: Source | null
}

/** Where Keras has most of the weights. */
export const WEIGHTS = 'https://storage.googleapis.com/tensorflow/keras-applications/'

/** The axis of channels in a tensor of images. */
export const channelAxis = (): 1 | 3 => (imageDataFormat() === 'channels_first' ? 1 : 3)

/** Rows and columns of a shape without the batch. */
const sizeOf = (image: OpenShape): OpenShape => (channelAxis() === 1 ? image.slice(1) : image.slice(0, 2))

/** Rows of the images of a request; null where they are open. */
export const rowsOf = ({ imageShape }: Request): number | null => sizeOf(imageShape)[0] ?? null

/** Whether images are squares of one of the sizes. */
const isSquareOf = (image: OpenShape, sizes: readonly number[]): boolean => {
  const [rows = null, columns] = sizeOf(image)
  return rows !== null && rows === columns && sizes.includes(rows)
}

/** What a network says of the sizes of its images. */
type SizesOf = Pick<Architecture, 'size' | 'otherSizes' | 'least' | 'takesAnySize' | 'needsSize'>

/** Rows of the images for which there are trained weights: those of the request, or of the usual size for other images. */
export const trainedRows = ({ imageShape }: Request, { size, otherSizes = [] }: SizesOf): number =>
  isSquareOf(imageShape, otherSizes) ? (sizeOf(imageShape)[0] ?? size) : size

const imageOf = (rows: number | null, channels: number | null): OpenShape =>
  channelAxis() === 1 ? [channels, rows, rows] : [rows, rows, channels]

/** The shape of images: the one that is given, checked, or that of the trained network. */
function imageShapeOf(where: string, architecture: SizesOf, config: Config<ApplicationTable>): OpenShape {
  const { size, otherSizes = [], least, takesAnySize = false, needsSize = false } = architecture
  const { inputShape, inputTensor, includeTop, weights } = config
  const given = inputShape ?? (inputTensor ? inputTensor.shape.slice(1) : null)
  const isFixed = includeTop && !takesAnySize
  const isTrained = weights === 'imagenet'
  const usual = given && isSquareOf(given, otherSizes) ? (sizeOf(given)[0] ?? size) : size
  if (given === null) return imageOf(isFixed || needsSize ? usual : null, 3)
  const at = `${where}, ${inputShape ? 'inputShape' : 'inputTensor'}`
  const form = channelAxis() === 1 ? '[channels, rows, columns]' : '[rows, columns, channels]'
  if (given.length !== 3) fail(at, { expected: `an image, ${form}`, got: describeValue(given) })
  const channels = given[channelAxis() - 1] ?? null
  if (channels === null || (isTrained && channels !== 3))
    fail(at, {
      expected: `${isTrained ? '3 channels, which weights of ImageNet take' : 'a number of channels'}, ${form}`,
      got: describeValue(given),
      remedy: isTrained ? 'Give weights: null for random ones.' : undefined,
    })
  if (sizeOf(given).some((extent) => extent !== null && extent < least))
    fail(at, { expected: `at least ${least} rows and columns`, got: describeValue(given) })
  if (isFixed && isTrained && sizeOf(given).some((extent) => extent !== usual))
    fail(at, {
      expected: `${showShape(imageOf(usual, 3))}, which the top was trained on`,
      got: describeValue(given),
      remedy: 'Give includeTop: false, or weights: null.',
    })
  if ((isFixed || needsSize) && sizeOf(given).includes(null))
    fail(at, {
      expected: `rows and columns, which ${needsSize ? 'the network' : 'the top'} needs`,
      got: describeValue(given),
      remedy: needsSize ? undefined : 'Give includeTop: false.',
    })
  return given
}

/** The inputs that a tensor is computed of. */
function sourcesOf(tensor: SymbolicTensor): SymbolicTensor[] {
  const met = new Set([tensor])
  for (const each of met) for (const input of nodeOf(each).inputs) met.add(input)
  return [...met].filter(({ layer }) => layer instanceof ModelInput)
}

/** Throws for options that trained weights have no values for. */
function checkTrained<Table extends ApplicationTable>(
  architecture: Architecture<Table>,
  request: Request<Table>,
): void {
  const { where, includeTop, classes, classifierActivation } = request
  if (includeTop && classes !== 1000)
    fail(`${where}, classes`, {
      expected: '1000, which weights of ImageNet have',
      got: `${classes}`,
      remedy: 'Give includeTop: false and a Dense of your own, or weights: null.',
    })
  if (includeTop && ![null, undefined, 'softmax', 'linear'].includes(classifierActivation as string | null))
    fail(`${where}, classifierActivation`, {
      expected: "'softmax' or null, which weights of ImageNet were trained with",
      got: typeof classifierActivation === 'string' ? `'${classifierActivation}'` : 'another',
    })
  architecture.checkTrained?.(request)
}

/** Makes the model of a network, without reading weights. */
export function makeApplication<Table extends ApplicationTable>(
  architecture: Architecture<Table>,
  options?: ApplicationOptions | null,
): Made {
  const where = architecture.functionName
  const config = readOptions(where, architecture.table, options)
  if (architecture.isChannelsLast && channelAxis() === 1)
    fail(where, {
      expected: 'channels behind rows and columns',
      got: "'channels_first'",
      remedy: "Call config.setImageDataFormat('channels_last').",
    })
  const imageShape = imageShapeOf(where, architecture, config)
  const request: Request<Table> = { ...config, where, imageShape }
  const { weights, inputTensor, name } = request
  if (weights === 'imagenet') checkTrained(architecture, request)
  const x = inputTensor ?? Input(imageShape)
  const outputs = architecture.build(x, request)
  const inputs = inputTensor ? sourcesOf(inputTensor) : x
  const model = Model(inputs, outputs, { name: name ?? architecture.modelName(request) })
  return weights === 'imagenet'
    ? { model, trained: architecture.weightsFile(request), source: null }
    : { model, trained: null, source: weights }
}

/** Makes the model of a network with its weights. */
export async function loadApplication<Table extends ApplicationTable>(
  architecture: Architecture<Table>,
  options?: ApplicationOptions | null,
): Promise<Network> {
  const { model, trained, source } = makeApplication(architecture, options)
  const { signal = null, onProgress = null } = options ?? {}
  const reading = { signal, onProgress }
  if (trained) {
    const bytes = await readKerasFile(
      architecture.functionName,
      trained,
      { path: null, ...reading },
      'models',
    )
    await model.loadWeights(bytes)
  } else if (source !== null) await model.loadWeights(source, reading)
  return model
}
