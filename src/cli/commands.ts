// What the commands do. Results go to `print`, all else to `note`, so that results can be piped into other programs.

import { stat } from 'node:fs/promises'
import { setBackend } from '../backends/select.ts'
import { fail } from '../errors.ts'
import type { PlotOptions as ModelPlotOptions } from '../formats/plot/plotModel.ts'
import { formatByName } from '../formats/writtenFormat.ts'
import type { CompileOptions } from '../models/compileOptions.ts'
import type { Data } from '../models/data/data.ts'
import type { CallableModel } from '../models/model.ts'
import { formatBytes } from '../util/format.ts'
import { isOptions } from '../util/options.ts'
import { setSeed } from '../util/seed.ts'
import { isKnown, type OpenShape, type Shape, showShape, sizeOf } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { checkDataPlace, csvOf, writeData } from './dataFiles.ts'
import { readableJson } from './json.ts'
import { checkModelPlace, openModel, saveAs } from './modelFiles.ts'
import { checkPlace } from './places.ts'
import { type DataOptions, readSamples } from './samples.ts'

/** Where a command writes: `print` gets its result, `note` what is said beside it. */
export interface Terminal {
  print(text: string): void
  note(text: string): void
}

/** The options of every command that runs a model. */
export interface RunOptions extends DataOptions {
  readonly backend: 'auto' | 'cpu' | 'webgpu'
  readonly batchSize?: number
  readonly json?: boolean
}

const open = (path: string, { note }: Terminal): Promise<CallableModel> => openModel(path, note)

async function openToRun(path: string, { backend }: RunOptions, terminal: Terminal): Promise<CallableModel> {
  const { description } = await setBackend(backend)
  const model = await open(path, terminal)
  terminal.note(description)
  return model
}

/** `recurra convert IN OUT` */
export async function convert(from: string, to: string, terminal: Terminal): Promise<void> {
  await checkModelPlace(to)
  await saveAs(await open(from, terminal), to, terminal.note)
}

export interface EjectOptions {
  readonly name?: string
  readonly shapes?: readonly Shape[]
  readonly batchSize?: number
  readonly weights: 'float32' | 'float16'
  readonly webAssembly: boolean
}

/** `recurra eject FILE OUT` */
export async function eject(
  path: string,
  out: string,
  { shapes, ...options }: EjectOptions,
  terminal: Terminal,
): Promise<void> {
  const { ofEjected, saveEjected } = await import('../formats/eject/eject.ts')
  formatByName({ formats: ofEjected.formats, standard: null }, out, out)
  await checkPlace(out)
  const model = await open(path, terminal)
  await saveEjected(model, out, { ...options, shapes: sampleShapes(model, shapes) })
  terminal.note(`Wrote ${out}, ${formatBytes((await stat(out)).size)}`)
}

/** Shapes of one sample of each input: those that are given, which the model has room for, or its own. */
function sampleShapes(model: CallableModel, given?: readonly Shape[]): Shape[] {
  const own = model.inputs.map(({ shape }) => shape.slice(1))
  const shapes = given ?? own
  const fits = (shape: OpenShape, i: number): boolean =>
    isKnown(shape) &&
    shape.length === own[i]?.length &&
    own[i].every((extent, axis) => extent === null || extent === shape[axis])
  if (shapes.length === own.length && shapes.every(fits)) return shapes as Shape[]
  const written = (shape: OpenShape): string => shape.map((extent) => extent ?? 10).join('x')
  return fail(model.where, {
    expected: `--shapes of one sample for ${model.inputs.map(({ shape }) => showShape(shape)).join(' and ')}`,
    got: given?.map(written).join() ?? 'none',
    remedy: `Say --shapes ${own.map(written).join()}, with the extents that samples have.`,
  })
}

export interface SummaryOptions {
  readonly lineLength?: number
  readonly expandNested?: boolean
  readonly showTrainable?: boolean
  readonly json?: boolean
}

/** `recurra summary FILE` */
export async function summary(
  path: string,
  { json, ...options }: SummaryOptions,
  terminal: Terminal,
): Promise<void> {
  const model = await open(path, terminal)
  if (!json) return model.summary({ ...options, printFn: (text) => terminal.print(text) })
  const { name, className, layers, weights } = model
  const parametersOf = (shapes: readonly { readonly shape: readonly number[] }[]): number =>
    shapes.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const trainable = parametersOf(model.trainableWeights)
  printJson(terminal, {
    name,
    className,
    inputs: model.inputs.map(({ layer, shape }) => ({ name: layer.name, shape })),
    outputs: model.outputs.map(({ layer, shape }) => ({ name: layer.name, shape })),
    layers: layers.map((layer) => ({ name: layer.name, className: layer.className })),
    weights: weights.map(({ path: weight, shape, trainable: trains }) => ({
      path: weight,
      shape,
      trainable: trains,
    })),
    parameters: { trainable, nonTrainable: model.countParams() - trainable },
  })
}

/** What the command `plot` asks for: it has a place for the file of its own. */
export type PlotOptions = Omit<ModelPlotOptions, 'toFile' | 'format'>

/** `recurra plot FILE OUT` */
export async function plot(
  path: string,
  out: string,
  options: PlotOptions,
  terminal: Terminal,
): Promise<void> {
  const { ofPlots, plotModel } = await import('../formats/plot/plotModel.ts')
  formatByName({ formats: ofPlots.formats, standard: null }, out, out)
  await checkPlace(out)
  await plotModel(await open(path, terminal), { ...options, toFile: out })
  terminal.note(`Wrote ${out}`)
}

export interface PredictOptions extends RunOptions {
  /** Where predictions are written: a name that ends in .csv, .npy, .safetensors or .json. */
  readonly out?: string
}

/** `recurra predict FILE DATA` */
export async function predict(
  path: string,
  data: string,
  options: PredictOptions,
  terminal: Terminal,
): Promise<void> {
  const { batchSize, out, json } = options
  if (out !== undefined) await checkDataPlace(out)
  const model = await openToRun(path, options, terminal)
  const { x } = await readSamples(model, data, options, false)
  const predicted = await model.predict<Tensor | Tensor[] | Record<string, Tensor>>(x as Data, {
    verbose: 0,
    ...(batchSize && { batchSize }),
  })
  const isKeyed = isOptions(predicted)
  const tensors = isKeyed ? Object.values(predicted) : [predicted].flat()
  const names = isKeyed ? Object.keys(predicted) : model.outputs.map(({ layer }) => layer.name)
  const arrays = new Map(tensors.map((tensor, i) => [names[i] ?? `output${i}`, tensor]))
  if (out !== undefined) await writeData(out, arrays)
  if (out !== undefined && !json) return
  if (json || tensors.length > 1)
    return printJson(
      terminal,
      Object.fromEntries([...arrays].map(([name, array]) => [name, array.toArray()])),
    )
  tensors.forEach((tensor) => {
    terminal.print(csvOf(tensor).trimEnd())
  })
}

export interface TrainOptions extends RunOptions {
  readonly epochs: number
  readonly validationSplit: number
  readonly shuffle: boolean
  readonly verbose: 0 | 1 | 2
  readonly seed?: number
  /** Given beside a file that is not compiled, or instead of what it is compiled with. */
  readonly loss?: string
  readonly optimizer?: string
  readonly learningRate?: number
  readonly metrics?: readonly string[]
  /** Where the trained model is written: over its own file by default, if it is a .keras. */
  readonly out?: string
}

/** `recurra train FILE DATA` */
export async function train(
  path: string,
  data: string,
  options: TrainOptions,
  terminal: Terminal,
): Promise<void> {
  const { out = path, json, seed, epochs, batchSize, validationSplit, shuffle, verbose } = options
  if (out === path && !path.endsWith('.keras'))
    fail('recurra train', {
      expected: 'a place for the trained model',
      got: 'none',
      remedy: 'Say --out trained.keras.',
    })
  await checkModelPlace(out)
  if (seed !== undefined) setSeed(seed)
  const model = await openToRun(path, options, terminal)
  compileFor(model, options)
  const { x, y } = await readSamples(model, data, options, true)
  const { history } = await model.fit(x as Data, y as Data, {
    epochs,
    validationSplit,
    shuffle,
    verbose: json ? 0 : verbose,
    ...(batchSize && { batchSize }),
  })
  await saveAs(model, out, terminal.note)
  if (json) printJson(terminal, history)
}

function compileFor(model: CallableModel, options: TrainOptions): void {
  const { loss, optimizer, metrics, learningRate } = options
  const before = model.compileOptions
  const given = {
    ...(loss && { loss }),
    ...(optimizer && { optimizer }),
    ...(metrics && { metrics }),
  } as CompileOptions
  if (!before && !loss)
    fail(model.where, { expected: 'a compiled model', got: 'one without a loss', remedy: 'Say --loss.' })
  if (Object.keys(given).length > 0) model.compile({ ...before, ...given })
  if (learningRate !== undefined && model.optimizer) model.optimizer.learningRate = learningRate
}

export interface PlanOptions extends RunOptions {
  readonly training?: boolean
}

/** `recurra plan FILE` */
export async function plan(path: string, options: PlanOptions, terminal: Terminal): Promise<void> {
  const model = await openToRun(path, options, terminal)
  const { batchSize, training, json } = options
  const report = model.plan({ ...(batchSize && { batchSize }), ...(training !== undefined && { training }) })
  if (!json) return terminal.print(String(report))
  const { toString: _, ...data } = report
  printJson(terminal, data)
}

export interface ProfileOptions extends PlanOptions {
  readonly repeats: number
  /** Shapes of one sample of inputs that leave extents open. */
  readonly shapes?: readonly Shape[]
}

/** `recurra profile FILE`: on a batch of zeros, since times do not depend on the numbers. */
export async function profile(path: string, options: ProfileOptions, terminal: Terminal): Promise<void> {
  const model = await openToRun(path, options, terminal)
  const { batchSize = 32, training = model.compileOptions !== null, shapes, repeats, json } = options
  const samples = sampleShapes(model, shapes)
  const inputs = model.inputs.map(({ shape: [fixed] }, i) => [fixed ?? batchSize, ...(samples[i] ?? [])])
  const zeros = (known: readonly Shape[]): Tensor[] =>
    known.map((shape) => new Tensor(new Float32Array(sizeOf(shape)), shape))
  const x = zeros(inputs)
  const y = training ? zeros(model.outputShapes(inputs) as Shape[]) : null
  const report = await model.profile(x, y, { repeats })
  if (!json) return terminal.print(String(report))
  const { toString: _, ...data } = report
  printJson(terminal, data)
}

const printJson = ({ print }: Terminal, value: unknown): void => print(readableJson(value))
