// What layers and cells of the user's own share: weights, numbers that they add to the loss, values that they assign, and copies.

import { checkText, describeValue, fail, impossible } from '../../errors.ts'
import { suggestName } from '../../util/oldNames.ts'
import { isOptions, nullable, readOptions } from '../../util/options.ts'
import type { OpenShape, Shape } from '../../util/shape.ts'
import type { NoWeights } from '../call.ts'
import { classNameOf, fromConfig, type LoadableClass } from '../classNames.ts'
import type { GivenOptions, Layer, LayerDefinition, LayerTable } from '../layer.ts'
import { symbolicTensors } from '../layerCall.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { getInitializer } from '../weights/getInitializer.ts'
import type { InitializerIdentifier } from '../weights/initializer.ts'
import { DrawnVariable } from '../weights/variable.ts'
import {
  type ConstraintIdentifier,
  constraint as constraintOption,
  type RegularizerIdentifier,
  regularizer as regularizerOption,
} from '../weights/weightRules.ts'
import { type AssignedBy, type AssignedValue, assigned } from './assignment.ts'
import { hosting } from './hosting.ts'
import { computeMask } from './maskOf.ts'
import { openTensor } from './openTensor.ts'
import { refusePythonNames } from './pythonNames.ts'
import type { Additions } from './tracedCall.ts'
import { TracedLayer } from './tracedLayer.ts'

/** A weight of a layer or a cell of one's own: an operand of `ops`. */
export interface OwnWeight extends DrawnVariable {
  /** In `call`: sets it, if it was added with `trainable: false`; later reads read the new value. Returns that. */
  assign(value: AssignedValue): SymbolicTensor
  /** In `call`: adds to it, as `assign` sets it. */
  assignAdd(value: AssignedValue): SymbolicTensor
  /** In `call`: subtracts from it, as `assign` sets it. */
  assignSub(value: AssignedValue): SymbolicTensor
}

/** What a weight is added with. */
export interface AddWeightOptions {
  /** Its name in paths and files; `variable`, `variable_1`, … by default. */
  readonly name?: string
  /** Its shape, known in every extent; `[]`, a scalar, by default. */
  readonly shape?: Shape
  /** Draws its first values; `'glorot_uniform'` by default. */
  readonly initializer?: InitializerIdentifier
  /** Whether optimizers change it, `true` by default; with `false` it changes only by `assign`. */
  readonly trainable?: boolean
  /** A penalty on the weight, `'l2'` or `L2(0.01)` say, which is added to the loss; `null`, the default, is none. */
  readonly regularizer?: RegularizerIdentifier | null
  /** What the weight meets after each update, `'non_neg'` say; `null`, the default, is nothing. */
  readonly constraint?: ConstraintIdentifier | null
  /**
   * A dtype of Keras; `null`, the default, is float32. Of integers, `'int32'` say, what `assign` sets has its fraction cut off; any weight
   * is floats on the device.
   */
  readonly dtype?: string | null
}

const ruleTable = {
  regularizer: regularizerOption,
  constraint: constraintOption,
  dtype: nullable(checkText),
} as const

/** The definition of a class of the user's own. */
export const definitionOf = (layerClass: LoadableClass): LayerDefinition<typeof layerOptions> => ({
  className: classNameOf(layerClass),
  table: layerOptions,
  create: (config) => fromConfig(layerClass, config),
})

/** What classes of the user's own are asked for themselves. */
export interface OwnStatics {
  /** Makes one without `new`: `MyLayer.of(8)`. */
  of<Args extends readonly unknown[], Made>(this: new (...args: Args) => Made, ...args: Args): Made
  /** Makes one of what `getConfig` returned; by default `new Class(config)`. */
  fromConfig(config: object): Layer
}

/** Whether a value in a field is a metric. */
export const isMetric = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'updateState' in value && 'targetShape' in value

const WEIGHT_OPTIONS = ['name', 'shape', 'initializer', 'trainable', 'regularizer', 'constraint', 'dtype']

/** The base class of what users write in `ops`. */
export abstract class OwnCode<Table extends LayerTable = typeof layerOptions> extends TracedLayer<Table> {
  /** What the call that is traced adds to its step. */
  #additions: Additions | null = null
  /** Whether the hook `build` runs. */
  #isBuilding = false

  /**
   * @param options Name, `trainable`, `dtype`, as every layer has them.
   * @param definition That of a class with a table of options.
   */
  constructor(options: LayerOptions = {}, definition?: LayerDefinition<Table>) {
    // A class without one has no options of its own.
    super(
      definition ??
        (definitionOf(new.target as unknown as LoadableClass) as unknown as LayerDefinition<Table>),
      // Anything else is refused where options are read.
      isOptions(options) ? { ...options } : ((options ?? {}) as GivenOptions),
    )
    hosting.computeMask ??= computeMask
    hosting.openTensor ??= openTensor
    // As in Keras, who calls `build` from outside has the weights made, of which the method of the class is the hook.
    const hook = this.build
    const build = (inputShape: OpenShape | readonly OpenShape[]): void =>
      this.#isBuilding ? hook.call(this, inputShape) : super.build(inputShape)
    Object.defineProperty(this, 'build', { value: build, writable: true, configurable: true })
    refusePythonNames(this.className, new.target.prototype, ['computeMask', 'getConfig', 'getInitialState'])
  }

  /** Makes one of what `getConfig` returned; by default `new Class(config)`. */
  static fromConfig(this: new (config: never) => object, config: object): Layer {
    return new this(config as never) as Layer
  }

  static of<Args extends readonly unknown[], Made>(this: new (...args: Args) => Made, ...args: Args): Made {
    return new this(...args)
  }

  override get built(): boolean {
    return super.built
  }

  // Keras's hooks end with `self.built = True`, which says what is known here.
  override set built(value: boolean) {
    if (value !== true)
      fail(this.where, {
        expected: 'built to stay true',
        got: describeValue(value),
        remedy: 'Make a new layer.',
      })
  }

  /** @internal */
  protected override createWeights(...inputs: readonly OpenShape[]): NoWeights {
    this.#isBuilding = true
    try {
      return super.createWeights(...inputs)
    } finally {
      this.#isBuilding = false
    }
  }

  /** @internal */
  override get module(): string {
    return this.definition.table === layerOptions ? '' : super.module
  }

  /**
   * Adds a weight: in the constructor, or in `build` where its shape depends on that of the input.
   *
   * @throws {RecurraError} if the layer is built, the name is taken, or the shape is not known.
   */
  override addWeight({
    name = this.#freeName(),
    shape = [],
    initializer = 'glorot_uniform',
    trainable = true,
    regularizer,
    constraint,
    dtype,
    ...others
  }: AddWeightOptions = {}): OwnWeight {
    const where = `${this.where}.addWeight`
    // A text given in the options' place has its letters as options.
    const [other] = Object.keys(others)
    if (other !== undefined)
      fail(where, {
        expected: `{ ${WEIGHT_OPTIONS.join(', ')} }`,
        got: other === '0' ? 'arguments by place' : `'${other}'`,
        remedy: other === '0' ? 'Write addWeight({ name, shape }).' : suggestName(other, WEIGHT_OPTIONS),
      })
    if (this.built) {
      fail(where, {
        expected: 'weights to be added in the constructor or in build',
        got: `"${name}" in a layer that is built`,
      })
    }
    if (!Array.isArray(shape) || !shape.every((extent) => Number.isInteger(extent) && extent > 0)) {
      fail(where, {
        expected: `the shape of "${name}" to be a list of extents`,
        got: describeValue(shape),
        remedy: 'The first extent of the shape that build gets is the batch, which is open.',
      })
    }
    if (this.variables.some(({ path }) => path.endsWith(`/${name}`)))
      fail(where, { expected: 'weights of different names', got: `two named "${name}"` })
    const { dtype: read, ...rules } = readOptions(where, ruleTable, { regularizer, constraint, dtype })
    const spec = { name, shape, initializer: getInitializer(initializer, where) }
    const added = trainable ? super.addWeight(spec) : super.addStatistic(spec)
    added.rules = rules
    if (read !== null && /^u?int|^bool/.test(read)) added.isInteger = true
    if (!(added instanceof DrawnVariable)) impossible('a weight is drawn')
    // Keras lists and stores first what an optimizer may change.
    this.variables.sort((a, b) => Number(a.kind === 'statistic') - Number(b.kind === 'statistic'))
    const by = (name: AssignedBy) => (value: AssignedValue) => this.#assign(weight, name, value)
    const weight: OwnWeight = Object.assign(added, {
      assign: by('assign'),
      assignAdd: by('assignAdd'),
      assignSub: by('assignSub'),
    })
    return weight
  }

  /** @internal Whether fields hold metrics. */
  get holdsMetrics(): boolean {
    return Object.values(this).some(isMetric)
  }

  #freeName(): string {
    const isTaken = (name: string): boolean => this.variables.some(({ path }) => path.endsWith(`/${name}`))
    const numbered = this.variables.map((_, i) => `variable_${i + 1}`)
    return ['variable', ...numbered].find((name) => !isTaken(name)) ?? 'variable'
  }

  /**
   * In `call`: adds a number to the loss of training and evaluation, as a regularizer does. Of a tensor that is no scalar the sum.
   */
  addLoss(loss: SymbolicTensor): void {
    const [only] = symbolicTensors(loss, `${this.where}.addLoss`)
    this.#inCall('addLoss').losses.push(only as SymbolicTensor)
  }

  /**
   * In `call`: sets a weight that no optimizer changes, such as a moving mean. What reads the weight behind it, in this call or in a later
   * one of the step, reads the new value; memory has it when the step ends, be it one of training, evaluation or prediction.
   *
   * @param weight A weight of this layer that was added with `trainable: false`.
   * @param value Of the weight's shape, or a number, which fills it. No gradient flows through the weight.
   * @returns The new value.
   */
  assign(weight: DrawnVariable, value: AssignedValue): SymbolicTensor {
    return this.#assign(weight, 'assign', value)
  }

  #assign(weight: DrawnVariable, by: AssignedBy, value: AssignedValue): SymbolicTensor {
    const where = `${this.where}.${by}`
    if (!this.variables.includes(weight) || weight.kind !== 'statistic') {
      fail(where, {
        expected: 'a weight of this layer that was added with trainable: false',
        got: weight instanceof DrawnVariable ? weight.path : describeValue(weight),
      })
    }
    const { assignments } = this.#inCall(by)
    const next = assigned(where, weight, by, value)
    assignments.push(next)
    return next
  }

  #inCall(name: string): Additions {
    return (
      this.#additions ??
      fail(`${this.where}.${name}`, { expected: 'to be called in the method call', got: 'a call outside' })
    )
  }

  /** @internal */
  override collecting<T>(additions: Additions, run: () => T): T {
    const outer = this.#additions
    this.#additions = additions
    try {
      return run()
    } finally {
      this.#additions = outer
    }
  }

  /** @internal */
  override clone(changes: GivenOptions): Layer {
    const { name: _, ...config } = this.storedConfig
    return this.definition.create({ ...config, ...this.given, ...changes })
  }

  // A getConfig that says the class's own options alone is whole.
  /** @internal */
  override get storedConfig(): Record<string, unknown> {
    return { ...super.getConfig(), ...this.getConfig() }
  }
}
