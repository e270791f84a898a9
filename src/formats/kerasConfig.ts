// Objects as Keras's serializer writes them.

import { isJsonObject, type Json, type JsonObject } from './config/json.ts'

/** A model, layer, optimizer … as Keras's serializer writes it; the other keys differ by kind. */
export interface KerasConfig {
  /** `Sequential`, `Functional`, `LSTM`, `Adam` … */
  class_name: string
  /** The constructor's arguments, in snake_case. */
  config: JsonObject
  [key: string]: Json
}

/** Whether a value of JSON is a serialized Keras object. */
export const isKerasConfig = (value: Json | undefined): value is KerasConfig =>
  isJsonObject(value) && typeof value.class_name === 'string' && isJsonObject(value.config)

/**
 * Goes along with options where `compile` copies them, and is none of them: what a file says of how Keras executes steps. It changes
 * nothing here, and is kept for the file that the model is written to.
 */
export const EXECUTION = Symbol('execution')

/** The class of a lambda of Python, whose code is in the file. */
export const CODE = '__lambda__'
