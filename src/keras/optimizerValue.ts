// The optimizer of a compiled model in a text: its learning rate is read and set, in hooks of callbacks and between trainings.

import { type Arguments, NativeFunction, numeric, Unknown, type Value } from '../python/values.ts'
import type { Optimizer } from '../training/optimizer.ts'
import type { Reader } from './reader.ts'
import { KerasObject, WrappedValue } from './values.ts'

const isRate = (name: string): boolean => ['lr', 'learning_rate', '_learning_rate'].includes(name)

/** How steps update weights: the methods here, and their arguments in Keras. */
const UPDATES: Readonly<
  Record<
    string,
    readonly [method: 'apply' | 'applyGradients' | 'minimize' | 'scaleLoss', names: readonly string[]]
  >
> = {
  apply: ['apply', ['grads', 'trainable_variables']],
  apply_gradients: ['applyGradients', ['grads_and_vars']],
  minimize: ['minimize', ['loss', 'var_list']],
  scale_loss: ['scaleLoss', ['loss']],
  // Keras 2 had two methods where Keras 3 has one, and an update that divides.
  get_scaled_loss: ['scaleLoss', ['loss']],
}

export class OptimizerValue extends KerasObject {
  readonly #optimizer: Optimizer

  constructor(reader: Reader, optimizer: Optimizer) {
    super(reader, optimizer)
    this.#optimizer = optimizer
  }

  override attribute(name: string): Value | undefined {
    const method = Object.hasOwn(UPDATES, name) ? UPDATES[name] : undefined
    if (method) return new NativeFunction(name, (args, at) => this.#update(method, args, at))
    if (name === 'get_unscaled_gradients')
      return new NativeFunction(name, ({ placed, named }) => placed[0] ?? [...named.values()][0] ?? null)
    if (name === 'inner_optimizer' && 'innerOptimizer' in this.#optimizer)
      return this.reader.wrap(this.#optimizer.innerOptimizer)
    // A step is one graph, in which what changes from step to step would stand still.
    const { isInCall } = this.reader
    if (name === 'iterations') return isInCall ? new Unknown(name) : BigInt(this.#optimizer.iterations)
    if (!isRate(name)) return undefined
    return isInCall ? new Unknown(name) : new RateValue(this.reader, this.#optimizer)
  }

  /** Changes weights in a step that the text says. */
  #update([method, names]: (typeof UPDATES)[string], args: Arguments, at: number): Value {
    const { reader } = this
    if (!reader.isInCall) {
      const isRead = reader.interpreter.isReading && !reader.isRehearsed && method !== 'scaleLoss'
      if (isRead) reader.customLoops.read(reader, this.#optimizer, at)
      return null
    }
    const given = reader.named(args, names)
    return reader.attempt(at, () => {
      const plain = names.map((name) => reader.plain(given.get(name)?.[0] ?? null))
      reader.act()
      if (method === 'minimize') reader.tellLoss(args, plain[0])
      const update = this.#optimizer[method] as (...args: readonly unknown[]) => unknown
      return reader.wrap(update.apply(this.#optimizer, plain) ?? null)
    })
  }

  override setAttribute(name: string, value: Value, at: number): boolean {
    if (!isRate(name)) return false
    if (this.reader.isInCall)
      this.reader.interpreter.problem(
        at,
        'is set in a step, which is one graph for all batches: set it in a callback, or give the optimizer a schedule',
      )
    else new RateValue(this.reader, this.#optimizer).set(value, at)
    return true
  }
}

/** A learning rate, which Keras has as a variable. */
class RateValue extends WrappedValue {
  readonly label = 'learning_rate'
  readonly #optimizer: Optimizer

  constructor(reader: Reader, optimizer: Optimizer) {
    super(reader)
    this.#optimizer = optimizer
  }

  override plain(): unknown {
    return this.#optimizer.learningRate
  }

  override get number(): number | null {
    const rate: unknown = this.#optimizer.learningRate
    return typeof rate === 'number' ? rate : null
  }

  /** Sets it; a value that is not known is a problem. */
  set(value: Value, at: number): Value {
    const { reader } = this
    return reader.attempt(at, () => {
      const rate = numeric(value) ?? reader.plain(value)
      this.#optimizer.learningRate = typeof rate === 'bigint' ? Number(rate) : (rate as number)
      return null
    })
  }

  override attribute(name: string): Value | undefined {
    if (name === 'assign')
      return new NativeFunction(name, ({ placed, named }, at) =>
        this.set(placed[0] ?? [...named.values()][0] ?? null, at),
      )
    return ['numpy', 'value', 'read_value', 'item'].includes(name)
      ? new NativeFunction(name, () => this.number)
      : undefined
  }

  override binary(operator: string, left: Value, right: Value, at: number): Value | undefined {
    const { number } = this
    if (number === null) return undefined
    const of = (side: Value): Value => (side instanceof RateValue ? side.number : side)
    return this.reader.interpreter.binary(operator, of(left), of(right), at)
  }
}

/** `K.get_value(model.optimizer.lr)` and `K.set_value(model.optimizer.lr, rate)`; undefined for other functions and values. */
export function valueOfVariable(name: string, placed: readonly Value[], at: number): Value | undefined {
  const [variable, value = null] = placed
  if (!(variable instanceof RateValue)) return undefined
  if (name === 'get_value' || name === 'eval' || name === 'convert_to_numpy') return variable.number
  return name === 'set_value' ? variable.set(value, at) : undefined
}
