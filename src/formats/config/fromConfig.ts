// A model from its config: what getConfig gives, or what Keras's to_json or a file has.

import { describeValue, fail } from '../../errors.ts'
import { callable } from '../../layers/callable.ts'
import { Layer } from '../../layers/layer.ts'
import { symbolicTensors } from '../../layers/layerCall.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import type { CloneFunction } from '../../models/cloning.ts'
import { type CallableModel, LayersModel } from '../../models/model.ts'
import { flag, isOptions, nullable, readOptions, type TableFor } from '../../util/options.ts'
import { encodeText } from '../../util/text.ts'
import { type ConfigOptions, configOptionTable } from '../readOptions.ts'
import { registerObjects } from './customObjects.ts'
import { loadLayersOf } from './layersByName.ts'

/**
 * Makes the model of a config, as Keras's `Sequential.from_config` and `Model.from_config` do: the same layers with the same names and calls,
 * new weights, not compiled.
 *
 * @param config What `model.getConfig()` returned, also after it was JSON, or a Keras 3 config in its own words, by itself or as
 * `{ class_name, config }`.
 * @throws {RecurraError} if the config names a layer or an option that is not known here.
 * @see keras/src/models/functional.py
 */
export async function modelFromConfig(
  config: Readonly<Record<string, unknown>>,
  options: ConfigOptions = {},
): Promise<CallableModel> {
  const where = 'modelFromConfig'
  const { customObjects } = readOptions(where, configOptionTable, options)
  if (customObjects) registerObjects(where, customObjects)
  if (!isOptions(config)) fail(where, { expected: 'the config of a model', got: describeValue(config) })
  checkDepth(config, 0, where)
  const [{ writtenConfig }, { modelFromConfig: read }, { operationReader }, { inFile }] = await Promise.all([
    import('../layerConfigWriter.ts'),
    import('./modelConfig.ts'),
    import('./operationReader.ts'),
    import('../formatError.ts'),
  ])
  const given = await inFile(where, () => writtenConfig(config, where))
  const written = await loadLayersOf(given, where)
  const operations = await operationReader(written)
  return inFile(where, () => callable(read(written, where, operations)))
}

/** How deep models, layers and options may be in each other, which ends objects that contain themselves. */
const MOST_LEVELS = 100

function checkDepth(value: unknown, level: number, where: string): void {
  if (level > MOST_LEVELS)
    fail(where, {
      expected: `objects of at most ${MOST_LEVELS} levels`,
      got: 'more, or some that contain themselves',
    })
  if (!Array.isArray(value) && !isOptions(value)) return
  for (const inner of Object.values(value)) checkDepth(inner, level + 1, where)
}

/**
 * The model that a text of `model.toJSON()`, or of Keras's `to_json`, describes.
 *
 * @throws {RecurraError} if the text is no JSON, or names a layer or an option that is not known here.
 */
export async function modelFromJSON(text: string, options: ConfigOptions = {}): Promise<CallableModel> {
  const where = 'modelFromJSON'
  const { parseJsonObject } = await import('./json.ts')
  if (typeof text !== 'string') fail(where, { expected: 'a text', got: describeValue(text) })
  return modelFromConfig(parseJsonObject(where, encodeText(text)), options)
}

export interface CloneOptions {
  /** What the copy reads in the place of inputs of its own: a symbolic tensor, or a list of them; `null`, the default, makes new ones. */
  readonly inputTensors?: SymbolicTensor | readonly SymbolicTensor[] | null
  /**
   * Given each layer but inputs, makes what stands for it in the copy: a layer of other options, or the layer itself, whose weights both
   * models then have. What returns null, and `null`, the default, copies the layer.
   */
  readonly cloneFunction?: CloneFunction | null
  /** Whether `cloneFunction` is given the layers of inner models in the place of these models; `false` by default. */
  readonly recursive?: boolean
}

const cloneOptionTable = {
  inputTensors: nullable((where, name, value) =>
    symbolicTensors(value, where, `${name} as symbolic tensors`),
  ),
  cloneFunction: nullable(
    (where, name, value): CloneFunction =>
      typeof value === 'function' && !(value instanceof Layer)
        ? (value as CloneFunction)
        : fail(where, { expected: `${name} to be a function of a layer`, got: describeValue(value) }),
  ),
  recursive: flag(false),
} as const satisfies TableFor<CloneOptions>

/**
 * A model of new layers with the same options and calls, and new weights; not compiled. A model of a class of one's own is made by that
 * class, from its config: `register` names it.
 *
 * ```ts
 * const wider = await cloneModel(model, {
 *   cloneFunction: (layer) => (layer.name === 'hidden' ? Dense(64, { activation: 'relu', name: 'hidden' }) : null),
 * })
 * ```
 *
 * @throws {RecurraError} if inputs are not as many as the model has, or options are given for a class of one's own.
 * @see keras/src/models/cloning.py
 */
export async function cloneModel(model: LayersModel, options: CloneOptions = {}): Promise<CallableModel> {
  const where = 'cloneModel'
  if (!(model instanceof LayersModel)) fail(where, { expected: 'a model', got: describeValue(model) })
  const given = readOptions(where, cloneOptionTable, options)
  const { copyModel, isCopied } = await import('../../models/cloning.ts')
  if (isCopied(model, given.cloneFunction)) return callable(copyModel(where, model, given))
  if (given.cloneFunction || given.inputTensors)
    fail(where, {
      expected: 'no options for a model of a class of your own, which makes its layers itself',
      got: describeValue(model),
    })
  return modelFromJSON(await model.toJSON())
}
