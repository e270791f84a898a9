// Ejected models: one file that runs a model's predictions wherever there is a browser, without this library.

import { forwardCode } from '../../backends/cpu/compiledCode.ts'
import { checkBoolean, checkExtent, checkText, describeValue, fail } from '../../errors.ts'
import { GraphModel } from '../../models/graphModel.ts'
import { readShapes } from '../../models/planReport.ts'
import type { Destination } from '../../models/saving.ts'
import { type FilePieces, inOrder } from '../../util/filePieces.ts'
import { type Config, nullable, oneOf, option, readOptions, type TableFor } from '../../util/options.ts'
import type { Shape } from '../../util/shape.ts'
import { encodeText } from '../../util/text.ts'
import { writeTo } from '../destination.ts'
import { type Endings, formatOf } from '../writtenFormat.ts'
import { base64Of } from './base64.ts'
import { ejectedModelOf } from './ejectedModelOf.ts'
import { htmlFile, jsFile } from './files.ts'

const FORMATS = ['html', 'js'] as const

export interface EjectOptions {
  /**
   * `'html'`, a page that asks for data and shows what the model makes of them; or `'js'`, a module that exports `load`. By default
   * what the destination's name ends with says it: `.html`, `.js` or `.mjs`; `'html'` where it has no ending.
   */
  readonly format?: (typeof FORMATS)[number] | null
  /** What the page and errors call the model; `null`, the default: the model's own name. */
  readonly name?: string | null
  /**
   * Shape of one sample, `[50, 3]`, of a model that leaves extents of its input open: the file takes samples of this shape alone. Of
   * several inputs a list of shapes. `null`, the default, takes the extents that the model has.
   */
  readonly shapes?: Shape | readonly Shape[] | null
  /** Samples that are computed at once where there are so many; 32 by default. Others go one by one. */
  readonly batchSize?: number
  /** `'float16'` halves the weights, which then are less exact; `'float32'` by default. */
  readonly weights?: 'float32' | 'float16'
  /**
   * Whether the file has WebAssembly for the CPU, `true` by default. Without it the file is 34 KB smaller, and recurrences and products
   * take many times as long there.
   */
  readonly webAssembly?: boolean
}

const ejectOptions = {
  format: nullable<(typeof FORMATS)[number]>(oneOf(FORMATS)),
  name: nullable(checkText),
  shapes: nullable<readonly unknown[], Shape | readonly Shape[]>((where, name, value) =>
    Array.isArray(value)
      ? value
      : fail(where, { expected: `${name} as lists of extents`, got: describeValue(value) }),
  ),
  batchSize: option(32, checkExtent),
  weights: option<'float32' | 'float16'>('float32', oneOf(['float32', 'float16'])),
  webAssembly: option(true, checkBoolean),
} as const satisfies TableFor<EjectOptions>

/** What is written under which endings; a name without one is a page. */
export const ofEjected: Endings<(typeof FORMATS)[number]> = {
  formats: { '.html': 'html', '.js': 'js', '.mjs': 'js' },
  standard: 'html',
  remedy: "For a name of another ending, give { format: 'html' } or { format: 'js' }.",
}

/**
 * A model as the text of one file without dependencies, which runs its predictions on WebGPU, and on the CPU where there is no GPU.
 *
 * A page (`format: 'html'`) works from a disk as well as from a server and reaches for no network. A module (`'js'`) exports
 * `load({ backend? })`, which resolves to `{ name, inputs, outputs, backend, description, predict(x), resetStates(), dispose() }`;
 * `predict` takes nested arrays or `{ data, shape }`, any number of samples, and resolves to a tensor with `data`, `shape` and
 * `toArray()`, or to a list of tensors. Stateful models begin with states of zeros and take batches of the size that they are fixed to.
 *
 * @param model A model of any layers but those that look words or integers up on the host, such as `TextVectorization`.
 * @throws {RecurraError} if the model has such a layer, or leaves extents open that `shapes` does not give.
 */
export async function eject(model: GraphModel, options: EjectOptions = {}): Promise<string> {
  checkModel('eject', model)
  const where = `eject of ${model.where}`
  return ejected(model, readOptions(where, ejectOptions, options), where)
}

function checkModel(where: string, model: unknown): void {
  if (!(model instanceof GraphModel)) fail(where, { expected: 'a model', got: describeValue(model) })
}

/**
 * Writes a model as {@link eject} makes it.
 *
 * @param destination Where to write it.
 * @returns The bytes of the file, without a destination.
 * @throws {RecurraError} if the destination's name has another ending than `.html`, `.js` or `.mjs` and no format is given; and as
 *   {@link eject}.
 */
export async function saveEjected(
  model: GraphModel,
  destination?: null,
  options?: EjectOptions,
): Promise<Uint8Array>
export async function saveEjected(
  model: GraphModel,
  destination: Destination,
  options?: EjectOptions,
): Promise<undefined>
export async function saveEjected(
  model: GraphModel,
  destination: Destination | null = null,
  options: EjectOptions = {},
): Promise<Uint8Array | undefined> {
  const where = 'saveEjected'
  checkModel(where, model)
  const config = readOptions(where, ejectOptions, options)
  const format = config.format ?? formatOf(ofEjected, destination, where)
  return writeTo(destination, where, async () =>
    fileOf(await ejected(model, { ...config, format }, `${where} of ${model.where}`)),
  )
}

/** The file; `where` is what its errors call the writing. */
export const ejectedFile = async (
  model: GraphModel,
  options: EjectOptions,
  where: string,
): Promise<FilePieces> => fileOf(await ejected(model, readOptions(where, ejectOptions, options), where))

const fileOf = (text: string): FilePieces => inOrder([encodeText(text)])

async function ejected(
  model: GraphModel,
  { format, name, shapes, batchSize, weights, webAssembly }: Config<typeof ejectOptions>,
  where: string,
): Promise<string> {
  const core = model.graph
  const request = {
    name: name ?? model.name,
    shapes: readShapes(core, shapes, where),
    batchSize,
    weights,
    compiled: webAssembly,
  }
  const made = await ejectedModelOf(core, request, where)
  const compiled = webAssembly ? base64Of(await forwardCode()) : null
  return format === 'js' ? jsFile(made, compiled, where) : htmlFile(made, compiled, where)
}
