// Learning-rate schedules: what one is, and how Keras's are defined. The host computes the rate of each step as the step is planned,
// and hands it over with the step's other scalars.

import { checkText, describeValue, fail } from '../errors.ts'
import { CallableObject } from '../layers/callableObject.ts'
import { classNameOf } from '../layers/classNames.ts'
import { type Config, type OptionTable, option, readOptions, writeOptions } from '../util/options.ts'
import { namedArguments } from '../util/positional.ts'
import { Tensor } from '../util/tensor.ts'

/** The class behind `LearningRateSchedule`. */
export class Schedule extends CallableObject {
  /** Makes one of what `getConfig` returned; by default `new Class(config)`. */
  static fromConfig(this: new (config: never) => object, config: object): Schedule {
    return new this(config as never) as Schedule
  }

  /** Keras's name of the class, or the name that the user's own is registered by. */
  get className(): string {
    return classNameOf(this.constructor as new () => object)
  }

  /**
   * The learning rate of a step: a number, or what functions of `ops` make of numbers, a tensor of one.
   *
   * @param _step Training steps before it.
   */
  call(_step: number): number | Tensor {
    return fail(this.className, { expected: 'a method call(step)', got: 'none' })
  }

  /** The options, from which files make an equal schedule. */
  getConfig(): Readonly<Record<string, unknown>> {
    return fail(this.className, {
      expected: 'a method getConfig()',
      got: 'none',
      remedy: 'It returns what the constructor is to be given anew.',
    })
  }

  /** @internal */
  override called([step]: readonly unknown[]): number {
    if (typeof step !== 'number') fail(this.className, { expected: 'a step', got: describeValue(step) })
    const rate: unknown = this.call(step)
    // Whoever asks for the rate checks that it is a number.
    return (rate instanceof Tensor && rate.data.length === 1 ? rate.data[0] : rate) as number
  }
}

/** A schedule, which can be called: `schedule(step)` is the learning rate after so many steps. */
export interface OwnSchedule extends Schedule {
  (step: number): number
}

/** A schedule of Keras's. */
export interface KerasSchedule extends OwnSchedule {
  call(step: number): number
}

/** The class of schedules that users extend. */
export interface ScheduleClass {
  new (): OwnSchedule
  readonly prototype: OwnSchedule
  /** Makes one of what `getConfig` returned; by default `new Class(config)`. */
  fromConfig(config: object): Schedule
}

/**
 * The base class of learning-rate schedules of one's own. Its method `call` returns the rate of a step; it runs on the host, once for
 * each step and ahead of it. Functions of `ops` compute there what they are given numbers for, which costs more than JavaScript's own.
 *
 * ```ts
 * class HalfTime extends LearningRateSchedule {
 *   constructor(private readonly rate: number) { super() }
 *   call(step: number) { return this.rate / (1 + step / 1000) }
 *   getConfig() { return { rate: this.rate } }
 * }
 * model.compile({ loss: 'mse', optimizer: Adam({ learningRate: new HalfTime(0.01) }) })
 * ```
 *
 * @see keras/src/optimizers/schedules/learning_rate_schedule.py
 */
export const LearningRateSchedule: ScheduleClass = /* @__PURE__ */ (() =>
  // Objects of the class are functions, which TypeScript does not know of classes.
  Schedule as unknown as ScheduleClass)()
/** Any schedule: of Keras or of the user's own. */
export type LearningRateSchedule = OwnSchedule

/** Makes a schedule of Keras's arguments, by place or by name; with `new` or without. */
export interface ScheduleConstructor<
  Needed extends readonly unknown[],
  Further extends readonly unknown[],
  Options,
> {
  (...args: readonly [...Needed, options?: Partial<Options>]): KerasSchedule
  (...args: readonly [...Needed, ...Further]): KerasSchedule
  (options: Options): KerasSchedule
  new (...args: readonly [...Needed, options?: Partial<Options>]): KerasSchedule
  new (...args: readonly [...Needed, ...Further]): KerasSchedule
  new (options: Options): KerasSchedule
  /** Makes one of what `getConfig` returned: all options by name. */
  fromConfig(config: object): Schedule
  /** Keras's name of the class. */
  readonly className: string
}

/** What every schedule of Keras takes. */
export interface ScheduleOptions {
  /** The name of the schedule in files; that of its class by default. */
  readonly name?: string
}

interface Definition<Table extends OptionTable> {
  readonly className: string
  /** Its name by default, where that is not the class's. */
  readonly name?: string
  /** Its options beside the name. */
  readonly table: Table
  /** Options that may stand without a name, in Keras's order. */
  readonly positional: readonly (keyof Table | 'name')[]
  /** Refuses options that do not go together. */
  readonly check?: (config: Config<Table>) => void
  /** The rate after so many steps. */
  readonly rate: (config: Config<Table>, step: number) => number
}

/** Makes a schedule of any arguments, which are checked. */
interface MakeSchedule {
  (...args: readonly unknown[]): KerasSchedule
  new (...args: readonly unknown[]): KerasSchedule
  fromConfig(config: object): Schedule
  readonly className: string
}

/** Defines one of Keras's schedules. */
/* @__NO_SIDE_EFFECTS__ */
export function defineSchedule<Table extends OptionTable>({
  className,
  name = className,
  table,
  positional,
  check,
  rate,
}: Definition<Table>): MakeSchedule {
  const full = { ...table, name: option(name, checkText) }
  class Made extends Schedule {
    readonly #config: Config<Table>

    constructor(args: readonly unknown[]) {
      super()
      // All options are those of the table, and the name.
      this.#config = readOptions(
        className,
        full,
        namedArguments(className, positional as readonly string[], args, full),
      ) as unknown as Config<Table>
      check?.(this.#config)
    }

    override call(step: number): number {
      return rate(this.#config, step)
    }

    override getConfig(): Readonly<Record<string, unknown>> {
      return writeOptions(full, this.#config as never)
    }
  }
  // A function can be called without `new`, which a class cannot.
  function make(...args: readonly unknown[]): KerasSchedule {
    return Reflect.construct(Made, [args], new.target ?? make) as KerasSchedule
  }
  make.prototype = Made.prototype
  Object.defineProperty(Made.prototype, 'constructor', { value: make })
  Object.defineProperty(make, 'name', { value: className })
  const { fromConfig } = Schedule
  return Object.assign(make, { className, fromConfig }) as unknown as MakeSchedule
}
