// Values that the host of a text knows: what Keras is to the interpreter.

import type { Arguments, Value } from './values.ts'

/** A value that the host of a text knows: undefined from a hook means that the host does not have it. */
export abstract class HostValue {
  /** How problems name it. */
  abstract readonly label: string

  attribute(_name: string, _at: number): Value | undefined {
    return undefined
  }

  /** A method that callers get in the place of the one that the text gives an object, which is a hook of it. */
  around(_name: string): Value | undefined {
    return undefined
  }

  setAttribute(_name: string, _value: Value, _at: number): boolean {
    return false
  }

  call(_args: Arguments, _at: number): Value | undefined {
    return undefined
  }

  /** Whether it is of a class that the host knows, or of one that extends it. */
  isInstanceOf(type: HostValue): boolean {
    return this.label === type.label
  }

  /** What `with` does of it before its body runs. */
  enter(): void {
    // Most values do nothing.
  }

  /** What `with` does of it after its body. */
  leave(): void {
    // Most values do nothing.
  }

  index(_key: Value, _at: number): Value | undefined {
    return undefined
  }

  /** `value[key] = value`; whether it is done. */
  setIndex(_key: Value, _value: Value, _at: number): boolean {
    return false
  }

  /** Whether it was changed in a way that is not known, as of a {@link Container}. */
  get isOpen(): boolean {
    return false
  }

  set isOpen(_isOpen: boolean) {
    // What does not change knows nothing else afterwards.
  }

  /** `left operator right`, of which one is this. */
  binary(_operator: string, _left: Value, _right: Value, _at: number): Value | undefined {
    return undefined
  }

  unary(_operator: string, _at: number): Value | undefined {
    return undefined
  }

  /** What `float` makes of it. */
  get number(): number | null {
    return null
  }

  /** What a loop goes over. */
  get items(): readonly Value[] | null {
    return null
  }
}
