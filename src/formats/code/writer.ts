// Writes what configs have as expressions of a language: layers, initializers, losses, and the statements of models among them.

import { fail } from '../../errors.ts'
import { layerDefinitions } from '../../layers/callable.ts'
import { registeredFunction } from '../../layers/classNames.ts'
import type { Layer } from '../../layers/layer.ts'
import { snakeCase } from '../../layers/naming.ts'
import { activationNames } from '../../layers/options.ts'
import { isFunctionConfig } from '../config/functions.ts'
import type { Json, JsonObject } from '../config/json.ts'
import { UNNAMED_OPTIMIZERS } from '../config/kerasNames.ts'
import { isOwn, type ReadModel } from '../config/layerConfig.ts'
import { toCamelCase } from '../config/snakeCase.ts'
import { OLDER, OLDER_IN_PYTHON } from '../keras/kerasActivations.ts'
import { floatOptions } from '../keras/kerasJson.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import { functionalModel, isModelConfig } from './functional.ts'
import { isOfNumbers, type Language, type Named } from './language.ts'
import { AutomaticNames, Variables } from './names.ts'
import {
  isInNamespace,
  isOfNetworks,
  moduleOfLayer,
  namespaceFunction,
  neededInKeras,
  neededOf,
  neededOfLayer,
  SCALING,
} from './needed.ts'
import { quoted, shortest } from './text.ts'

/** Options that Keras takes as lists alone, and not as tuples. */
const LISTS = ['thresholds']

/** One text that is being written. */
export class CodeWriter {
  readonly lines: string[] = []
  readonly names = new AutomaticNames()
  readonly variables: Variables
  /** What the text takes of the library, in TypeScript. */
  readonly imports = new Set<string>()
  /** What it takes of `recurra/applications`. */
  readonly applications = new Set<string>()
  /** Classes and functions of the user's own, which the text does not define. */
  readonly own = new Set<string>()
  /** Functions that the text defines, in Python. */
  readonly definitions = new Set<string>()
  /** Remarks on what the text does not keep. */
  readonly remarks = new Set<string>()
  readonly #shared = new Map<Json, string>()

  /**
   * @param readModel Reads the models in a config, as files are read.
   * @param classesOfText Of layers whose class is in a text that was read the arguments there, by their names.
   */
  constructor(
    readonly language: Language,
    readonly readModel: ReadModel,
    readonly classesOfText: ReadonlyMap<string, string | null>,
  ) {
    this.variables = new Variables(language.reserved)
  }

  get isPython(): boolean {
    return this.language.name === 'Python'
  }

  /** A name of Keras, `layers.Dense`, as the language reaches it. */
  reach(module: string, name: string): string {
    if (this.isPython) return `${module}.${name}`
    if (isOfNetworks(module)) {
      this.applications.add(name)
      return name
    }
    const space = module.replace(/^keras\.?/, '').replace(/^layers$/, '')
    this.imports.add((space || name).split('.')[0] as string)
    return space ? `${space}.${name}` : name
  }

  optionName(name: string): string {
    return this.isPython ? name : toCamelCase(name)
  }

  /** Adds a statement; its variable. */
  assign(wanted: string, expression: string): string {
    const variable = this.variables.make(this.isPython ? wanted : toCamelCase(wanted))
    this.lines.push(this.language.assign(variable, expression))
    return variable
  }

  number(value: number, option: string): string {
    const short = option === 'learning_rate' || option === 'initial_learning_rate' ? shortest(value) : value
    const isFloat = this.language.tellsFloats && floatOptions.has(option)
    if (isFloat && Number.isInteger(short) && Math.abs(short) < 1e16) return `${short}.0`
    return String(short)
  }

  /** A value of a config as an expression. */
  value(value: Json | undefined, option = ''): string {
    const { nothing, yes, no } = this.language
    if (value === null || value === undefined) return nothing
    if (typeof value === 'boolean') return value ? yes : no
    if (typeof value === 'number') return this.number(value, option)
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value))
      return this.language.list(
        value.map((entry) => this.value(entry, option)),
        isOfNumbers(value) && !LISTS.includes(option),
      )
    if (isFunctionConfig(value)) return this.fn(value.config)
    if (isKerasConfig(value)) return this.object(value)
    return this.language.record(Object.entries(value).map(([name, inner]) => [name, this.value(inner, name)]))
  }

  /** A text; in Python a name where it is that of an activation which Keras 3 does not have. */
  text(value: string): string {
    if (!this.isPython || value !== OLDER) return quoted(value)
    this.definitions.add(OLDER_IN_PYTHON)
    this.variables.reserve(OLDER)
    return OLDER
  }

  /** A function by its name: an activation as a text, another of Keras where it is, one of the user's own as a variable. */
  fn(name: string): string {
    if ((activationNames as readonly string[]).includes(name)) return this.text(name)
    const known = registeredFunction(name) ? undefined : namespaceFunction(name)
    if (known) return this.reach(known[0], this.isPython ? name : known[1])
    const plain = name.replace(/^.*>/, '')
    this.own.add(plain)
    this.variables.reserve(plain)
    return plain
  }

  object(config: KerasConfig): string {
    const { class_name: className } = config
    if (className === 'DTypePolicy') return this.value(config.config.name)
    if (className === '__numpy__' || className === '__tensor__') return this.array(config.config.value)
    // Identity is a layer and an initializer.
    if (isInNamespace(config)) return this.fromNamespace(config)
    return this.layer(config)
  }

  array(nested: Json | undefined): string {
    const shape: number[] = []
    for (let inner = nested; Array.isArray(inner); inner = inner[0]) shape.push(inner.length)
    this.imports.add('tensor')
    return this.language.array(JSON.stringify(nested), shape)
  }

  /** An initializer, a loss, a schedule and so on: by its name alone where it has no options and the name is enough. */
  fromNamespace(config: KerasConfig): string {
    const { options, isCounted } = neededOf(config)
    const { class_name: className } = config
    const module = String(config.module)
    const isDefault = Object.keys(options).length === 0
    if (isDefault && module === 'keras.initializers') return quoted(snakeCase(className))
    const isNamed = !(this.isPython && UNNAMED_OPTIMIZERS.includes(className))
    if (isDefault && module === 'keras.optimizers' && isNamed) return quoted(className.toLowerCase())
    const written = this.options(options)
    const named = isCounted ? this.#named(config, written) : written
    // Here the optimizer inside comes first, without a name.
    const isFirst = ([name]: Named): boolean => className === SCALING && name === 'innerOptimizer'
    const placed = named.filter(isFirst).map(([, expression]) => expression)
    return this.language.call(
      this.reach(module, className),
      placed,
      named.filter((option) => !isFirst(option)),
    )
  }

  options(options: JsonObject): Named[] {
    return Object.entries(options).map(([name, value]) => [this.optionName(name), this.value(value, name)])
  }

  /** A layer, or the variable of one that was written before. */
  layer(config: KerasConfig, live?: Layer): string {
    const id = config.shared_object_id
    const known = id === undefined ? undefined : this.#shared.get(id)
    if (known !== undefined) return known
    const isModel = isModelConfig(config)
    const expression = isModel ? this.model(config, live) : this.#made(config)
    if (id === undefined && !isModel) return expression
    const variable = this.assign(String(config.config.name), expression)
    if (id !== undefined) this.#shared.set(id, variable)
    return variable
  }

  #made(config: KerasConfig): string {
    const { class_name: className } = config
    if (className === 'InputLayer') return this.input(config)
    const ofText = this.classesOfText.get(String(config.config.name))
    if (ofText !== undefined && !isOwn(config)) return this.#ofText(config, ofText)
    if (!layerDefinitions.has(className) && !isOwn(config)) {
      fail(this.isPython ? 'toKeras' : 'toTypeScript', {
        expected: 'classes of your own to be registered',
        got: `${className} "${config.config.name}", which is not`,
        remedy: `Call register('${className}', ${className}) before.`,
      })
    }
    const needed = neededOfLayer(config, this.readModel)
    const options = this.isPython ? { ...neededInKeras(config), ...needed } : needed
    if (isOwn(config)) return this.#ownObject(className, this.#named(config, this.options(options)))
    const first: string[] = []
    const given = { ...options }
    for (const name of layerDefinitions.get(className)?.positional ?? []) {
      const key = Object.keys(given).find((key) => toCamelCase(key) === name)
      if (key === undefined) break
      first.push(this.value(given[key], key))
      delete given[key]
    }
    const others = this.options(given)
    return this.language.call(
      this.reach(moduleOfLayer(config), className),
      first,
      this.#named(config, others),
    )
  }

  /** A layer whose class is in the text that fromKeras read, with the arguments that it has there. */
  #ofText({ class_name: className, config }: KerasConfig, args: string | null): string {
    const isWritten = this.isPython && args !== null
    if (!isWritten)
      fail(this.isPython ? 'toKeras' : 'toTypeScript', {
        expected: this.isPython ? 'layers whose arguments have a text' : 'classes of this library',
        got: `${className} "${config.name}", whose class is in the Python that fromKeras read`,
        remedy: this.isPython
          ? 'Keep that text, which is the code of the model.'
          : 'toKeras writes the Python; or write the class here, and build the model with it.',
      })
    this.own.add(className)
    this.variables.reserve(className)
    this.names.take(className, config.name)
    return `${className}(${args})`
  }

  #ownObject(className: string, options: readonly Named[]): string {
    return this.language.call(this.ownClass(className), [], options)
  }

  /** How an object of a class of the user's own is made. */
  ownClass(className: string): string {
    const plain = className.replace(/^.*>/, '')
    this.own.add(plain)
    this.variables.reserve(plain)
    return this.isPython ? plain : `new ${plain}`
  }

  /** Options with the name, where the layer would not get it by itself. */
  #named({ class_name: className, config }: KerasConfig, options: readonly Named[]): readonly Named[] {
    // How many names cells take that layers make for themselves is not the same everywhere.
    const isCell = /Cells?$/.test(className)
    if (config.name === undefined || (!isCell && this.names.take(className, config.name))) return options
    return [...options, ['name', this.value(config.name)]]
  }

  input({ config }: KerasConfig): string {
    const [batch = null, ...shape] = (config.batch_shape ?? []) as Json[]
    const options: Named[] = []
    if (batch !== null) options.push([this.optionName('batch_size'), this.value(batch)])
    if (config.dtype !== 'float32') options.push(['dtype', this.value(config.dtype)])
    const named = this.#named({ class_name: 'InputLayer', config }, options)
    return this.language.call(this.reach('keras', 'Input'), [this.tuple(shape)], named)
  }

  tuple(values: readonly Json[]): string {
    return this.language.list(
      values.map((value) => this.value(value)),
      true,
    )
  }

  /** The expression of a Sequential or functional model, after the statements that it needs. */
  model(config: KerasConfig, live?: Layer): string {
    if (!isModelConfig(config)) return this.#made(config)
    const options: Named[] = []
    if (config.config.trainable === false) options.push(['trainable', this.language.no])
    if (config.class_name !== 'Sequential') return functionalModel(this, config, options, live)
    const layers = (config.config.layers as Json[]).filter(isKerasConfig)
    const parts = live?.parts ?? []
    const first = layers.length - parts.length
    // A Sequential that has its input is a functional model inside, which takes a name.
    if (layers[0]?.class_name === 'InputLayer') this.names.take('Functional', this.names.next('Functional'))
    const written = layers.map((layer, i) => this.layer(layer, parts[i - first]))
    // Layers of a model stand on a line each.
    const { length } = written
    const list = this.language.list(written)
    const indent = this.isPython ? '    ' : '  '
    const tall =
      length < 2 || list.includes('\n') ? list : `[${written.map((one) => `\n${indent}${one},`).join('')}\n]`
    return this.language.call(this.reach('keras', 'Sequential'), [tall], this.modelName(config, options))
  }

  modelName(config: KerasConfig, options: readonly Named[]): readonly Named[] {
    return this.#named(config, options)
  }
}
