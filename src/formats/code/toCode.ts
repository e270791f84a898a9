// Models as code: the Python that Keras runs, and the lines of this library.

import { checkInteger, describeValue, fail } from '../../errors.ts'
import type { Layer } from '../../layers/layer.ts'
import { withParts } from '../../layers/withParts.ts'
import { LayersModel } from '../../models/model.ts'
import { option, readOptions, type TableFor } from '../../util/options.ts'
import { compileConfigOf } from '../config/compileConfig.ts'
import type { Json, JsonObject } from '../config/json.ts'
import { loadLayersOf } from '../config/layersByName.ts'
import { modelReader } from '../config/modelConfig.ts'
import * as operations from '../config/operations.ts'
import { configOfLayer } from '../layerConfigWriter.ts'
import { type Language, type Named, pythonOf, typescriptOf } from './language.ts'
import { CodeWriter } from './writer.ts'

export interface CodeOptions {
  /** The characters of a line, at least 20, 88 by default: what is longer is broken after brackets and commas. */
  readonly lineWidth?: number
}

const codeOptions = {
  lineWidth: option(88, (where, name, value) => checkInteger(where, name, value, { min: 20 })),
} as const satisfies TableFor<CodeOptions>

/** Names of models that say nothing. */
const NAME = 'model'

async function written(model: LayersModel, language: Language, where: string): Promise<CodeWriter> {
  if (!(model instanceof LayersModel)) fail(where, { expected: 'a model', got: describeValue(model) })
  const writer = new CodeWriter(language, modelReader(operations), new Map(classesOfText(model)))
  writer.variables.reserve(NAME)
  const config = JSON.parse(JSON.stringify(configOfLayer(model))) as ReturnType<typeof configOfLayer>
  await loadLayersOf(config, where)
  await model.loadCode()
  const compiled = compileConfigOf(model, where)
  writer.lines.push(language.assign(NAME, writer.model(config, model)))
  const shape = (config.build_config as JsonObject | undefined)?.input_shape
  if (writer.own.has(config.class_name) && Array.isArray(shape))
    writer.lines.push(writer.language.call(`${NAME}.build`, [writer.tuple(shape)]))
  if (compiled) writer.lines.push(language.call(`${NAME}.compile`, [], compileArguments(writer, compiled)))
  return writer
}

/** A layer whose class is in the text that fromKeras read, which gave it these arguments. */
interface OfText {
  readonly pythonArguments: string | null
}

/** The arguments of all such layers of a model, also those in others. */
const classesOfText = (model: Layer): (readonly [name: string, args: string | null])[] =>
  withParts([model]).flatMap((layer) =>
    'pythonArguments' in layer ? [[layer.name, (layer as Layer & OfText).pythonArguments] as const] : [],
  )

/** The arguments of compile, without those that are not given. */
function compileArguments(writer: CodeWriter, compiled: JsonObject): Named[] {
  const names = ['optimizer', 'loss', 'loss_weights', 'metrics', 'weighted_metrics']
  return names
    .map((name): readonly [string, Json] => [name, compiled[name] ?? null])
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [writer.optionName(name), writer.value(value, name)])
}

/** Lines about what a text does not say. */
function notes(writer: CodeWriter, definition: string): string[] {
  const own = [...writer.own].map((name) => `${name} ${definition}`)
  return [...own, ...writer.remarks].map((note) => `${writer.language.comment} ${note}`)
}

/**
 * The Python that makes the same model in Keras 3: layers with the options that differ from Keras's defaults, the calls of functional
 * models, and `compile` where the model is compiled. Run in a session of its own, it gives layers the names that they have here.
 * Weights are no part of it: {@link LayersModel.saveWeights} writes them.
 *
 * Classes and functions of one's own stand in it by the names that they are registered by, or that they have in the text that `fromKeras`
 * read, with a note at its start.
 *
 * @throws {RecurraError} if the model has a class or a function of one's own that is not registered.
 */
export async function toKeras(model: LayersModel, options: CodeOptions = {}): Promise<string> {
  const { lineWidth } = readOptions('toKeras', codeOptions, options)
  const writer = await written(model, pythonOf(lineWidth), 'toKeras')
  const body = writer.lines.join('\n')
  const imports = [...(body.includes('np.array(') ? ['import numpy as np'] : []), 'import keras']
  const remarks = notes(writer, 'is of your own: define it in Python before these lines.')
  const definitions = [...writer.definitions].flatMap((definition) => ['', '', definition, ''])
  return `${[...imports, ...remarks, ...definitions, '', body].join('\n')}\n`
}

/**
 * The lines of this library that make the same model: imports, layers with the options that differ from the defaults, the calls of
 * functional models, and `compile` where the model is compiled. Run after `clearSession()`, they give layers the names that they have.
 *
 * Classes and functions of one's own stand in it by the names that they are registered by, with a note at its start.
 *
 * @throws {RecurraError} if the model has a function that is not registered.
 */
export async function toTypeScript(model: LayersModel, options: CodeOptions = {}): Promise<string> {
  const { lineWidth } = readOptions('toTypeScript', codeOptions, options)
  const writer = await written(model, typescriptOf(lineWidth), 'toTypeScript')
  const body = writer.lines.join('\n')
  const used = [...writer.imports].filter((name) => new RegExp(`\\b${name}\\b`).test(body)).sort()
  const width = Math.max(lineWidth, 100)
  const imports = [importOf(used, 'recurra', width)]
  if (writer.applications.size > 0)
    imports.push(importOf([...writer.applications].sort(), 'recurra/applications', width))
  const remarks = notes(writer, 'is of your own: import or define it before these lines.')
  return `${[...imports, ...remarks, '', body].join('\n')}\n`
}

/** A line that imports names, or several where it is wider. */
function importOf(names: readonly string[], from: string, width: number): string {
  const line = `import { ${names.join(', ')} } from '${from}'`
  return line.length <= width
    ? line
    : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '${from}'`
}
