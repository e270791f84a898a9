// The learning rate of a file's optimizer: a number, or a schedule.

import { didYouMean, fail } from '../../errors.ts'
import { registeredClass } from '../../layers/classNames.ts'
import * as schedules from '../../training/schedules/index.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import { functionFrom, isFunctionConfig, refuseCode } from './functions.ts'
import type { Json } from './json.ts'
import { keysToCamelCase } from './snakeCase.ts'

const { LearningRateSchedule, ...others } = schedules

/** Keras's classes; options of a file are checked as those of users are. */
const classes = others as Readonly<Record<string, ((options: object) => unknown) | undefined>>

/** A class of schedules of the user's own, as files make objects of it. */
interface LoadableSchedule {
  new (config: object): unknown
  fromConfig?(config: object): unknown
}

/** An optimizer's options with the schedule that its learning rate may be. */
export const withSchedule = (
  options: Readonly<Record<string, Json>>,
  where: string,
): Readonly<Record<string, unknown>> =>
  'learningRate' in options
    ? { ...options, learningRate: rateFrom(options.learningRate, `${where}, learningRate`) }
    : options

function rateFrom(given: Json | undefined, where: string): unknown {
  if (isFunctionConfig(given)) return functionFrom(given, where)
  return isKerasConfig(given) ? scheduleFrom(given, where) : given
}

function scheduleFrom(given: KerasConfig, where: string): unknown {
  refuseCode(given, where)
  const { class_name: className, config, ...file } = given
  const options = keysToCamelCase(config)
  const made = Object.hasOwn(classes, className) && classes[className]
  if (made) return made(options)
  const name = String(file.registered_name ?? className)
  const own = registeredClass(name) as LoadableSchedule | undefined
  const schedule = own && (own.fromConfig?.(options) ?? new own(options))
  if (schedule instanceof LearningRateSchedule) return schedule
  return fail(where, {
    expected: 'a learning-rate schedule',
    got: `"${name}"`,
    remedy:
      didYouMean(className, Object.keys(classes)) ??
      `Call register('${name}', …) with a class that extends LearningRateSchedule.`,
  })
}
