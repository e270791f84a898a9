// fromKeras: the models of a Python text, which is read and interpreted, and never run.

import { checkText, describeValue, fail } from '../errors.ts'
import { failFormat } from '../formats/formatError.ts'
import { callable } from '../layers/callable.ts'
import { withOwnFormat } from '../layers/convolutional/imageDataFormat.ts'
import { Layer } from '../layers/layer.ts'
import { withFreshNames } from '../layers/naming.ts'
import { withParts } from '../layers/withParts.ts'
import { setRules } from '../models/core.ts'
import type { CallableModel } from '../models/model.ts'
import { RulesOfStep } from '../models/weightRules.ts'
import { Spent } from '../python/budget.ts'
import { Interpreter } from '../python/interpreter.ts'
import { Scope } from '../python/scope.ts'
import { readScript } from '../python/statementReader.ts'
import { runBody } from '../python/statements.ts'
import { loadEveryName } from '../training/everyName.ts'
import { isOptions, option, readOptions, type TableFor } from '../util/options.ts'
import type { TensorData } from '../util/tensor.ts'
import { CustomLoops } from './customLoops.ts'
import { setAllWeights } from './givenData.ts'
import { modelOf } from './heldLayers.ts'
import { KerasHost } from './host.ts'
import { type KerasProblem, Problems } from './problems.ts'
import { Reader, valuesOf } from './reader.ts'
import { callUncalled } from './uncalled.ts'

/**
 * What is known of a name in the text: a number, a text, a list, fields, of data the shape, a tensor, a layer or a model, and for a
 * function or a class of other code a function, which takes arguments by name as an object behind the others.
 */
export type KnownValue =
  | null
  | boolean
  | number
  | string
  | readonly KnownValue[]
  | { readonly shape: readonly number[] }
  | TensorData
  | Layer
  | ((...args: readonly never[]) => unknown)
  | { readonly [name: string]: KnownValue }

export interface FromKerasOptions {
  /**
   * What the text cannot say, by the names that it has there: `{ X_train: { shape: [1000, 20, 3] }, vocab_size: 5000 }`, or by what
   * problems call it: `{ 'len(chars)': 40, 'config.units': 64 }`. Weights that a layer is given may be tensors, a model that the text
   * loads a model, and a class of another package a function that makes a layer: `{ Capsule: (units) => new Capsule(units) }`. None by
   * default.
   */
  readonly values?: Readonly<Record<string, KnownValue>>
}

/** What a text calls data: a name, or a list or an object of names. */
export type DataNames = string | readonly DataNames[] | { readonly [name: string]: DataNames }

/** What a text of Keras has. */
export interface KerasCode {
  /** The model that was built last. */
  readonly model: CallableModel
  /** Every model by the name of its variable, compiled where the text compiles it. */
  readonly models: Readonly<Record<string, CallableModel>>
  /** The model of the last `fit`; null where there is none. */
  readonly trained: CallableModel | null
  /** The arguments of the last `fit` but for its data, as `model.fit` takes them; null where there is none. */
  readonly fit: Readonly<Record<string, unknown>> | null
  /** What the text calls the data of the last `fit`: `{ x: 'X_train', y: 'y_train' }`. */
  readonly data: Readonly<Record<string, DataNames>>
  /** What was not understood, in the order of the text. */
  readonly problems: readonly KerasProblem[]
}

const table = {
  values: option<Readonly<Record<string, KnownValue>>>({}, (where, name, value) =>
    isOptions(value)
      ? (value as Readonly<Record<string, KnownValue>>)
      : fail(where, { expected: `${name} to be an object by names of the text`, got: describeValue(value) }),
  ),
} as const satisfies TableFor<FromKerasOptions>

const where = 'fromKeras'

/** The longest text. */
const MAX_LETTERS = 500_000

/**
 * Makes the models that a Python text builds with Keras, as tutorials write it.
 *
 * The text is interpreted over a small set of values: numbers, texts, lists, functions, layers and models. Nothing of it is run, and
 * how long it takes is bounded. Data are not read: what a text computes of them is unknown, which is a problem where a layer needs
 * it, and `values` says it. Options that a text leaves out are those of Keras 3, and layers are named as in a program of its own.
 *
 * @param text Python's source.
 * @throws {FormatError} if no model comes out; the message has the first problems.
 */
export function fromKeras(text: string, options: FromKerasOptions = {}): KerasCode {
  const { values } = readOptions(where, table, options)
  checkText(where, 'text', text)
  if (text.length > MAX_LETTERS)
    failFormat(where, { expected: `a text of at most ${MAX_LETTERS} letters`, got: `${text.length}` })
  // What compile names is at hand, as for files.
  loadEveryName()
  setRules(RulesOfStep)
  const problems = new Problems(text)
  const reader = new Reader(values, problems)
  reader.interpreter = new Interpreter(text, new KerasHost(reader), (trouble) => problems.add(trouble))
  reader.customLoops = new CustomLoops()
  const scope = new Scope()
  withOwnFormat(() => withFreshNames(layerNames(values), () => run(reader, text, scope)))
  return result(reader, scope)
}

/** The names of layers and models that the user gives. */
function layerNames(values: unknown): readonly string[] {
  if (values instanceof Layer) return withParts<Layer>([values]).map(({ name }) => name)
  if (Array.isArray(values)) return values.flatMap(layerNames)
  return isOptions(values) ? Object.values(values).flatMap(layerNames) : []
}

/** Reads the text, and calls what builds models where the text does not. */
function run(reader: Reader, text: string, scope: Scope): void {
  const { interpreter } = reader
  try {
    const statements = readScript(text, ({ at, message }) => interpreter.problem(at, message))
    // What ends one statement, such as an exception, does not end the others.
    for (const statement of statements) runBody(interpreter, [statement], scope)
    if (reader.models.length === 0) callUncalled(reader, scope)
  } catch (error) {
    if (!(error instanceof Spent)) throw error
    interpreter.problem(interpreter.at, `the text ${error.message}: the rest of it is not read`)
  } finally {
    reader.customLoops.finish(reader)
    reader.tellLoads()
    setAllWeights(reader)
    interpreter.isReading = false
  }
}

function result(reader: Reader, scope: Scope): KerasCode {
  const { problems, incomplete, fit, missing } = reader
  const models: [string, CallableModel][] = []
  for (const [name, value] of scope.entries) {
    const model = modelOf(value)
    if (model && !incomplete.has(model)) models.push([name, callable(model)])
  }
  const model = reader.models.filter((one) => !incomplete.has(one)).at(-1)
  if (!model) for (const trouble of reader.interpreter.passedOver) problems.add(trouble)
  const { sorted } = problems
  if (!model) {
    const [first] = sorted
    return failFormat(where, {
      expected: 'Python that builds a model with Keras',
      got: first
        ? `problems: ${sorted.slice(0, 3).map(describe).join('; ')}${sorted.length > 3 ? `; and ${sorted.length - 3} more` : ''}`
        : 'a text that builds none',
      remedy: missing.size > 0 ? `Give what the text does not say: ${valuesOf(missing)}` : undefined,
    })
  }
  return {
    model: callable(model),
    models: Object.fromEntries(models),
    trained: fit && !incomplete.has(fit.model) ? callable(fit.model) : null,
    fit: fit && reader.repeatedFits.finished(reader, fit),
    data: (fit?.data ?? {}) as Readonly<Record<string, DataNames>>,
    problems: sorted,
  }
}

const describe = ({ line, column, word, message }: KerasProblem): string =>
  `line ${line}, column ${column}, ${word}: ${message.replace(/\.$/, '')}`
